import type { MetricSink } from "../shared/metric-sink";
import type { Outcome } from "./outcome";

/** Powertools' Metrics can tell of what its next metrics are. */
export interface DimensionedMetricSink extends MetricSink {
  addDimension(name: string, value: string): unknown;
}

/** Name in CloudWatch -> what it counts. PceLatency, in milliseconds, is beside them: one value for each answer. */
const COUNTS = [
  ["Messages", "messages"],
  ["FailedMessages", "failedMessages"],
  ["Objects", "objects"],
  ["ObjectsGone", "objectsGone"],
  ["ObjectsRepeated", "objectsRepeated"],
  ["ObjectsContinued", "objectsContinued"],
  ["FlowRecords", "records"],
  ["RejectedRecords", "rejected"],
  ["NoDataRecords", "noData"],
  ["SkipDataRecords", "skipData"],
  ["MalformedRecords", "malformed"],
  ["QuarantinedRecords", "quarantined"],
  ["Connections", "connections"],
  ["RecentConnections", "recent"],
  ["SentConnections", "sent"],
  ["FailedConnections", "failed"],
] as const satisfies readonly (readonly [string, keyof Outcome])[];

/**
 * Publishes what an invocation did, and which interfaces lost records, each as a dimension beside the service. Zeros are published too: an alarm on a sum must see
 * that all is well.
 */
export function publishMetrics(outcome: Readonly<Outcome>, sink: DimensionedMetricSink): void {
  for (const [name, field] of COUNTS) sink.addMetric(name, "Count", outcome[field]);
  for (const latencyMs of outcome.pceLatenciesMs) sink.addMetric("PceLatency", "Milliseconds", latencyMs);
  sink.publishStoredMetrics();
  for (const [interfaceId, lines] of outcome.skipDataByInterface) {
    sink.addDimension("interface", interfaceId);
    sink.addMetric("SkipDataRecords", "Count", lines);
    sink.publishStoredMetrics();
  }
}
