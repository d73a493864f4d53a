import type { MetricSink } from "../shared/metric-sink";

/** What a run did, in numbers. */
export interface RunCounts {
  readonly created: number;
  readonly changed: number;
  readonly locked: number;
  readonly dropped: number;
  /** Users that are not wanted, and stay, locked, since they own something. */
  readonly kept: number;
  /** Tables and sequences that a user should have, and that nobody here could give. */
  readonly beyondReach: number;
  /** Passwords that were changed. */
  readonly rotated: number;
}

/** Of a run that did nothing, or failed. */
export const NOTHING: RunCounts = Object.freeze({
  created: 0,
  changed: 0,
  locked: 0,
  dropped: 0,
  kept: 0,
  beyondReach: 0,
  rotated: 0,
});

/** Name in CloudWatch -> what it counts. */
const COUNTS = [
  ["CreatedUsers", "created"],
  ["ChangedUsers", "changed"],
  ["LockedUsers", "locked"],
  ["DroppedUsers", "dropped"],
  ["KeptUsers", "kept"],
  ["TablesBeyondReach", "beyondReach"],
  ["RotatedPasswords", "rotated"],
] as const satisfies readonly (readonly [string, keyof RunCounts])[];

/** Publishes what a run did. */
export function publishMetrics(counts: RunCounts, sink: MetricSink): void {
  for (const [name, field] of COUNTS) sink.addMetric(name, "Count", counts[field]);
  sink.publishStoredMetrics();
}
