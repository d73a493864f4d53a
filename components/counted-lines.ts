import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type MetricAlarmArgs, metricAlarm } from "./alarms";
import type { StackNames } from "./names";

/** What is counted in a log, and the alarm that it raises within five minutes. */
export interface CountedLinesArgs extends Pick<MetricAlarmArgs, "names" | "topicArn" | "what" | "description"> {
  readonly logGroupName: pulumi.Input<string>;
  /** Filter patterns of CloudWatch Logs of which a line matches at most one. With none there is neither metric nor alarm. */
  readonly patterns: readonly pulumi.Input<string>[];
  readonly metricName: string;
  /** How many lines raise the alarm. @default 1 */
  readonly threshold?: number;
}

/** Where the metrics of a stack's logs are: a filter with regular expressions can't give them dimensions. */
export function countedLinesNamespace(names: StackNames): string {
  return `RdsSightline/${names.prefix}`;
}

/**
 * Counts lines of a log group in a metric of the stack's namespace, with an alarm on it; named after `name` and `ending`. Cost: $0.10 per
 * month for the alarm, and $0.30 per month in which the metric counts.
 */
export function countLines(
  name: string,
  ending: string,
  { logGroupName, patterns, metricName, threshold = 1, ...alarm }: CountedLinesArgs,
  parent: pulumi.Resource,
): void {
  const namespace = countedLinesNamespace(alarm.names);
  for (const [at, pattern] of patterns.entries()) {
    new aws.cloudwatch.LogMetricFilter(
      `${name}-filter-${ending}${at === 0 ? "" : `-${at + 1}`}`,
      {
        logGroupName,
        pattern,
        // no default value: it would be published, and paid for, while nothing is counted
        metricTransformation: { namespace, name: metricName, value: "1" },
      },
      { parent },
    );
  }
  if (patterns.length === 0) return;
  metricAlarm(
    `${name}-alarm-${ending}`,
    { ...alarm, namespace, metricName, threshold, dimensions: {}, statistic: "Sum", treatMissingData: "notBreaching" },
    { parent },
  );
}
