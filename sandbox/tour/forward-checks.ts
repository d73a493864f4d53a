import type { ExpectedTraffic } from "../traffic/expected-traffic";
import type { ForwardReport } from "./report";

const SAMPLE = 3;

/** What was counted while the flow logs were forwarded, each by who knows it. */
export interface Forwarded {
  /** Sums of the deployed function's metrics, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The PCE stand-in's own counters. */
  readonly pce: { readonly received: number; readonly failed: number };
  /** Different flows that the PCE took, as `client,server,port,protocol`. */
  readonly flows: ReadonlyMap<string, number>;
  /** Objects delivered. */
  readonly objects: number;
  readonly deadLetters: number;
}

// source: COUNTS in functions/flow-forwarder/metrics.ts; a name that changes there makes the tour fail
const METRIC_NAMES = {
  objects: "Objects",
  records: "FlowRecords",
  rejected: "RejectedRecords",
  noData: "NoDataRecords",
  skipData: "SkipDataRecords",
  malformed: "MalformedRecords",
} as const;

/** The report of a forwarding step: tallies as the function counted them, connections as the truth has them. */
export function forwardReport({ metrics, pce, objects }: Forwarded, expected: ExpectedTraffic): ForwardReport {
  const counted = (name: keyof typeof METRIC_NAMES) => metrics[METRIC_NAMES[name]] ?? 0;

  return {
    objects,
    records: counted("records"),
    accepted: counted("records") - counted("rejected"),
    rejected: counted("rejected"),
    noData: counted("noData"),
    skipData: counted("skipData"),
    malformed: counted("malformed"),
    connections: expected.connections.size,
    received: pce.received,
    failed: pce.failed,
  };
}

/** Everything that did not come out as the truth says, a sentence each; none when nothing was lost, invented or refused. */
export function forwardProblems(forwarded: Forwarded, expected: ExpectedTraffic): string[] {
  const { metrics, flows, pce, objects, deadLetters } = forwarded;
  const truth = { ...expected.tally, objects };
  const wrongCounts = Object.entries(METRIC_NAMES)
    .map(([name, metric]) => ({ metric, got: metrics[metric] ?? 0, want: truth[name as keyof typeof truth] }))
    .filter(({ got, want }) => got !== want)
    .map(({ metric, got, want }) => `the function's metric ${metric} is ${got}, and the flow logs hold ${want}`);
  const lost = [...expected.connections].filter((connection) => !flows.has(connection));
  const invented = [...flows.keys()].filter((connection) => !expected.connections.has(connection));

  return [
    ...wrongCounts,
    ...named(lost, "connections of the flow logs did not arrive at the PCE"),
    ...named(invented, "connections arrived at the PCE that are not in the flow logs"),
    ...(pce.failed > 0 ? [`the PCE refused ${pce.failed} lines`] : []),
    ...(deadLetters > 0 ? [`${deadLetters} messages are in the dead-letter queue`] : []),
  ];
}

// built-in traffic is made up and the user's own logs are on their own screen: a few examples give nothing away
function named(connections: readonly string[], what: string): string[] {
  if (connections.length === 0) return [];
  return [`${connections.length} ${what}, for example ${connections.slice(0, SAMPLE).join("; ")}`];
}
