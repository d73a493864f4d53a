import type { CloudWatchLogsEvent, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { FlowLogDecoder } from "../../flow-logs/flow-log-decoder";
import { DEFAULT_FORMAT } from "../../flow-logs/formats";
import type { Pace } from "../../illumio/client/pce-session";
import type { PceTransport } from "../../illumio/client/pce-transport";
import { RequestPace } from "../../illumio/client/request-pace";
import { type Deadline, invocationDeadline } from "../shared/deadline";
import type { Log } from "../shared/log";
import { CachedCredentials, type ReadSecret } from "../shared/pce-credentials";
import { type BackfillEvent, type BackfillResult, forwardBackfill, isBackfill } from "./backfill";
import type { ForwarderConfig } from "./config";
import { EvenPace } from "./even-pace";
import { type DescribeFormats, FormatLearner } from "./formats";
import { type BatchDeps, forwardBatch, type SendMessage } from "./forward-batch";
import { forwardLogEvents } from "./log-events";
import { type DimensionedMetricSink, publishMetrics } from "./metrics";
import type { ObjectStore } from "./object-store";
import { newOutcome, type Outcome } from "./outcome";
import { PceClient, type PceClientOptions } from "./pce-client";
import { type PutObject, Quarantine } from "./quarantine";
import { SentConnections } from "./sent-connections";

/** Kept of an invocation's time for reporting what failed. */
const REPORT_MARGIN_MS = 3_000;

/** What the forwarder takes from outside. */
export interface ForwarderParts {
  readonly config: Omit<ForwarderConfig, "pce"> & { readonly pce: Pick<ForwarderConfig["pce"], "orgId"> };
  readonly store: ObjectStore;
  readonly sendMessage: SendMessage;
  readonly readSecret: ReadSecret;
  /** Absent: malformed lines are not kept. */
  readonly putObject?: PutObject | undefined;
  /** Absent: lines come from files only, which say their format. */
  readonly describeFormats?: DescribeFormats | undefined;
  readonly transport: Pick<PceTransport, "send" | "close">;
  readonly log: Log;
  readonly metrics: DimensionedMetricSink;
  /** @default - the system's clock, randomness and timers */
  readonly time?: Pick<PceClientOptions, "now" | "random" | "sleep">;
}

/** What the function is invoked with: messages of its queue, log events of a subscription, or objects of a backfill. */
export type ForwarderEvent = SQSEvent | CloudWatchLogsEvent | BackfillEvent;

/** Forwards what an event is about. Of a batch of messages, returns those that failed; of log events, nothing, and rejects if they did. */
export type Forwarder = (
  event: ForwarderEvent,
  context: { getRemainingTimeInMillis(): number },
) => Promise<SQSBatchResponse | BackfillResult | undefined>;

/**
 * Makes the forwarder of one Lambda instance. What lives as long as the instance is made here, and what lives as long as
 * an invocation inside the function that it returns.
 */
export function createForwarder(parts: ForwarderParts): Forwarder {
  const { config, log, metrics, transport, putObject, time } = parts;
  const now = time?.now ?? Date.now;
  const client = new PceClient({
    orgId: config.pce.orgId,
    send: transport.send,
    credentials: new CachedCredentials(parts.readSecret),
    ...time,
  });
  const quarantine = putObject && new Quarantine(putObject);
  const lasting = {
    store: parts.store,
    sendMessage: parts.sendMessage,
    decoder: newDecoder(config, quarantine),
    limits: config.limits,
    sent: new SentConnections({ resendAfterMs: config.resendAfterMs, now }),
    sendRejected: config.sendRejected,
    quarantine,
    formats: parts.describeFormats && new FormatLearner(parts.describeFormats, knownFormats(config), now),
    log,
  };
  const pace = new RequestPace({ perMinute: config.requestsPerMinute, now });
  const { backfillRequestsPerMinute: perMinute } = config;
  const paceOf = (event: ForwarderEvent): Pace =>
    perMinute && isBackfill(event) ? new EvenPace({ perMinute, now }) : pace;

  return async (event, context) => {
    const outcome = newOutcome();
    const onAnswer = (latencyMs: number) => outcome.pceLatenciesMs.push(latencyMs);
    const uploadFlows = client.forInvocation({ onAnswer, pace: paceOf(event) });
    try {
      const deadline = invocationDeadline(context, { marginMs: REPORT_MARGIN_MS });
      return await forward(event, { ...lasting, uploadFlows }, deadline, outcome);
    } finally {
      transport.close();
      report(outcome, log, metrics);
    }
  };
}

async function forward(event: ForwarderEvent, deps: BatchDeps, deadline: Deadline, outcome: Outcome) {
  if (isBackfill(event)) return forwardBackfill(event, deps, deadline, outcome);
  if (!("awslogs" in event)) return forwardBatch(event, deps, deadline, outcome);
  // a failure is Lambda's to try again, twice; after that the event is in the queue, and tried for two days
  await forwardLogEvents(event.awslogs.data, deps, deadline, outcome);
  return undefined;
}

function newDecoder({ servicePorts, format }: ForwarderParts["config"], quarantine?: Quarantine): FlowLogDecoder {
  const onMalformed = (line: Buffer) => quarantine?.add(line);
  const decoder = new FlowLogDecoder({ servicePorts, onMalformed });
  if (format) decoder.learnFormat(format);
  return decoder;
}

function knownFormats({ format }: ForwarderParts["config"]): readonly (readonly string[])[] {
  return format ? [format, DEFAULT_FORMAT] : [DEFAULT_FORMAT];
}

function report(outcome: Outcome, log: Log, metrics: DimensionedMetricSink): void {
  const { pceLatenciesMs, skipDataByInterface, ...counts } = outcome;
  log.info("flow logs forwarded", {
    ...counts,
    pceAnswers: pceLatenciesMs.length,
    ...(skipDataByInterface.size > 0 && { skipDataInterfaces: [...skipDataByInterface.keys()].slice(0, 20) }),
  });
  publishMetrics(outcome, metrics);
}
