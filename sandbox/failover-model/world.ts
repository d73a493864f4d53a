import { type SeededRandom, seededRandom } from "../traffic/seeded-random";
import { DATABASE_GROUP, DatabaseModel, isInVpc, STRANGERS } from "./database";
import { AwsError, type Fault, type FaultKind, Faults, type Operation } from "./faults";
import type { History } from "./history";
import { TargetGroupModel } from "./load-balancing";
import { NameServiceModel } from "./name-service";
import { CALL_MS, Watch } from "./promises";
import type { Run, Told } from "./run";
import type { SyncSettings, SyncWorld } from "./sync-world";
import { Timeline } from "./timeline";
import { Transcript } from "./transcript";
import { VirtualClock } from "./virtual-clock";

/** Name of the database's endpoint. */
export const ENDPOINT = "app.cluster.eu-west-1.rds.amazonaws.com";

/** Name of another database of the account. */
export const OTHER_ENDPOINT = "reports.cluster.eu-west-1.rds.amazonaws.com";

/** The database's port. */
export const PORT = 5432;

const START = Date.UTC(2026, 2, 2, 3, 4, 5);
const TIMED_OUT_MS = 4_000; // two tries of two seconds

/** An execution environment: it does one invocation after the other. */
export interface Environment {
  readonly id: number;
  /** The invocation that it runs. */
  run: Run | undefined;
  readonly told: Told[];
}

/** Everything around the function under test, in virtual time. */
export class World {
  readonly clock = new VirtualClock(START);
  readonly transcript = new Transcript(() => this.clock.elapsedMs());
  readonly database: DatabaseModel;
  readonly group: TargetGroupModel;
  readonly watch: Watch;
  readonly faults: Faults;
  readonly settings: SyncSettings;
  readonly random: SeededRandom;
  /** Is told of each registration that took effect. */
  onRegistered: () => void = () => undefined;
  readonly #dns: NameServiceModel;
  readonly #isSlow: boolean;

