import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { S3Client } from "@aws-sdk/client-s3";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type ForwarderConfig, readConfig } from "./config";
import { createForwarder, type Forwarder } from "./forwarder";
import { PceTransport } from "./pce-transport";
import { s3Opener } from "./s3-objects";
import { secretReader } from "./secret-reader";

let instance: { readonly log: Logger; readonly forward: Forwarder } | undefined;

/** Lambda's entry point: forwards the flow-log objects that the messages name, and returns the messages that failed. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  instance ??= createInstance(readConfig(process.env));
  instance.log.addContext(context);
  return instance.forward(event, context);
}

function createInstance(config: ForwarderConfig): NonNullable<typeof instance> {
  const log = new Logger();
  const forward = createForwarder({
    config,
    openObject: s3Opener(new S3Client({})),
    readSecret: secretReader(config.pce.credentialsSecretArn).readSecret,
    transport: pceTransport(config.pce),
    log,
    metrics: new Metrics(),
  });
  return { log, forward };
}

function pceTransport({ host, port, caFile }: ForwarderConfig["pce"]): PceTransport {
  if (caFile === undefined) return new PceTransport({ host, port });
  // beside the bundle, in the code package
  return new PceTransport({ host, port, ca: readFileSync(join(__dirname, caFile), "utf8") });
}
