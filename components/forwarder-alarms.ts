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
}

type Watched = Omit<MetricAlarmArgs, "names" | "topicArn" | "treatMissingData">;

// SQS leaves a message out of the oldest age from its third receive on, which is two visibility timeouts after the first: halfway
// between the second and the third, a threshold can be reached
const OLD_AFTER_VISIBILITY_TIMEOUTS = 1.5;

/** The alarms of a flow forwarder: `${name}-alarm-...`. Each says in its mail what to do. Cost: $0.10 per month each. */
export function forwarderAlarms(name: string, args: ForwarderAlarmsArgs, opts: pulumi.CustomResourceOptions): void {
  for (const [ending, watched] of Object.entries(watchedMetrics(args))) {
    const { names, alarmTopicArn: topicArn } = args;
    // nothing to do for a while is no reason to wake anybody: all the metrics are silent then
    metricAlarm(`${name}-alarm-${ending}`, { ...watched, names, topicArn, treatMissingData: "notBreaching" }, opts);
  }
}

function watchedMetrics(args: ForwarderAlarmsArgs): Readonly<Record<string, Watched>> {
  const own = { namespace: args.metrics.namespace, dimensions: { service: args.metrics.service } };
  return {
    errors: {
      what: "flow-forwarder-errors",
      description:
        "The flow forwarder crashed or timed out. Read why in its log; the objects are tried again by themselves.",
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: args.functionName },
      statistic: "Sum",
      threshold: 1,
    },
    "failed-messages": {
      what: "flow-forwarder-failed-messages",
      description:
        "Flow-log objects have failed for 15 minutes. Look whether the PCE is up and its API key is valid: the log says which. " +
        "The objects wait in the queue and are tried again for two days.",
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
        "the flow logs themselves are still in the archive.",
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
      description: "Flow-log objects could not be forwarded. Cure the cause that the log names, then start a redrive.",
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: args.deadLetterQueueName },
      statistic: "Maximum",
      threshold: 1,
    },
    age: {
      what: "flow-forwarder-age",
      description:
        "Flow-log objects wait too long. If the log shows failures, cure their cause; if not, the forwarder is too slow: raise " +
        "forwarder.maximumConcurrency.",
      namespace: "AWS/SQS",
      metricName: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: args.queueName },
      statistic: "Maximum",
      threshold: OLD_AFTER_VISIBILITY_TIMEOUTS * args.visibilityTimeoutSeconds,
    },
  };
}
