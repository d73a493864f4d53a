import type { MetricSink } from "../shared/metric-sink";

/** What a run found and did, in numbers. */
export interface RunCounts {
  /** 1 when the run came to its end, whatever it found. */
  readonly completed: number;
  /** Rules that the policy asks for, and of them those that are missing. */
  readonly wanted: number;
  readonly missing: number;
  /** Own rules that the policy asks for no more. */
  readonly surplus: number;
  /** Rules of others that let in what the policy doesn't. */
  readonly others: number;
  readonly added: number;
  readonly removed: number;
  /** Reasons that kept the run from doing all that the policy asks for. */
  readonly refusals: number;
  /** Clients that have no addresses that can be known. */
  readonly unresolved: number;
  /** Addresses that no rule is made of. */
  readonly unusable: number;
}

/** Of a run that failed before it knew anything. */
export const NOTHING: RunCounts = Object.freeze({
  completed: 0,
  wanted: 0,
  missing: 0,
  surplus: 0,
  others: 0,
  added: 0,
  removed: 0,
  refusals: 0,
  unresolved: 0,
  unusable: 0,
});

/** Name in CloudWatch -> what it counts. */
const COUNTS = [
  ["CompletedRuns", "completed"],
  ["WantedRules", "wanted"],
  ["MissingRules", "missing"],
  ["SurplusRules", "surplus"],
  ["OtherRules", "others"],
  ["AddedRules", "added"],
  ["RemovedRules", "removed"],
  ["Refusals", "refusals"],
  ["UnresolvedClients", "unresolved"],
  ["UnusableAddresses", "unusable"],
] as const satisfies readonly (readonly [string, keyof RunCounts])[];

/** Publishes what a run did. Zeros are published too: an alarm on a sum must see that all is well. */
export function publishMetrics(counts: RunCounts, sink: MetricSink): void {
  for (const [name, field] of COUNTS) sink.addMetric(name, "Count", counts[field]);
  sink.publishStoredMetrics();
}
