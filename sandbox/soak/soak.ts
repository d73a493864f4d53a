import { setTimeout as sleep } from "node:timers/promises";
import { SQSClient } from "@aws-sdk/client-sqs";
import { workIn } from "../../functions/flow-forwarder/notification";
import { deadLetterArnOf, drainQueue } from "../aws/dead-letters";
import { deliverFlowLogs, flowLogDestinations } from "../aws/flow-delivery";
import { listDatabases, listEventSources } from "../aws/registry";
import type { ConfigValue } from "../engine/operation";
import type { Fault } from "../pce/faults";
import type { Sandbox } from "../tour/sandbox";
import type { StackSettings } from "../tour/stack-settings";
import { type SeededRandom, seededRandom } from "../traffic/seeded-random";
import { soakFiles } from "./soak-files";

// Objects without end, a PCE that fails, workers that are lost: what must come of it all the same.

/** How hard a soak is. */
export interface SoakPlan {
  readonly objects: number;
  readonly corruptEvery: number;
  /** Of the PCE's answers that are none, from 0 to 1. */
  readonly faultRate: number;
  /** Seconds between two workers that are lost, on average. */
  readonly loseEverySeconds: number;
  readonly seed: number;
  readonly deadlineSeconds: number;
}

/** What a soak was, in numbers. */
export interface SoakFigures {
  readonly objects: number;
  readonly corrupt: number;
  readonly records: number;
  /** Unique ones in the objects that can be read. */
  readonly connections: number;
  /** Of these, the ones at the PCE. */
  readonly arrived: number;
  /** New at the PCE since the start, and in no object. */
  readonly invented: number;
  /** Connections that the PCE was sent more than once. */
  readonly repeated: number;
  /** Corrupt objects in the dead-letter queue, and good ones. */
  readonly deadCorrupt: number;
  readonly deadGood: number;
  readonly invocations: number;
  readonly workersLost: number;
  readonly requests: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** The PCE's limit must not be what is measured: at 500 requests a minute, two thousand objects take four. */
export const SOAK_REQUESTS_PER_MINUTE = 10_000;

const PUT_AT_ONCE = 100;

/**
 * What a stack has to be deployed with to be soaked: as many requests as the PCE stand-in takes, and a timeout with which a message is tried
 * 32 times, not 240, before it is in the dead-letter queue.
 */
export function soakedStack(config: StackSettings["config"]): StackSettings["config"] {
  const pce = config["rds-sightline:pce"] as Record<string, ConfigValue>;
  return {
    "rds-sightline:forwarder": { timeoutSeconds: 900 },
    "rds-sightline:pce": { ...pce, requestsPerMinute: SOAK_REQUESTS_PER_MINUTE },
    "rds-sightline:frontDoor": {},
  };
}

/** Everything that did not come out as it must, a sentence each. */
export function soakProblems(figures: SoakFigures): readonly string[] {
  const { connections, arrived, invented, corrupt, deadCorrupt, deadGood } = figures;
  return [
    ...(arrived < connections
      ? [`${connections - arrived} of ${connections} connections did not arrive at the PCE`]
      : []),
    ...(invented > 0 ? [`${invented} connections arrived that are in no object`] : []),
    ...(deadCorrupt < corrupt
      ? [`${corrupt - deadCorrupt} of ${corrupt} corrupt objects are not in the dead-letter queue`]
      : []),
    ...(deadGood > 0 ? [`${deadGood} good objects are in the dead-letter queue`] : []),
  ];
}

/** Runs a soak on a stack that is deployed and has nothing to do, and says what came of it; whoever runs it judges that. */
export async function soak(
  sandbox: Sandbox,
  plan: SoakPlan,
  progress: (sentence: string) => void = () => undefined,
): Promise<SoakFigures> {
  const startedMs = Date.now();
  const random = seededRandom(plan.seed);
  const [database] = await listDatabases(sandbox.run.path);
  const files = soakFiles({ ...plan, databases: [database?.primary.ip ?? ""], servicePort: database?.port ?? 0 });
  const before = { ...sandbox.pce.counters(), invocations: sandbox.runner.invocations().length };
  const known = new Set(sandbox.pce.flows().keys());
  const faults = disturb(sandbox, plan.faultRate, random);
  const losing = loseWorkers(sandbox, plan, random);
  try {
    const keys = await deliver(sandbox, files.objects, progress);
    await settle(sandbox, plan, progress);
    return {
      ...(await figuresOf(sandbox, files, keys, known)),
      faults: faults(),
      workersLost: await losing.end(),
      ...since(sandbox, before, startedMs),
    };
  } finally {
    sandbox.pce.disturb(() => undefined);
    await losing.end();
  }
}

type SoakFiles = ReturnType<typeof soakFiles>;

/** The faults of the PCE, by chance; returns how many of each there were. */
function disturb({ pce }: Sandbox, rate: number, random: SeededRandom): () => Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  const all: readonly (() => Fault)[] = [
    () => ({ kind: "status", status: 500 }),
    () => ({ kind: "status", status: 503 }),
    () => ({ kind: "status", status: 429 }),
    () => ({ kind: "status", status: 429, retryAfter: 1 }),
    () => ({ kind: "not-json" }),
    () => ({ kind: "reset" }),
    () => ({ kind: "reset-mid-body", taken: true }),
    () => ({ kind: "reset-mid-body", taken: false }),
    () => ({ kind: "delay", ms: 300 }),
  ];
  pce.disturb(() => {
    if (random.integer(0, 999_999) >= rate * 1_000_000) return undefined;
    const fault = random.pick(all)();
    const name = fault.kind === "status" ? `${fault.status}${fault.retryAfter ? " with Retry-After" : ""}` : fault.kind;
    counts[name] = (counts[name] ?? 0) + 1;
    return fault;
  });
  return () => counts;
}

