import type { MetricSink } from "../shared/metric-sink";

/** What a run did, in numbers. */
export interface RunCounts {
  /** Instances, databases and other interfaces in the VPC that have addresses. */
  resources: number;
  created: number;
  updated: number;
  deleted: number;
  /** Addresses that are left to somebody else's workload. */
  skippedAddresses: number;
  /** Workloads and labels that the PCE refused, or that wait for one that it refused. */
  failed: number;
  /** The PCE has what there is. */
  isSynchronised: boolean;
}

export function noCounts(): RunCounts {
  return { resources: 0, created: 0, updated: 0, deleted: 0, skippedAddresses: 0, failed: 0, isSynchronised: false };
}

/** Publishes what a run did. Zeros are published too: an alarm on a sum must see that all is well. */
export function publishMetrics(counts: Readonly<RunCounts>, sink: MetricSink): void {
  sink.addMetric("Synchronised", "Count", counts.isSynchronised ? 1 : 0);
  sink.addMetric("InventoryResources", "Count", counts.resources);
  sink.addMetric("WorkloadsCreated", "Count", counts.created);
  sink.addMetric("WorkloadsUpdated", "Count", counts.updated);
  sink.addMetric("WorkloadsDeleted", "Count", counts.deleted);
  sink.addMetric("AddressesSkipped", "Count", counts.skippedAddresses);
  sink.addMetric("WorkloadsFailed", "Count", counts.failed);
  sink.publishStoredMetrics();
}
