import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { invocationDeadline } from "../shared/deadline";
import type { Log } from "../shared/log";
import type { MetricSink } from "../shared/metric-sink";
import type { ForwarderConfig } from "./config";
import { forwardBatch } from "./forward-batch";
import { publishMetrics } from "./metrics";
import { newOutcome } from "./outcome";
import { PceClient, type PceClientOptions } from "./pce-client";
import { CachedCredentials, type ReadSecret } from "./pce-credentials";
import type { PceTransport } from "./pce-transport";
import type { OpenObject } from "./read-object";
import { UploadProgress } from "./upload-progress";

/** Kept of an invocation's time for reporting what failed. */
const REPORT_MARGIN_MS = 3_000;

/** What the forwarder takes from outside. */
export interface ForwarderParts {
  readonly config: Pick<ForwarderConfig, "servicePorts" | "sendRejected"> & {
    readonly pce: Pick<ForwarderConfig["pce"], "orgId">;
  };
  readonly openObject: OpenObject;
  readonly readSecret: ReadSecret;
  readonly transport: Pick<PceTransport, "send" | "close">;
  readonly log: Log;
  readonly metrics: MetricSink;
  /** @default - the system's clock, randomness and timers */
  readonly time?: Pick<PceClientOptions, "now" | "random" | "sleep">;
}

/** Forwards what one event's messages name, and returns the messages that failed. */
export type Forwarder = (event: SQSEvent, context: { getRemainingTimeInMillis(): number }) => Promise<SQSBatchResponse>;

/**
 * Makes the forwarder of one Lambda instance. What lives as long as the instance is made here, and what lives as long as
 * an invocation inside the function that it returns.
 */
export function createForwarder({
  config,
  openObject,
  readSecret,
  transport,
  log,
  metrics,
  time,
}: ForwarderParts): Forwarder {
  const client = new PceClient({
    orgId: config.pce.orgId,
    send: transport.send,
    credentials: new CachedCredentials(readSecret),
    ...time,
  });
  const progress = new UploadProgress();

  return async (event, context) => {
    const outcome = newOutcome();
    const deps = {
      openObject,
      uploadFlows: client.forInvocation((latencyMs) => outcome.pceLatenciesMs.push(latencyMs)),
      progress,
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
