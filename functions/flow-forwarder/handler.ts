import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Context } from "aws-lambda";
import { PceTransport } from "../../illumio/client/pce-transport";
import { pceEndpoint } from "../shared/pce-environment";
import { secretReader } from "../shared/secret-reader";
import { type ForwarderConfig, readConfig } from "./config";
import { describeFormats } from "./formats";
import { createForwarder, type Forwarder, type ForwarderEvent } from "./forwarder";
import { queueSender } from "./queue";
import { s3Objects, s3Putter } from "./s3-objects";

let instance: { readonly log: Logger; readonly forward: Forwarder } | undefined;

/**
 * Lambda's entry point: forwards the flow-log objects that messages name, and returns the messages that failed; or the log events of a
 * subscription, or the objects of a backfill.
 */
export async function handler(event: ForwarderEvent, context: Context): ReturnType<Forwarder> {
  instance ??= createInstance(readConfig(process.env));
  instance.log.addContext(context);
  return instance.forward(event, context);
}

function createInstance(config: ForwarderConfig): NonNullable<typeof instance> {
  const { quarantineBucket, logGroup } = config;
  const log = new Logger();
  const s3 = new S3Client({});
  const forward = createForwarder({
    config,
    store: s3Objects(s3),
    putObject: quarantineBucket === undefined ? undefined : s3Putter(s3, quarantineBucket),
    sendMessage: queueSender(new SQSClient({}), config.queueUrl),
    describeFormats: logGroup === undefined ? undefined : describeFormats(logGroup),
    readSecret: secretReader(config.pce.credentialsSecretArn).readSecret,
    transport: new PceTransport(pceEndpoint(config.pce, __dirname)),
    log,
    metrics: new Metrics(),
  });
  return { log, forward };
}
