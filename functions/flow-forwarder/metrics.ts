import type { MetricSink } from "../shared/metric-sink";
import type { Outcome } from "./outcome";

/** Name in CloudWatch -> what it counts. PceLatency, in milliseconds, is beside them: one value for each answer. */
const COUNTS = [
  ["Messages", "messages"],
  ["FailedMessages", "failedMessages"],
  ["Objects", "objects"],
  ["ObjectsGone", "objectsGone"],
  ["ObjectsRepeated", "objectsRepeated"],
  ["FlowRecords", "records"],
  ["RejectedRecords", "rejected"],
  ["NoDataRecords", "noData"],
  ["SkipDataRecords", "skipData"],
  ["MalformedRecords", "malformed"],
  ["Connections", "connections"],
  ["SentConnections", "sent"],
  ["FailedConnections", "failed"],
] as const satisfies readonly (readonly [string, keyof Outcome])[];

/** Publishes what an invocation did. Zeros are published too: an alarm on a sum must see that all is well. */
export function publishMetrics(outcome: Readonly<Outcome>, sink: MetricSink): void {
  for (const [name, field] of COUNTS) sink.addMetric(name, "Count", outcome[field]);
  for (const latencyMs of outcome.pceLatenciesMs) sink.addMetric("PceLatency", "Milliseconds", latencyMs);
  sink.publishStoredMetrics();
}
