import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type EventTriggerArgs, eventTrigger, everyMinutes } from "./event-trigger";
import type { StackNames } from "./names";

/** What starts a target sync, and where what could not be brought to it is left. */
export interface TargetSyncTriggersArgs extends Pick<EventTriggerArgs, "lambda" | "deadLetterArn"> {
  readonly names: StackNames;
  readonly databaseArn: pulumi.Input<string>;
  /** Minutes between two runs that no event asked for: 1 to 15. */
  readonly syncMinutes: number;
}

// Every category of RDS's that may move an address (RDS user guide, "USER_Events.Messages"). Left out: backup, backtrack, deletion, low
// storage, read replica, security, security patching
const CATEGORIES = [
  "availability",
  "configuration change",
  "creation",
  "failover",
  "failure",
  "maintenance",
  "notification",
  "recovery",
  "restoration",
];

/** The names of the rules that start the target sync: the key of their dead letters must know them before they exist. */
export function targetSyncRuleNames(names: StackNames): { readonly events: string; readonly schedule: string } {
  return { events: names.eventRule("target-sync-events"), schedule: names.eventRule("target-sync-schedule") };
}

/** The database's events and the schedule: `${name}-events...` and `${name}-schedule...`. Returns what brings a run. */
export function targetSyncTriggers(
  name: string,
  args: TargetSyncTriggersArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.EventTarget[] {
  const { events, schedule } = targetSyncRuleNames(args.names);
  const trigger = (ending: string, rule: aws.cloudwatch.EventRuleArgs) =>
    eventTrigger(`${name}-${ending}`, { ...args, targetId: "target-sync", rule }, opts);
  return [
    trigger("events", { name: events, ...onDatabaseEvents(args) }),
    trigger("schedule", { name: schedule, ...everyFewMinutes(args) }),
  ];
}

// by the ARN: what AWS writes as SourceIdentifier differs from sample to sample
function onDatabaseEvents({ databaseArn }: TargetSyncTriggersArgs): aws.cloudwatch.EventRuleArgs {
  return {
    description: "Events of the database that may have moved its address",
    eventPattern: pulumi.jsonStringify({
      source: ["aws.rds"],
      "detail-type": ["RDS DB Instance Event"],
      detail: { SourceArn: [databaseArn], EventCategories: CATEGORIES },
    }),
  };
}

function everyFewMinutes({ syncMinutes }: TargetSyncTriggersArgs): aws.cloudwatch.EventRuleArgs {
  return {
    description: "A look at where the database is, since events may be lost",
    scheduleExpression: everyMinutes(syncMinutes),
  };
}
