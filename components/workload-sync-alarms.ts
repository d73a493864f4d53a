import type * as pulumi from "@pulumi/pulumi";
import { metricAlarm } from "./alarms";
import type { FunctionMetrics } from "./function-metrics";
import type { StackNames } from "./names";
import { syncAlarms, type Watched } from "./sync-alarms";

/** What the workload sync's alarms watch, and whom they tell. */
export interface WorkloadSyncAlarmsArgs {
  readonly names: StackNames;
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly functionName: pulumi.Input<string>;
  readonly failureQueueName: pulumi.Input<string>;
  /** Minutes between two runs that no event asked for: how long none may have ended in sync depends on it. */
  readonly syncMinutes: number;
  readonly metrics: FunctionMetrics;
}

/** The alarms of a workload sync: `${name}-alarm-...`. Each says in its mail what to do. Cost: $0.10 per month each. */
export function workloadSyncAlarms(
  name: string,
  args: WorkloadSyncAlarmsArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const { names, alarmTopicArn: topicArn } = args;
  for (const [ending, watched] of Object.entries(watchedBy(args))) {
    metricAlarm(`${name}-alarm-${ending}`, { ...watched, names, topicArn }, opts);
  }
}

function watchedBy(args: WorkloadSyncAlarmsArgs): Readonly<Record<string, Watched>> {
  return syncAlarms({
    ...args,
    folder: "workload-sync",
    // three turns of the schedule; what waits for a slow PCE holds up those behind it
    oldAfterSeconds: Math.max(900, 3 * 60 * args.syncMinutes),
    says: {
      errors: "goes on from what is in the PCE by then.",
      age:
        "No run of workload-sync has ended in sync for too long: workloads in the PCE may be missing, or stand for what is gone. Its log " +
        "says which ones the PCE refuses, or why runs fail; if there are none, look whether the schedule's rule is enabled and the " +
        "function's concurrency is not taken away.",
    },
  });
}
