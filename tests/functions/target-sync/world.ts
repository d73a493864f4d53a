import assert from "node:assert/strict";
import type { TargetSyncConfig } from "../../../functions/target-sync/config";
import { createTargetSync, type SyncOutcome, type TargetSync } from "../../../functions/target-sync/target-sync";
import { describeTarget, describeTargets, keyOf, type RegisteredTarget } from "../../../functions/target-sync/targets";

/** The endpoint of all these tests. */
export const ENDPOINT = "db.abc.eu-west-1.rds.amazonaws.com";
/** Where the primary is at first. */
export const OLD = "10.0.20.7";
/** Where it moves to: the standby. */
export const NEW = "10.0.21.8";

/** What a test may make fail. */
export type Operation = "describe" | "register" | "deregister" | "interfaces" | "resolve4" | "resolve6";

/**
 * ELBv2, DNS and EC2 around one execution environment, in seconds that take no time. What is to happen is said with `at`, and
 * happens when the function under test has slept so long.
 */
export class World {
  readonly startMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  nowMs = this.startMs;
  /** What DNS says; an error in place of addresses is what the resolver rejects with. */
  ipv4: readonly string[] | Error = [OLD];
  ipv6: readonly string[] | Error = dnsError("ENODATA");
  /** Addresses of the database's interfaces. */
  interfaces: readonly string[] = [OLD, NEW];
  /** How a registered target fares; after so many seconds for ever. */
  healthySeconds = 10;
  drainSeconds = 0;
  /** How long each call of DNS takes. */
  dnsSeconds = 0;
  /** Calls of AWS in order, those that write with their targets. */
  readonly calls: string[] = [];
  /** When each call that writes was made, in seconds since the world began. */
  readonly wroteAt: number[] = [];
  readonly logged: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  /** Of each run, in order. */
  readonly metrics: Record<string, number>[] = [];
  readonly #targets = new Map<string, RegisteredTarget>();
  readonly #failures = new Map<Operation, Error[]>();
  readonly #due: { atMs: number; action: () => void }[] = [];
  readonly #sync: TargetSync;
  #isHanging = false;

