/** RDS says that a failover began or ended not long ago: the address will move, or has moved. */
export interface FailoverTrigger {
  readonly kind: "failover";
  /** When RDS said so, in milliseconds since the epoch; never later than now. */
  readonly at: number;
  /** RDS says that it is over: the address may have moved before. */
  readonly isCompleted: boolean;
  /** False for what may end where it began: that the address stays is no failure then. */
  readonly promisesMove: boolean;
}

/** Why a run was started: a failover, or anything else - the schedule, a deployment, other events, old news. */
export type Trigger = FailoverTrigger | { readonly kind: "check" };

/**
 * An event of a failover is news for so long: three tries that watch for three minutes, one and two minutes apart, take twelve, and
 * eight are for an event that comes late or waits for its turn. As old news a last try would succeed, and leave no record of the others.
 */
export const FAILOVER_NEWS_MS = 1_200_000;

// source: RDS user guide, "Amazon RDS event categories and event messages", of instances and of clusters

// of this category, but nothing will move: not attempted, failed, the previous primary again
const NOTHING_MOVES: readonly unknown[] = ["RDS-EVENT-0034", "RDS-EVENT-0069", "RDS-EVENT-0070"];

// activated, recovered from a partial failover: over, whether or not anything moved
const MAY_STAY: readonly unknown[] = ["RDS-EVENT-0051", "RDS-EVENT-0065"];

const COMPLETED: readonly unknown[] = ["RDS-EVENT-0015", "RDS-EVENT-0049", "RDS-EVENT-0071", ...MAY_STAY];

// source:  EventBridge, events of Amazon RDS; `time` is RFC 3339, in UTC
// example: {"source":"aws.rds","detail-type":"RDS DB Instance Event","time":"2026-01-02T03:04:05Z",
//           "detail":{"EventCategories":["failover"],"EventID":"RDS-EVENT-0049"}}
/** What an event asks for. An event that is not understood asks for a check, which is never wrong. */
export function readTrigger(event: unknown, now: number): Trigger {
  const { source, time, detail } = fieldsOf(event);
  const { EventCategories: categories, EventID: id } = fieldsOf(detail);
  if (source !== "aws.rds" || !Array.isArray(categories) || !categories.includes("failover")) return { kind: "check" };
  if (NOTHING_MOVES.includes(id)) return { kind: "check" };
  const announced = typeof time === "string" ? Date.parse(time) : Number.NaN;
  if (!(now - announced < FAILOVER_NEWS_MS)) return { kind: "check" };
  // the clocks of RDS and Lambda may differ: an event of the future is one of this moment
  const at = Math.min(announced, now);
  return { kind: "failover", at, isCompleted: COMPLETED.includes(id), promisesMove: !MAY_STAY.includes(id) };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
