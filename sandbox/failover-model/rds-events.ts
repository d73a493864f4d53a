/** ARN of the database that the function keeps its targets for. */
export const DATABASE_ARN = "arn:aws:rds:eu-west-1:123456789012:db:app";

/** Another database of the account; what an EventBridge rule without a filter lets through. */
export const OTHER_DATABASE_ARN = "arn:aws:rds:eu-west-1:123456789012:db:reports";

// source: RDS user guide, "Amazon RDS event categories and event messages"
const MESSAGES = {
  "RDS-EVENT-0013": "Multi-AZ instance failover started.",
  "RDS-EVENT-0049": "Multi-AZ instance failover completed",
} as const;

/** An RDS event as EventBridge delivers it; `occurredMs` is in milliseconds since the epoch. */
export function failoverEvent(id: keyof typeof MESSAGES, occurredMs: number, arn: string = DATABASE_ARN): unknown {
  const identifier = arn.slice(arn.lastIndexOf(":") + 1);
  const time = new Date(occurredMs).toISOString();
  return {
    version: "0",
    id: "12a345b6-78c9-01d2-34e5-123f4ghi5j6k",
    "detail-type": "RDS DB Instance Event",
    source: "aws.rds",
    account: "123456789012",
    time: `${time.slice(0, 19)}Z`, // EventBridge gives whole seconds
    region: "eu-west-1",
    resources: [arn],
    detail: {
      EventCategories: ["failover"],
      SourceType: "DB_INSTANCE",
      SourceArn: arn,
      Date: time,
      Message: MESSAGES[id],
      SourceIdentifier: identifier,
      EventID: id,
    },
  };
}

/** What a schedule's rule sends. */
export function scheduledEvent(nowMs: number): unknown {
  return {
    version: "0",
    id: "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account: "123456789012",
    time: `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
    region: "eu-west-1",
    resources: ["arn:aws:events:eu-west-1:123456789012:rule/target-sync-schedule"],
    detail: {},
  };
}
