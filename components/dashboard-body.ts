// The dashboard of a stack as data: CloudWatch's JSON. Pure.
import type { FunctionMetrics } from "./function-metrics";

/** A function of the stack: its name in Lambda, and where its own metrics are. */
export interface ShownFunction {
  readonly functionName: string;
  readonly metrics: FunctionMetrics;
}

/** What the stack has, and so what is shown. */
export interface ShownResources {
  readonly region: string;
  readonly databaseIdentifier: string;
  /** Where the metrics of the database's log are. */
  readonly logNamespace: string;
  /** Their names; none where no log says who connects. */
  readonly logMetrics: readonly string[];
  readonly flowForwarder?: ShownFunction | undefined;
  readonly frontDoor?: { readonly loadBalancer: string; readonly targetGroup: string } | undefined;
  readonly targetSync?: ShownFunction | undefined;
  readonly workloadSync?: ShownFunction | undefined;
  readonly enforcement?: ShownFunction | undefined;
}

type Statistic = "Average" | "Maximum" | "Minimum" | "Sum" | "p99";
/** Namespace, name, then names and values of dimensions. */
type Metric = readonly [namespace: string, name: string, ...dimensions: string[]];

interface Graph {
  readonly title: string;
  readonly statistic: Statistic;
  readonly metrics: readonly Metric[];
}

// CloudWatch's grid is 24 wide: three graphs a row
const WIDTH = 8;
const HEIGHT = 6;

/** A heading and its graphs for each part that the stack has. */
export function dashboardBody(shown: ShownResources): string {
  const parts: readonly (readonly [string, readonly Graph[]])[] = [
    ["Database", databaseGraphs(shown)],
    ...(shown.logMetrics.length > 0 ? [["Logins", loginGraphs(shown)] as const] : []),
    ...(shown.flowForwarder ? [["Flows to the PCE", forwarderGraphs(shown.flowForwarder)] as const] : []),
    ...(shown.frontDoor ? [["Front door", frontDoorGraphs(shown.frontDoor)] as const] : []),
    ...(shown.targetSync ? [["Target sync", targetSyncGraphs(shown.targetSync)] as const] : []),
    ...(shown.workloadSync ? [["Workload sync", workloadSyncGraphs(shown.workloadSync)] as const] : []),
    ...(shown.enforcement ? [["Enforcement", enforcementGraphs(shown.enforcement)] as const] : []),
  ];
  let y = 0;
  const widgets = parts.flatMap(([heading, graphs]) => {
    const top = y;
    y += 1 + HEIGHT * Math.ceil((graphs.length * WIDTH) / 24);
    return [headingWidget(heading, top), ...graphs.map((graph, at) => graphWidget(graph, at, top + 1, shown.region))];
  });
  return JSON.stringify({ widgets });
}

function headingWidget(heading: string, y: number) {
  return { type: "text", x: 0, y, width: 24, height: 1, properties: { markdown: `## ${heading}` } };
}

function graphWidget({ title, statistic, metrics }: Graph, at: number, top: number, region: string) {
  const x = (at * WIDTH) % 24;
  const y = top + HEIGHT * Math.floor((at * WIDTH) / 24);
  const properties = { title, region, stat: statistic, period: 60, view: "timeSeries", metrics };
  return { type: "metric", x, y, width: WIDTH, height: HEIGHT, properties };
}

function databaseGraphs({ databaseIdentifier }: ShownResources): readonly Graph[] {
  const metric = (name: string): Metric => ["AWS/RDS", name, "DBInstanceIdentifier", databaseIdentifier];
  return [
    { title: "Connections", statistic: "Maximum", metrics: [metric("DatabaseConnections")] },
    { title: "CPU, %", statistic: "Average", metrics: [metric("CPUUtilization")] },
    { title: "Free memory, bytes", statistic: "Minimum", metrics: [metric("FreeableMemory")] },
    { title: "Free storage, bytes", statistic: "Minimum", metrics: [metric("FreeStorageSpace")] },
    { title: "Latency of storage, s", statistic: "Average", metrics: [metric("ReadLatency"), metric("WriteLatency")] },
    { title: "Operations a second", statistic: "Average", metrics: [metric("ReadIOPS"), metric("WriteIOPS")] },
  ];
}

function loginGraphs({ logNamespace, logMetrics }: ShownResources): readonly Graph[] {
  return [
    {
      title: "From outside, refused, without TLS",
      statistic: "Sum",
      metrics: logMetrics.map((name) => [logNamespace, name]),
    },
  ];
}

function runs({ functionName }: ShownFunction): readonly Graph[] {
  const metric = (name: string): Metric => ["AWS/Lambda", name, "FunctionName", functionName];
  return [
    { title: "Runs and failures", statistic: "Sum", metrics: [metric("Invocations"), metric("Errors")] },
    { title: "Longest run, ms", statistic: "Maximum", metrics: [metric("Duration")] },
  ];
}

function own({ metrics: { namespace, service } }: ShownFunction, ...names: readonly string[]): readonly Metric[] {
  return names.map((name) => [namespace, name, "service", service]);
}

function forwarderGraphs(forwarder: ShownFunction): readonly Graph[] {
  return [
    {
      title: "Records, connections, sent",
      statistic: "Sum",
      metrics: own(forwarder, "FlowRecords", "Connections", "SentConnections"),
    },
    {
      title: "Failures",
      statistic: "Sum",
      metrics: own(forwarder, "FailedMessages", "FailedConnections"),
    },
    { title: "Answer of the PCE, p99, ms", statistic: "p99", metrics: own(forwarder, "PceLatency") },
    ...runs(forwarder),
  ];
}

function frontDoorGraphs({ loadBalancer, targetGroup }: NonNullable<ShownResources["frontDoor"]>): readonly Graph[] {
  const ofBalancer = (name: string): Metric => ["AWS/NetworkELB", name, "LoadBalancer", loadBalancer];
  const ofTargets = (name: string): Metric => [...ofBalancer(name), "TargetGroup", targetGroup];
  return [
    {
      title: "Targets",
      statistic: "Maximum",
      metrics: [ofTargets("HealthyHostCount"), ofTargets("UnHealthyHostCount")],
    },
    { title: "Connections that are open", statistic: "Average", metrics: [ofBalancer("ActiveFlowCount")] },
    { title: "Ports that were missing", statistic: "Sum", metrics: [ofBalancer("PortAllocationErrorCount")] },
  ];
}

function targetSyncGraphs(sync: ShownFunction): readonly Graph[] {
  return [
    {
      title: "Looks, and targets that moved",
      statistic: "Sum",
      metrics: own(sync, "Synchronised", "FailedLooks", "TargetsRegistered", "TargetsDeregistered"),
    },
    ...runs(sync),
  ];
}

function workloadSyncGraphs(sync: ShownFunction): readonly Graph[] {
  return [
    {
      title: "Looks, and workloads that changed",
      statistic: "Sum",
      metrics: own(sync, "Synchronised", "WorkloadsCreated", "WorkloadsUpdated", "WorkloadsDeleted", "WorkloadsFailed"),
    },
    ...runs(sync),
  ];
}

function enforcementGraphs(enforcement: ShownFunction): readonly Graph[] {
  return [
    { title: "Looks and refusals", statistic: "Sum", metrics: own(enforcement, "CompletedRuns", "Refusals") },
    ...runs(enforcement),
  ];
}
