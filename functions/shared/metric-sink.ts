/** The part of Powertools' Metrics that is used; it writes them to standard output in the embedded metric format. */
export interface MetricSink {
  addMetric(name: string, unit: "Count" | "Milliseconds", value: number): unknown;
  publishStoredMetrics(): void;
}
