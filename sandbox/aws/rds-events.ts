/** The events that RDS puts on EventBridge when a Multi-AZ database fails over. Pure. */
import { randomUUID } from "node:crypto";
import type { BusEvent } from "./event-bus";
import { ACCOUNT_ID } from "./moto";

// source: RDS user guide, "Amazon RDS event categories and event messages", category failover
const FAILOVER_EVENTS = {
  started: { id: "RDS-EVENT-0013", message: "Multi-AZ instance failover started." },
  completed: { id: "RDS-EVENT-0049", message: "Multi-AZ instance failover completed" },
} as const;

/** The database that an event is about. */
export interface EventSubject {
  readonly identifier: string;
  readonly region: string;
}

/**
 * One event, as it happened at `at`; the same object put twice is the same event twice.
 * source: RDS user guide, "Creating a rule that triggers on an Amazon RDS event", DB instance events
 * format:  {"source":"aws.rds","detail-type":"RDS DB Instance Event","resources":[<ARN>],"detail":{"EventCategories":[...],
 *          "SourceType":"DB_INSTANCE","SourceArn","Date","Message","SourceIdentifier","EventID"}}
 */
export function failoverEvent(
  phase: keyof typeof FAILOVER_EVENTS,
  { identifier, region }: EventSubject,
  at: Date,
): BusEvent {
  const { id: EventID, message: Message } = FAILOVER_EVENTS[phase];
  const SourceArn = `arn:aws:rds:${region}:${ACCOUNT_ID}:db:${identifier}`;
  return {
    id: randomUUID(),
    time: `${at.toISOString().slice(0, 19)}Z`,
    source: "aws.rds",
    "detail-type": "RDS DB Instance Event",
    resources: [SourceArn],
    detail: {
      EventCategories: ["failover"],
      SourceType: "DB_INSTANCE",
      SourceArn,
      Date: at.toISOString(),
      Message,
      SourceIdentifier: identifier,
      EventID,
    },
  };
}
