import type * as pulumi from "@pulumi/pulumi";
import { metricAlarm } from "./alarms";
import type { FunctionMetrics } from "./function-metrics";
import type { StackNames } from "./names";
import { syncAlarms, type Watched } from "./sync-alarms";

/** What the front door's alarms watch, and whom they tell. */
export interface FrontDoorAlarmsArgs {
  readonly names: StackNames;
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly functionName: pulumi.Input<string>;
  readonly failureQueueName: pulumi.Input<string>;
  /** As CloudWatch names the two: `net/...` and `targetgroup/...`. */
  readonly loadBalancerArnSuffix: pulumi.Input<string>;
  readonly targetGroupArnSuffix: pulumi.Input<string>;
  /** Minutes between two runs that no event asked for: how long none may have ended well depends on it. */
  readonly syncMinutes: number;
  readonly metrics: FunctionMetrics;
}

/** The alarms of a front door and its target sync: `${name}-alarm-...`. Each says in its mail what to do. Cost: $0.10 per month each. */
export function frontDoorAlarms(name: string, args: FrontDoorAlarmsArgs, opts: pulumi.CustomResourceOptions): void {
  const { names, alarmTopicArn: topicArn } = args;
  for (const [ending, watched] of Object.entries({ ...watchedTargets(args), ...watchedSync(args) })) {
    metricAlarm(`${name}-alarm-${ending}`, { ...watched, names, topicArn }, opts);
  }
}

function watchedTargets(args: FrontDoorAlarmsArgs): Readonly<Record<string, Watched>> {
  const loadBalancer = { LoadBalancer: args.loadBalancerArnSuffix };
  const health = {
    namespace: "AWS/NetworkELB",
    dimensions: { ...loadBalancer, TargetGroup: args.targetGroupArnSuffix },
    threshold: 1,
    periodSeconds: 60,
    // a load balancer that says nothing of its targets has none
    treatMissingData: "breaching",
  } as const;
  return {
    healthy: {
      ...health,
      what: "front-door-no-healthy-target",
      description:
        "The front door has no healthy target: clients can't reach the database through it. During a failover this ends by itself " +
        "within two minutes. If it lasts, look whether the database runs and its security group lets the front door in; then read " +
        "the log of target-sync.",
      metricName: "HealthyHostCount",
      // not Minimum: each zone reports by itself, and one that doesn't see the target, in another zone, may say 0
      statistic: "Maximum",
      badWhen: "below",
    },
    unhealthy: {
      ...health,
      what: "front-door-unhealthy-target",
      description:
        "A target of the front door is unhealthy: an address where the database no longer is, or a database that doesn't answer. " +
        "During a failover this ends by itself within minutes. If it lasts, look whether the database runs; then read the log of " +
        "target-sync for why the address is still registered.",
      metricName: "UnHealthyHostCount",
      statistic: "Maximum",
    },
    "port-allocation": {
      what: "front-door-port-allocation",
      description:
        "The front door refuses connections: all ports to the database are taken. Let clients keep their connections open in a " +
        "pool; look in the flow logs for a client that opens too many.",
      namespace: "AWS/NetworkELB",
      metricName: "PortAllocationErrorCount",
      dimensions: loadBalancer,
      statistic: "Sum",
      threshold: 1,
      periodSeconds: 60,
      treatMissingData: "notBreaching",
    },
  };
}

function watchedSync(args: FrontDoorAlarmsArgs): Readonly<Record<string, Watched>> {
  return syncAlarms({
    ...args,
    folder: "target-sync",
    oldAfterSeconds: oldAfterSeconds(args.syncMinutes),
    says: {
      errors: "no target is taken out before the new one is healthy.",
      age:
        "No run of target-sync has ended well for too long: the front door may lead to where the database no longer is. Read in " +
        "its log why runs fail; if there are none, look whether the schedule's rule is enabled and the function's concurrency is " +
        "not taken away.",
    },
  });
}

// three turns of the schedule, and no less than a run may take: one that waits for a new target holds up those behind it
function oldAfterSeconds(syncMinutes: number): number {
  return Math.max(300, 3 * 60 * syncMinutes);
}
