import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { invocationDeadline } from "../shared/deadline";
import { type ForwarderConfig, readConfig } from "./config";
import { forwardBatch } from "./forward-batch";
import { publishMetrics } from "./metrics";
import { newOutcome } from "./outcome";
import { PceClient } from "./pce-client";
import { CachedCredentials } from "./pce-credentials";
import { PceTransport } from "./pce-transport";
import { s3Opener } from "./s3-objects";

/** Kept of an invocation's time for reporting what failed. */
const REPORT_MARGIN_MS = 3_000;

type Forwarder = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

let forwarder: Forwarder | undefined;

/** Lambda's entry point: forwards the flow-log objects that the messages name, and returns the messages that failed. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  forwarder ??= createForwarder(readConfig(process.env));
  return forwarder(event, context);
}

function createForwarder(config: ForwarderConfig): Forwarder {
  const log = new Logger();
  const metrics = new Metrics();
  const openObject = s3Opener(new S3Client({}));
  const credentials = new CachedCredentials(secretReader(config.pce.credentialsSecretArn));
  const transport = pceTransport(config.pce);

  return async (event, context) => {
    log.addContext(context);
    const outcome = newOutcome();
    const client = new PceClient({
      orgId: config.pce.orgId,
      send: transport.send,
      credentials,
      onAnswer: (latencyMs) => outcome.pceLatenciesMs.push(latencyMs),
    });
    const deps = {
      openObject,
      uploadFlows: client.uploadFlows.bind(client),
      servicePorts: config.servicePorts,
      sendRejected: config.sendRejected,
      log,
    };
    try {
      return await forwardBatch(event, deps, invocationDeadline(context, { marginMs: REPORT_MARGIN_MS }), outcome);
    } finally {
      transport.close();
      const { pceLatenciesMs, ...tally } = outcome;
      log.info("flow logs forwarded", { ...tally, pceAnswers: pceLatenciesMs.length });
      publishMetrics(outcome, metrics);
    }
  };
}

function pceTransport({ host, port, caFile }: ForwarderConfig["pce"]): PceTransport {
  if (caFile === undefined) return new PceTransport({ host, port });
  // beside the bundle, in the code package
  return new PceTransport({ host, port, ca: readFileSync(join(__dirname, caFile), "utf8") });
}

function secretReader(secretArn: string): () => Promise<string> {
  const client = new SecretsManagerClient({});
  return async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
    if (SecretString === undefined) throw new Error(`the secret ${secretArn} holds bytes; put the JSON in it as text`);
    return SecretString;
  };
}