  constructor(config: Partial<TargetSyncConfig> = {}) {
    let counts: Record<string, number> = {};
    const log = (level: string) => (message: string, fields: Record<string, unknown>) => {
      this.logged.push({ level, message, fields });
    };
    this.#sync = createTargetSync({
      config: {
        endpoint: ENDPOINT,
        targetPort: 5432,
        targetGroupArn: "arn",
        addressFamily: "ipv4",
        subnetIds: ["subnet-1"],
        groupId: "sg-1",
        ...config,
      },
      targetGroup: {
        describe: (abortSignal) =>
          this.#isHanging
            ? hangUntil(abortSignal)
            : this.#call("describe", "describe", () => [...this.#targets.values()]),
        register: (targets) =>
          this.#call("register", `register ${describeTargets(targets)}`, () => {
            for (const { ip, port } of targets) this.register(ip, port);
          }),
        deregister: (targets) =>
          this.#call("deregister", `deregister ${describeTargets(targets)}`, () => {
            for (const { ip, port } of targets) this.deregister(ip, port);
          }),
      },
      resolver: {
        resolve4: () => this.#resolve("resolve4", () => this.ipv4),
        resolve6: () => this.#resolve("resolve6", () => this.ipv6),
      },
      interfaces: { addresses: () => this.#call("interfaces", "interfaces", () => this.interfaces) },
      clock: { now: () => this.nowMs, sleep: async (ms) => this.pass(ms) },
      log: { info: log("info"), warn: log("warn"), error: log("error") },
      metrics: {
        addMetric: (name, _unit, value) => {
          counts[name] = value;
        },
        publishStoredMetrics: () => {
          this.metrics.push(counts);
          counts = {};
        },
      },
    });
  }

  /** Seconds since the world began. */
  get seconds(): number {
    return (this.nowMs - this.startMs) / 1_000;
  }

  /** Targets as the group has them now, with their states. */
  get group(): readonly string[] {
    return [...this.#targets.values()].map((target) => `${describeTarget(target)} ${target.state}`).sort();
  }

  /** Only the calls that write. */
  get writes(): readonly string[] {
    return this.calls.filter((call) => call.includes(" "));
  }

  /** Something happens so many seconds after the world began. */
  at(seconds: number, action: () => void): void {
    this.#due.push({ atMs: this.startMs + seconds * 1_000, action });
    this.#due.sort((one, other) => one.atMs - other.atMs);
  }

  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (let next = this.#due[0]; next !== undefined && next.atMs <= untilMs; next = this.#due[0]) {
      this.#due.shift();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.action();
    }
    this.nowMs = untilMs;
  }

  /** The next calls of an operation fail, one error each. */
  fail(operation: Operation, ...errors: readonly Error[]): void {
    this.#failures.set(operation, [...(this.#failures.get(operation) ?? []), ...errors]);
  }

  /** From now on the target group gives no answer: only a signal ends a call. */
  hang(): void {
    this.#isHanging = true;
  }

  /** A target that has been in the group for long, or the state of one that is. */
  given(ip: string, state = "healthy", { port = 5432, ...why }: Partial<RegisteredTarget> = {}): void {
    this.#targets.set(keyOf({ ip, port }), { ip, port, state, ...why });
  }

  register(ip: string, port = 5432): void {
    const key = keyOf({ ip, port });
    const state = this.#targets.get(key)?.state;
    if (state !== undefined && state !== "draining") return;
    const registered = { ip, port, state: "initial", reason: "Elb.RegistrationInProgress" };
    this.#targets.set(key, registered);
    this.at(this.seconds + this.healthySeconds, () => {
      if (this.#targets.get(key) === registered) this.given(ip, "healthy", { port });
    });
  }

  deregister(ip: string, port = 5432): void {
    const key = keyOf({ ip, port });
    const draining = { ip, port, state: "draining", reason: "Target.DeregistrationInProgress" };
    if (!this.#targets.delete(key) || this.drainSeconds === 0) return;
    this.#targets.set(key, draining);
    this.at(this.seconds + this.drainSeconds, () => {
      if (this.#targets.get(key) === draining) this.#targets.delete(key);
    });
  }

  /** The database moves: its name leads there from now on. */
  move(...ips: readonly string[]): void {
    this.ipv4 = ips;
  }

  /** Runs an invocation with so many seconds to work. */
  async run(event: unknown = {}, seconds = 290): Promise<SyncOutcome> {
    const endMs = this.nowMs + seconds * 1_000;
    return this.#sync(event, { remainingMs: () => endMs - this.nowMs });
  }

  /** Runs an invocation whose deadline is this computer's time, not the world's. */
  async runUntil(deadlineMs: number): Promise<SyncOutcome> {
    return this.#sync({}, { remainingMs: () => deadlineMs - Date.now() });
  }

  /** An event of RDS, of so many seconds after the world began. */
  failover(seconds = this.seconds, id = "RDS-EVENT-0013"): unknown {
    return rdsEvent({ time: new Date(this.startMs + seconds * 1_000).toISOString(), id });
  }

  async #call<T>(operation: Operation, call: string, act: () => T): Promise<T> {
    this.calls.push(call);
    if (call.includes(" ")) this.wroteAt.push(this.seconds);
    const failure = this.#failures.get(operation)?.shift();
    if (failure !== undefined) throw failure;
    return act();
  }

  async #resolve(operation: Operation, answer: () => readonly string[] | Error): Promise<string[]> {
    const failure = this.#failures.get(operation)?.shift();
    if (operation === "resolve4") this.pass(this.dnsSeconds * 1_000);
    const records = failure ?? answer();
    if (records instanceof Error) throw records;
    return [...records];
  }
}

function hangUntil(abortSignal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    abortSignal?.addEventListener("abort", () => reject(awsError("AbortError", "Request aborted")));
  });
}

/** A database that has been where it is for long, and a group that is in sync. */
export function settledWorld(): World {
  const world = new World();
  world.given(OLD);
  return world;
}

/** What a run rejects with. */
export async function failureOf(run: Promise<unknown>): Promise<Error> {
  try {
    await run;
  } catch (failure) {
    assert.ok(failure instanceof Error);
    return failure;
  }
  throw new assert.AssertionError({ message: "the run did not fail" });
}

/** What node:dns rejects with. */
export function dnsError(code: string): Error {
  return Object.assign(new Error(`query ${code} ${ENDPOINT}`), { code });
}

/** What the AWS SDK rejects with. */
export function awsError(name = "ThrottlingException", message = "Rate exceeded"): Error {
  return Object.assign(new Error(message), { name });
}

/** As EventBridge delivers it. */
export function rdsEvent({
  time = "2026-01-02T03:04:05Z",
  categories = ["failover"],
  id = "RDS-EVENT-0013",
}: {
  readonly time?: unknown;
  readonly categories?: unknown;
  readonly id?: string;
} = {}): Record<string, unknown> {
  return {
    version: "0",
    id: "844e2571-85d4-695f-b930-0153b71dcb42",
    "detail-type": "RDS DB Instance Event",
    source: "aws.rds",
    account: "123456789012",
    time,
    region: "eu-west-1",
    resources: ["arn:aws:rds:eu-west-1:123456789012:db:db"],
    detail: {
      EventCategories: categories,
      SourceType: "DB_INSTANCE",
      SourceArn: "arn:aws:rds:eu-west-1:123456789012:db:db",
      Date: time,
      Message: "Multi-AZ instance failover started.",
      SourceIdentifier: "db",
      EventID: id,
    },
  };
}