  constructor(history: History) {
    this.random = seededRandom(history.seed);
    this.#isSlow = history.network === "slow";
    this.faults = new Faults(history.faults);
    this.settings = { endpoint: ENDPOINT, port: PORT, groupId: DATABASE_GROUP, family: history.family };
    this.database = new DatabaseModel(this.clock, {
      size: history.addresses,
      hasV6: history.family === "ipv6" || history.isDualStack,
    });
    this.group = new TargetGroupModel({
      port: history.groupPort,
      deregistrationDelayMs: history.deregistrationDelaySeconds * 1000,
      isServing: (ip, atMs) => this.database.isServing(ip, atMs),
      isInEnabledZone: () => true,
      isInVpc,
      registrationMs: () => this.random.integer(500, 3_000),
    });
    const family = history.family === "ipv4" ? "v4" : "v6";
    this.watch = new Watch({
      database: this.database,
      group: this.group,
      family,
      port: PORT,
      groupPort: history.groupPort,
    });
    const { v4, v6 } = STRANGERS.otherDatabase;
    this.#dns = new NameServiceModel(
      { [ENDPOINT]: this.database.truth, [OTHER_ENDPOINT]: new Timeline({ v4: [v4], v6: [v6] }) },
      history.resolver,
      this.random,
    );
  }

  /** AWS and DNS as this environment reaches them. */
  reachedBy(environment: Environment): SyncWorld {
    const { clock, group, database, watch } = this;
    const resolve = async (hostname: string, family: "v4" | "v6") => {
      const on = family === "v4" ? "resolve4" : "resolve6";
      const addresses = await this.#call(environment, on, (fault, run) => {
        const answer = this.#dns.answer(hostname, family, clock.now(), fault?.kind);
        if (hostname === ENDPOINT) for (const address of answer) run.told.add(address);
        return answer;
      });
      environment.told.push({ atMs: clock.now(), addresses });
      return addresses;
    };
    return {
      settings: this.settings,
      clock: { now: () => clock.now(), sleep: (ms) => clock.sleep(ms) },
      elb: {
        describeTargetHealth: () => this.#call(environment, "describe", () => group.describe(clock.now())),
        registerTargets: (targets) =>
          this.#call(environment, "register", (_, run) => {
            group.register(targets, clock.now());
            this.transcript.note(() => `run ${run.id} registers ${list(targets)}`);
            watch.registered(run, targets, clock.now());
            this.onRegistered();
          }),
        deregisterTargets: (targets) => {
          const told = [...environment.told];
          return this.#call(environment, "deregister", (_, run) => {
            const taken = group.deregister(targets, clock.now());
            this.transcript.note(() => `run ${run.id} deregisters ${list(targets)}`);
            watch.deregistered(run, taken, told, clock.now());
          });
        },
      },
      dns: { resolve4: (name) => resolve(name, "v4"), resolve6: (name) => resolve(name, "v6") },
      ec2: {
        describeNetworkInterfaces: () =>
          this.#call(environment, "interfaces", (fault) => (fault?.kind === "empty" ? [] : database.interfaces())),
      },
      rds: {
        describeDbInstance: (identifier) =>
          this.#call(environment, "rds", () => ({
            ...database.describe(),
            endpoint: identifier === "app" ? ENDPOINT : OTHER_ENDPOINT,
          })),
      },
    };
  }

  /**
   * One call, as the network makes it: it takes effect at some moment of its time on the way, at the latest after three seconds, and
   * its answer comes after that. The call of a run that has ended meanwhile takes effect all the same.
   */
  async #call<T>(
    environment: Environment,
    on: Operation,
    effect: (fault: Fault | undefined, run: Run) => T,
  ): Promise<T> {
    const { run } = environment;
    if (run === undefined)
      throw new Error(`${on} was called outside an invocation: Lambda would have frozen the function`);
    run.calls[on] = (run.calls[on] ?? 0) + 1;
    const fault = this.faults.meet(on, this.clock.elapsedMs());
    if (fault !== undefined && !this.#isUsual(fault)) {
      run.troubles.push(`${on} ${fault.kind}`);
      this.transcript.note(() => `run ${run.id} meets ${on} ${fault.kind}`);
    }
    const totalMs = this.#latencyMs(on, fault?.kind);
    const refusal = refusalOf(on, fault?.kind);
    const beforeMs =
      on === "register" || on === "deregister" ? this.random.integer(0, totalMs) : this.random.pick([0, totalMs]);
    if (beforeMs > 0) await this.clock.sleep(beforeMs);
    let end: { readonly answer: T } | { readonly failure: unknown };
    try {
      if (refusal !== undefined && fault?.kind !== "lost") throw refusal;
      const answer = effect(fault, run);
      end = refusal === undefined ? { answer } : { failure: refusal };
    } catch (failure) {
      if (fault === undefined && !isNoData(failure)) run.troubles.push(`${on} failed`);
      end = { failure };
    }
    if (totalMs > beforeMs) await this.clock.sleep(totalMs - beforeMs);
    if ("failure" in end) throw end.failure;
    return end.answer;
  }

  /** No data of the family that the group does not hold: nobody can tell that from a database without it. */
  #isUsual({ on, kind }: Fault): boolean {
    return kind === "empty" && on === (this.settings.family === "ipv4" ? "resolve6" : "resolve4");
  }

  #latencyMs(on: Operation, kind: FaultKind | undefined): number {
    if (kind === "timeout") return TIMED_OUT_MS;
    if (kind === "lost") return CALL_MS;
    if (this.#isSlow && this.random.chance(0.3)) return this.random.integer(200, CALL_MS);
    return on === "resolve4" || on === "resolve6" ? this.random.integer(1, 10) : this.random.integer(10, 120);
  }
}

// one family without data is how most endpoints answer
const isNoData = (failure: unknown): boolean => (failure as { code?: unknown }).code === "ENODATA";

const list = (targets: readonly { readonly id: string; readonly port?: number }[]): string =>
  targets.map(({ id, port }) => (port === undefined ? id : `${id}:${port}`)).join(", ");

function refusalOf(on: Operation, kind: FaultKind | undefined): AwsError | undefined {
  if (kind === "throttled") return new AwsError("ThrottlingException", `Rate exceeded (${on})`);
  if (kind === "denied") return new AwsError("AccessDenied", `not authorized to perform ${on}`);
  if (kind === "lost") return new AwsError("TimeoutError", `${on}: no answer in ${CALL_MS} ms`);
  return undefined;
}