function loseWorkers({ runner, run }: Sandbox, { loseEverySeconds }: SoakPlan, random: SeededRandom) {
  const stop = new AbortController();
  let lost = 0;
  const done = (async () => {
    const [source] = await listEventSources(run.path);
    const name = source?.functionArn.split(":").at(-1) ?? "";
    while (!stop.signal.aborted) {
      const pauseMs = random.integer(0, 2_000 * loseEverySeconds);
      await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
      if (!stop.signal.aborted && (await runner.lose(name, random.integer(0, 99)))) lost += 1;
    }
  })();
  return {
    end: async (): Promise<number> => {
      stop.abort();
      await done;
      return lost;
    },
  };
}

async function deliver(
  { moto, region, admin }: Sandbox,
  objects: SoakFiles["objects"],
  progress: (sentence: string) => void,
): Promise<readonly string[]> {
  const options = { endpoint: moto.url, region, credentials: admin };
  const [destination] = await flowLogDestinations(options);
  if (destination === undefined) throw new Error("no flow log is deployed");
  const keys: string[] = [];
  for (let from = 0; from < objects.length; from += PUT_AT_ONCE) {
    keys.push(...(await deliverFlowLogs(destination, objects.slice(from, from + PUT_AT_ONCE), options)));
    progress(`${keys.length} of ${objects.length} objects delivered`);
  }
  return keys;
}

/** Until nothing waits for the function any more; workers are lost all the while. */
async function settle(
  { runner }: Sandbox,
  { deadlineSeconds }: SoakPlan,
  progress: (sentence: string) => void,
): Promise<void> {
  const told = setInterval(() => progress(`${runner.invocations().length} invocations`), 5_000);
  try {
    await runner.idle(1_000 * deadlineSeconds);
  } finally {
    clearInterval(told);
  }
}

async function figuresOf(
  sandbox: Sandbox,
  { objects, expected }: SoakFiles,
  keys: readonly string[],
  known: ReadonlySet<string>,
) {
  const flows = sandbox.pce.flows();
  const dead = await deadKeys(sandbox);
  const corrupt = new Set(objects.flatMap(({ isCorrupt }, at) => (isCorrupt ? [keys[at]] : [])));
  const ofSoak = dead.filter((key) => keys.includes(key));
  return {
    objects: objects.length,
    corrupt: corrupt.size,
    records: expected.tally.records,
    connections: expected.connections.size,
    arrived: [...expected.connections].filter((connection) => flows.has(connection)).length,
    invented: [...flows.keys()].filter((each) => !known.has(each) && !expected.connections.has(each)).length,
    repeated: [...flows].filter(([connection, times]) => times > 1 && expected.connections.has(connection)).length,
    deadCorrupt: new Set(ofSoak.filter((key) => corrupt.has(key))).size,
    deadGood: ofSoak.filter((key) => !corrupt.has(key)).length,
  };
}

function since({ pce, runner }: Sandbox, before: { requests: number; invocations: number }, startedMs: number) {
  return {
    invocations: runner.invocations().length - before.invocations,
    requests: pce.counters().requests - before.requests,
    seconds: Math.round((Date.now() - startedMs) / 100) / 10,
  };
}

/** The keys of all objects in the dead-letter queues, which are empty afterwards. */
async function deadKeys({ run, moto, region, admin }: Sandbox): Promise<readonly string[]> {
  const sqs = new SQSClient({ endpoint: moto.url, region, credentials: admin });
  const keys: string[] = [];
  for (const { eventSourceArn } of await listEventSources(run.path)) {
    const arn = await deadLetterArnOf(sqs, moto.url, eventSourceArn);
    const bodies = arn === undefined ? [] : await drainQueue(sqs, moto.url, arn);
    for (const body of bodies) keys.push(...(workIn(body).objects ?? []).map(({ key }) => key));
  }
  sqs.destroy();
  return keys;
}
