import { bundleFunction } from "../components/bundle";
import type { TargetSyncEnvironment } from "../functions/target-sync/config";
import type { Benchmark, Figures, Table } from "./benchmark";
import { type ColdStart, measureColdStarts } from "./cold-start";
import { CONTENDERS, type Delays, measureDelays, pathsOf } from "./failover-delays";

/** A bundle above this starts slowly. */
const BUNDLE_LIMIT_BYTES = 300_000;

/** A quiet run each minute: the fewer calls, the further from AWS's limits. */
const QUIET_CALLS_LIMIT = 3;

const ENVIRONMENT: TargetSyncEnvironment = {
  ENDPOINT: "app.cluster.eu-west-1.rds.amazonaws.com",
  TARGET_PORT: "5432",
  TARGET_GROUP_ARN: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/front/0123456789abcdef",
  ADDRESS_FAMILY: "ipv4",
  DATABASE_SUBNET_IDS: "subnet-0a1b,subnet-2c3d",
  DATABASE_GROUP_ID: "sg-0a1b",
  POWERTOOLS_SERVICE_NAME: "target-sync",
  POWERTOOLS_METRICS_NAMESPACE: "RdsSightline",
  POWERTOOLS_LOG_LEVEL: "INFO",
};

/** What is measured, and how much of it. */
export interface FrontDoorOptions {
  /** @default 300 */
  readonly failovers?: number;
  /** @default 7 */
  readonly rounds?: number;
}

/** How soon the front door follows the database, and what that costs. */
export const FRONT_DOOR: Benchmark = { name: "front-door", run: () => measureFrontDoor() };

/** Measures; a test asks for less of it. */
export async function measureFrontDoor({ failovers = 300, rounds = 7 }: FrontDoorOptions = {}): Promise<Figures> {
  const delays: Delays[] = [];
  for (const contender of CONTENDERS)
    for (const path of pathsOf(contender)) delays.push(await measureDelays(contender, path, failovers));
  const bundle = bundleFunction("target-sync");
  const bundleBytes = Buffer.byteLength(bundle);
  const [ours, empty] = await measureColdStarts(
    [
      { bundle, environment: { ...ENVIRONMENT }, memoryMb: 256 },
      { bundle: "exports.handler = async () => ({});", environment: {}, memoryMb: 256 },
    ],
    rounds,
  );
  if (ours === undefined || empty === undefined) throw new Error("there are two cold starts to compare");
  return {
    figures: {
      delays,
      quietCalls: { most: quietCallsOf(delays), limit: QUIET_CALLS_LIMIT },
      bundle: { bytes: bundleBytes, limitBytes: BUNDLE_LIMIT_BYTES },
      coldStart: { targetSync: ours, emptyHandler: empty },
    },
    tables: [delayTable(delays, failovers), costTable(delays, bundleBytes, ours, empty)],
  };
}

function delayTable(delays: readonly Delays[], failovers: number): Table {
  const seconds = (value: number | undefined) => (value === undefined ? "never" : value.toFixed(1));
  return {
    title: `Seconds from the DNS change to the new target registered, over ${failovers} failovers in virtual time`,
    rows: [
      ["a function that ...", "learns by", "median", "worst", "missed", "calls when quiet"],
      ...delays.map(({ name, path, medianSeconds, worstSeconds, missed, quietCalls }) => [
        name,
        path,
        seconds(medianSeconds),
        seconds(worstSeconds),
        `${missed}`,
        `${quietCalls}`,
      ]),
    ],
  };
}

function costTable(delays: readonly Delays[], bytes: number, ours: ColdStart, empty: ColdStart): Table {
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return {
    title: "What target-sync costs",
    rows: [
      ["", "target-sync", "anchor", "which is"],
      ["AWS calls of a quiet run", `${quietCallsOf(delays)}`, `${QUIET_CALLS_LIMIT}`, "the limit"],
      ["bundle", `${(bytes / 1000).toFixed(0)} KB`, `${BUNDLE_LIMIT_BYTES / 1000} KB`, "the limit"],
      ["cold start: loaded", ms(ours.importedMs), ms(empty.importedMs), "an empty handler"],
      ["cold start: first answer of AWS", ms(ours.answeredMs), ms(empty.answeredMs), "an empty handler, without AWS"],
    ],
  };
}

function quietCallsOf(delays: readonly Delays[]): number {
  return Math.max(...delays.filter(({ name }) => name === "target-sync").map(({ quietCalls }) => quietCalls));
}
