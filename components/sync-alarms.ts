import type * as pulumi from "@pulumi/pulumi";
import type { MetricAlarmArgs } from "./alarms";
import type { FunctionMetrics } from "./function-metrics";

/** An alarm, but for where it is told and whose stack it is. */
export type Watched = Omit<MetricAlarmArgs, "names" | "topicArn">;

/** A function that keeps something in sync, by events and a schedule. */
export interface WatchedSync {
  /** Its folder in functions/. */
  readonly folder: string;
  readonly functionName: pulumi.Input<string>;
  readonly failureQueueName: pulumi.Input<string>;
  /** Where it publishes `Synchronised`: 1 for a run that ended in sync. */
  readonly metrics: FunctionMetrics;
  /** How long there may be no run that ended in sync. */
  readonly oldAfterSeconds: number;
  /** What a mail says of a run that failed, after that it is tried again by itself, and of too long a time without a good one. */
  readonly says: { readonly errors: string; readonly age: string };
}

/** The alarms that every such function has: a run failed, no run was good for too long, something failed for good. */
export function syncAlarms(sync: WatchedSync): Readonly<Record<"errors" | "age" | "failures", Watched>> {
  const { folder, metrics, says } = sync;
  return {
    errors: {
      what: `${folder}-errors`,
      description: `A run of ${folder} failed. Read why in its log. It is tried again by itself, and ${says.errors}`,
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: sync.functionName },
      statistic: "Sum",
      threshold: 1,
      treatMissingData: "notBreaching",
    },
    age: {
      what: `${folder}-age`,
      description: says.age,
      namespace: metrics.namespace,
      metricName: "Synchronised",
      dimensions: { service: metrics.service },
      statistic: "Sum",
      badWhen: "below",
      threshold: 1,
      periodSeconds: sync.oldAfterSeconds,
      treatMissingData: "breaching",
    },
    failures: {
      what: `${folder}-failures`,
      description:
        `Something that ${folder} was told failed for good, or never reached it: the message in the failure queue says what and ` +
        "why. Cure the cause that the message or the log names. The schedule has looked since, so delete the message then.",
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: sync.failureQueueName },
      statistic: "Maximum",
      threshold: 1,
      treatMissingData: "notBreaching",
    },
  };
}
