import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type EventTriggerArgs, eventTrigger, everyMinutes } from "./event-trigger";
import type { StackNames } from "./names";

/** What starts a workload sync, and where what could not be brought to it is left. */
export interface WorkloadSyncTriggersArgs extends Pick<EventTriggerArgs, "lambda" | "deadLetterArn"> {
  readonly names: StackNames;
  /** Minutes between two runs that no event asked for. */
  readonly syncMinutes: number;
}

const KINDS = ["instances", "databases", "tags", "schedule"] as const;

/** The names of the rules, by what they are for: the key of their dead letters must know them before they exist. */
export function workloadSyncRuleNames(names: StackNames): Readonly<Record<(typeof KINDS)[number], string>> {
  const entries = KINDS.map((kind) => [kind, names.eventRule(`workload-sync-${kind}`)] as const);
  return Object.fromEntries(entries) as Record<(typeof KINDS)[number], string>;
}

/**
 * The events of EC2 and RDS, changes of tags, and the schedule: `${name}-instances...` and so on. EventBridge has no events of network
 * interfaces, and the others don't say of which VPC they are: the schedule sees to what no event tells, and a run for another VPC's
 * event changes nothing.
 */
export function workloadSyncTriggers(
  name: string,
  { names, syncMinutes, ...brought }: WorkloadSyncTriggersArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.EventTarget[] {
  const ruleNames = workloadSyncRuleNames(names);
  const rules = { ...EVENTS, schedule: scheduled(syncMinutes) };
  return KINDS.map((kind) =>
    eventTrigger(
      `${name}-${kind}`,
      { ...brought, targetId: "workload-sync", rule: { name: ruleNames[kind], ...rules[kind] } },
      opts,
    ),
  );
}

const EVENTS = {
  instances: {
    description: "Instances that have come, gone, or lost their public address",
    eventPattern: JSON.stringify({
      source: ["aws.ec2"],
      "detail-type": ["EC2 Instance State-change Notification"],
      detail: { state: ["running", "stopped", "terminated"] },
    }),
  },
  databases: {
    description: "Databases that have come, gone, or moved",
    // categories: RDS user guide, "USER_Events.Messages"
    eventPattern: JSON.stringify({
      source: ["aws.rds"],
      "detail-type": ["RDS DB Instance Event"],
      detail: {
        EventCategories: ["availability", "configuration change", "creation", "deletion", "failover", "restoration"],
      },
    }),
  },
  tags: {
    description: "Tags of instances, databases and network interfaces that have changed",
    // source: EventBridge user guide, "Tag change events"
    eventPattern: JSON.stringify({
      source: ["aws.tag"],
      "detail-type": ["Tag Change on Resource"],
      detail: { service: ["ec2", "rds"], "resource-type": ["instance", "network-interface", "db"] },
    }),
  },
} as const satisfies Readonly<Record<string, aws.cloudwatch.EventRuleArgs>>;

function scheduled(syncMinutes: number): aws.cloudwatch.EventRuleArgs {
  return {
    description: "A look at what there is, for what no event tells",
    scheduleExpression: everyMinutes(syncMinutes),
  };
}
