import type { MetricSink } from "../shared/metric-sink";

/** What a run did, in numbers. */
export interface RunCounts {
  /** The run ended in sync, and nothing failed on the way. */
  readonly isSynchronised: boolean;
  readonly registered: number;
  readonly deregistered: number;
  readonly failedLooks: number;
}

/** Publishes what a run did. Zeros are published too: an alarm on a sum must see that all is well. */
export function publishMetrics(counts: RunCounts, sink: MetricSink): void {
  sink.addMetric("Synchronised", "Count", counts.isSynchronised ? 1 : 0);
  sink.addMetric("TargetsRegistered", "Count", counts.registered);
  sink.addMetric("TargetsDeregistered", "Count", counts.deregistered);
  sink.addMetric("FailedLooks", "Count", counts.failedLooks);
  sink.publishStoredMetrics();
}
