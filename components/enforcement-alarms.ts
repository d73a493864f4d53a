import type * as pulumi from "@pulumi/pulumi";
import { type MetricAlarmArgs, metricAlarm } from "./alarms";
import type { FunctionMetrics } from "./function-metrics";
import type { StackNames } from "./names";

/** What an enforcement's alarms watch, and whom they tell. */
export interface EnforcementAlarmsArgs {
  readonly names: StackNames;
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly functionName: pulumi.Input<string>;
  /** Minutes between two runs. */
  readonly everyMinutes: number;
  readonly metrics: FunctionMetrics;
}

type Watched = Omit<MetricAlarmArgs, "names" | "topicArn">;

/** The alarms of an enforcement: `${name}-alarm-...`. Each says in its mail what to do. Cost: $0.10 per month each. */
export function enforcementAlarms(name: string, args: EnforcementAlarmsArgs, opts: pulumi.CustomResourceOptions): void {
  const { names, alarmTopicArn: topicArn } = args;
  for (const [ending, watched] of Object.entries(watchedMetrics(args)))
    metricAlarm(`${name}-alarm-${ending}`, { ...watched, names, topicArn }, opts);
}

function watchedMetrics(args: EnforcementAlarmsArgs): Readonly<Record<string, Watched>> {
  const { namespace, service } = args.metrics;
  const own = { namespace, dimensions: { service }, statistic: "Sum", threshold: 1 } as const;
  return {
    errors: {
      what: "enforcement-errors",
      description:
        "Three runs of enforcement in a row have failed: the rules of the database's security group no longer follow the policy, and " +
        "stay as they are. Read in its log whether it is the PCE, its API key, or EC2; the next run goes on by itself.",
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: args.functionName },
      statistic: "Sum",
      threshold: 1,
      periodSeconds: args.everyMinutes * 60,
      // a single failure mends itself with the next run
      periods: 3,
      treatMissingData: "notBreaching",
    },
    age: {
      what: "enforcement-age",
      description:
        "No run of enforcement has come to its end for too long: the rules of the database's security group no longer follow the policy. " +
        "Read in its log why runs fail; if there are none, look whether the schedule's rule is enabled and the function's concurrency is " +
        "not taken away.",
      ...own,
      metricName: "CompletedRuns",
      badWhen: "below",
      periodSeconds: 3 * args.everyMinutes * 60,
      treatMissingData: "breaching",
    },
    refusals: {
      what: "enforcement-refusals",
      description:
        "Enforcement left rules of the database's security group as they are, since the policy's answer may not be the whole truth, or " +
        "there would be too many rules or none. Read in its log which rules and why. If they are to go, remove them by hand, or set " +
        "illumio.enforce to audit.",
      ...own,
      metricName: "Refusals",
      treatMissingData: "notBreaching",
    },
  };
}
