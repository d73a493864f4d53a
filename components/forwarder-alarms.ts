import type * as pulumi from "@pulumi/pulumi";
import { type MetricAlarmArgs, metricAlarm } from "./alarms";
import type { FunctionMetrics } from "./function-metrics";
import type { StackNames } from "./names";

/** What the forwarder's alarms watch, and whom they tell. */
export interface ForwarderAlarmsArgs {
  readonly names: StackNames;
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly functionName: pulumi.Input<string>;
  readonly queueName: pulumi.Input<string>;
  readonly deadLetterQueueName: pulumi.Input<string>;
  /** The queue's: what is too old depends on it. */
  readonly visibilityTimeoutSeconds: number;
  readonly metrics: FunctionMetrics;
  /** The function's timeout, when log events invoke it; absent when every message comes from the queue. */
  readonly eventTimeoutSeconds?: number;
}

type Watched = Omit<MetricAlarmArgs, "names" | "topicArn" | "treatMissingData">;

// SQS leaves a message out of the oldest age from its third receive on, which is two visibility timeouts after the first: halfway
// between the second and the third, a threshold can be reached
const OLD_AFTER_VISIBILITY_TIMEOUTS = 1.5;

// What Lambda waits between three tries
const RETRY_DELAYS_SECONDS = 60 + 120;

/** The alarms of a flow forwarder: `${name}-alarm-...`. Each says in its mail what to do. Cost: $0.10 per month each. */
export function forwarderAlarms(name: string, args: ForwarderAlarmsArgs, opts: pulumi.CustomResourceOptions): void {
  for (const [ending, watched] of Object.entries(watchedMetrics(args))) {
    const { names, alarmTopicArn: topicArn } = args;
    // nothing to do for a while is no reason to wake anybody: all the metrics are silent then
    metricAlarm(`${name}-alarm-${ending}`, { ...watched, names, topicArn, treatMissingData: "notBreaching" }, opts);
  }
}

function watchedMetrics(args: ForwarderAlarmsArgs): Readonly<Record<string, Watched>> {
  const { eventTimeoutSeconds } = args;
  if (eventTimeoutSeconds === undefined) return { errors: crashes(args), ...queueMetrics(args, OBJECTS) };
  return { ...eventMetrics(args, eventTimeoutSeconds), ...queueMetrics(args, LOG_EVENTS) };
}

const OBJECTS = { start: "Flow-log objects", within: "objects", source: "archive" };
const LOG_EVENTS = { start: "Log events", within: "log events", source: "log group" };

function crashes({ functionName }: ForwarderAlarmsArgs): Watched {
  return {
    what: "flow-forwarder-errors",
    description:
      "The flow forwarder crashed or timed out. Read why in its log; the objects are tried again by themselves.",
    namespace: "AWS/Lambda",
    metricName: "Errors",
    dimensions: { FunctionName: functionName },
    statistic: "Sum",
    threshold: 1,
  };
}

function eventMetrics(args: ForwarderAlarmsArgs, timeoutSeconds: number): Readonly<Record<string, Watched>> {
  const ofFunction = { namespace: "AWS/Lambda", dimensions: { FunctionName: args.functionName } };
  return {
    errors: {
      what: "flow-forwarder-errors",
      description:
        "The flow forwarder has failed for 15 minutes: it crashed or timed out, or the PCE took nothing. Its log says which. Log events " +
        "that it fails on are tried again by Lambda, and then from the queue, for two days.",
      ...ofFunction,
      metricName: "Errors",
      statistic: "Sum",
      threshold: 1,
      // to fail is how it has log events tried again; a single failure mends itself with the next try
      periods: 3,
    },
    // not AsyncEventsDropped: that counts events that are safe in the queue, too
    "lost-events": {
      what: "flow-forwarder-lost-events",
      description:
        "Lambda could not put log events into the queue that the flow forwarder had failed on: they are lost to the PCE, and still in the " +
        "log group. See that the function's role may send to the queue and use its key.",
      ...ofFunction,
      metricName: "DeadLetterErrors",
      statistic: "Sum",
      threshold: 1,
    },
    "waiting-events": {
      what: "flow-forwarder-waiting-events",
      description:
        "Log events wait too long at Lambda. If the log shows failures, cure their cause; if not, too few invocations run at once: raise " +
        "forwarder.maximumConcurrency.",
      ...ofFunction,
      metricName: "AsyncEventAge",
      statistic: "Maximum",
      // milliseconds: twice what an event takes until its third try ends, if it never has to wait
      threshold: 2_000 * (RETRY_DELAYS_SECONDS + 3 * timeoutSeconds),
    },
  };
}

function queueMetrics(
  args: ForwarderAlarmsArgs,
  { start, within, source }: typeof OBJECTS,
): Readonly<Record<string, Watched>> {
  const own = { namespace: args.metrics.namespace, dimensions: { service: args.metrics.service } };
  return {
    "failed-messages": {
      what: "flow-forwarder-failed-messages",
      description:
        `${start} have failed for 15 minutes. Look whether the PCE is up and its API key is valid: the log says which. ` +
        `The ${within} wait in the queue and are tried again for two days.`,
      ...own,
      metricName: "FailedMessages",
      statistic: "Sum",
      threshold: 1,
      // a single failure mends itself with the next try
      periods: 3,
    },
    "failed-connections": {
      what: "flow-forwarder-failed-connections",
      description:
        "The PCE took an upload but refused connections in it, and these are not sent again. Read in the log which and why; " +
        `the flow logs themselves are still in the ${source}.`,
      ...own,
      metricName: "FailedConnections",
      statistic: "Sum",
      threshold: 1,
    },
    "skip-data": {
      what: "flow-forwarder-skip-data",
      description:
        "AWS lost flow records (SKIPDATA), and connections may be missing. The log and the metric's dimension interface say of which " +
        "interfaces; the records can't be got back.",
      ...own,
      metricName: "SkipDataRecords",
      statistic: "Sum",
      threshold: 1,
    },
    "dead-letters": {
      what: "flow-forwarder-dead-letters",
      description: `${start} could not be forwarded. Cure the cause that the log names, then start a redrive.`,
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: args.deadLetterQueueName },
      statistic: "Maximum",
      threshold: 1,
    },
    age: {
      what: "flow-forwarder-age",
      description:
        `${start} wait too long. If the log shows failures, cure their cause; if not, the forwarder is too slow: raise ` +
        "forwarder.maximumConcurrency.",
      namespace: "AWS/SQS",
      metricName: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: args.queueName },
      statistic: "Maximum",
      threshold: OLD_AFTER_VISIBILITY_TIMEOUTS * args.visibilityTimeoutSeconds,
    },
  };
}
