import type { Account } from "./account";

// ARNs of what may not exist yet: a policy must name it first.

/** The ARN of a log group that may not exist yet: its key's policy must name it first. */
export function logGroupArn({ partition, region, accountId }: Account, name: string): string {
  return `arn:${partition}:logs:${region}:${accountId}:log-group:${name}`;
}

/** What flow-log delivery gives as its source: deliveries of this account and region (VPC user guide, "flow-logs-s3"). */
export function deliverySourceArn({ partition, region, accountId }: Account): string {
  return `arn:${partition}:logs:${region}:${accountId}:*`;
}

/** The ARN of a state machine: its role and its key's policy must name it before it exists. */
export function stateMachineArn({ partition, region, accountId }: Account, name: string): string {
  return `arn:${partition}:states:${region}:${accountId}:stateMachine:${name}`;
}

/** The ARN of a rule on the account's default bus: a key's policy must name it before it exists. */
export function eventRuleArn({ partition, region, accountId }: Account, name: string): string {
  return `arn:${partition}:events:${region}:${accountId}:rule/${name}`;
}

/** The ARNs of all alarms whose names begin with `prefix`. */
export function alarmArns({ partition, region, accountId }: Account, prefix: string): string {
  return `arn:${partition}:cloudwatch:${region}:${accountId}:alarm:${prefix}*`;
}

/** Everything of RDS in the account and region: an event comes in the name of its source, or of the subscription. */
export function databaseArns({ partition, region, accountId }: Account): string {
  return `arn:${partition}:rds:${region}:${accountId}:*`;
}
