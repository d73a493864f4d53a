import type { DatabaseModel, Truth } from "./database";
import type { TargetDescription, TargetGroupModel } from "./load-balancing";
import { RESOLVER_TTL_MS } from "./name-service";
import { nameOf, type Run, type Told, writingCalls } from "./run";

/** What every history must hold. */
export const PROMISES = {
  keepsPrimary: "never deregisters the current primary",
  keepsHealthy: "never leaves the group without a target that was healthy before",
  registersOnlyTheDatabase: "registers nothing but the database's own addresses, with its port",
  converges: "one clean run after the last fault converges",
  staysQuiet: "a run with nothing to do makes no writing call",
  surfacesFailures: "every failure surfaces",
  followsInTime:
    "the new primary is registered within seconds of DNS after its event, and within 65 seconds by the schedule",
} as const;

/** The name of a promise. */
export type PromiseName = keyof typeof PROMISES;

/** A promise that was broken, and how. */
export interface Breach {
  readonly promise: PromiseName;
  readonly how: string;
}

/** From a look at the group or at DNS until the call that is based on it: what design allows for. */
export const LOOK_TO_CALL_MS = 2_000;

/** The longest that a call is on its way. */
export const CALL_MS = 3_000;

/**
 * How long an address may be primary before a function must know it. A call that takes effect now was made up to three seconds ago,
 * by a look that was up to two seconds old then, at a cache that was up to five seconds old: what DNS says since less than that,
 * nobody could have known. What the function was told in that time, it knew.
 */
export const KNOWABLE_MS = RESOLVER_TTL_MS + LOOK_TO_CALL_MS + CALL_MS;

/**
 * How old the newest sign of health may be when a deregistration takes effect: the group is described (three seconds), then DNS is
 * asked, the call is made within two seconds of that, and takes up to three.
 */
const HEALTH_SEEN_MS = CALL_MS + LOOK_TO_CALL_MS + CALL_MS;

/** A run's last look may be this old when it ends: three calls after it, the oldest of them at a stale cache. */
const LAST_LOOK_MS = RESOLVER_TTL_MS + 3 * CALL_MS + 1_000;

/** Targets as one text, the same for the same set. */
export function keysOf(targets: Iterable<{ readonly ip: string; readonly port: number }>): string {
  return [...targets]
    .map(({ ip, port }) => `${ip}:${port}`)
    .sort()
    .join(" ");
}

/** What the promises are judged by. */
export interface Judged {
  readonly database: DatabaseModel;
  readonly group: TargetGroupModel;
  readonly family: "v4" | "v6";
  /** The database's. */
  readonly port: number;
  /** The group's own: of targets that are registered without one. */
  readonly groupPort: number;
}

/** Watches a history and notes each promise that it breaks. */
export class Watch {
  readonly breaches: Breach[] = [];
  readonly #world: Judged;
  /** Each change of the group: when, and whose. */
  readonly #changes: { readonly atMs: number; readonly run: Run }[] = [];
  /** What each run registered. */
  readonly #registered = new Map<Run, Set<string>>();

  constructor(world: Judged) {
    this.#world = world;
  }

  /** Notes a broken promise. */
  breach(promise: PromiseName, how: string): void {
    this.breaches.push({ promise, how });
  }

  /** The targets that DNS's truth asks for. */
  wanted(truth: Truth): string {
    const { family, port } = this.#world;
    return keysOf(truth[family].map((ip) => ({ ip, port })));
  }

  /** A registration took effect. */
  registered(run: Run, targets: readonly TargetDescription[], nowMs: number): void {
    const { database, port } = this.#world;
    this.#changes.push({ atMs: nowMs, run });
    const registered = this.#registered.get(run) ?? new Set();
    this.#registered.set(run, registered);
    for (const target of targets) {
      registered.add(`${target.id}:${this.#portOf(target)}`);
      const isOwn = database.hadAddress(target.id, nowMs - KNOWABLE_MS, nowMs);
      if (isOwn && this.#portOf(target) === port) continue;
      const what = isOwn ? `a port that is not the database's (${port})` : "an address that is not the database's";
      this.breach(
        "registersOnlyTheDatabase",
        `${nameOf(run)} registered ${target.id}:${this.#portOf(target)}, ${what}`,
      );
    }
  }

  /** A deregistration took effect on these targets; `told` is what the environment knew when it made the call. */
  deregistered(
    run: Run,
    taken: readonly { readonly ip: string; readonly port: number }[],
    told: readonly Told[],
    nowMs: number,
  ): void {
    if (taken.length === 0) return;
    this.#changes.push({ atMs: nowMs, run });
    for (const { ip, port } of taken) if (port === this.#world.port) this.#judgeRemoval(run, ip, told, nowMs);
    const left = this.#world.group.active(nowMs);
    if (left.some(({ healthyMs }) => healthyMs >= nowMs - HEALTH_SEEN_MS)) return;
    const rest = left.length === 0 ? "no target" : `only ${keysOf(left)}, which nobody saw healthy`;
    this.breach("keepsHealthy", `${nameOf(run)} deregistered ${keysOf(taken)} and left ${rest}`);
  }

  /** An invocation ended. */
  ended(run: Run, nowMs: number): void {
    const { database, group } = this.#world;
    for (const ip of run.told)
      if (!database.hadAddress(ip, run.startedMs, nowMs)) run.troubles.push(`a foreign answer, ${ip}`);
    if (run.failure === undefined) {
      if (run.troubles.length > 0)
        this.breach("surfacesFailures", `${nameOf(run)} succeeded, although it met ${run.troubles.join(", ")}`);
      const active = group.active(nowMs);
      const found = keysOf(active);
      const isInSync = database.truth
        .between(nowMs - LAST_LOOK_MS, nowMs)
        .some((truth) => this.wanted(truth) === found);
      if (!this.#othersChanged(run, nowMs - LAST_LOOK_MS, nowMs)) {
        if (!isInSync)
          this.breach("surfacesFailures", `${nameOf(run)} succeeded, and left the group with ${found || "no target"}`);
        for (const { ip, port, healthyMs } of active)
          if (healthyMs < nowMs - LAST_LOOK_MS && this.#registered.get(run)?.has(`${ip}:${port}`))
            this.breach(
              "surfacesFailures",
              `${nameOf(run)} succeeded, and what it registered, ${ip}:${port}, is not healthy`,
            );
      }
    }
    this.#judgeQuiet(run, nowMs);
  }

  #judgeRemoval(run: Run, ip: string, told: readonly Told[], nowMs: number): void {
    const { database, family } = this.#world;
    const since = database.truth.trueSince((truth) => truth[family].includes(ip));
    if (since === undefined) return;
    const isKnown = told.some(({ atMs, addresses }) => atMs >= since && addresses.includes(ip));
    if (nowMs - since <= KNOWABLE_MS && !isKnown) return;
    const seconds = Number.isFinite(since) ? `for ${((nowMs - since) / 1000).toFixed(1)} s` : "from the beginning";
    this.breach("keepsPrimary", `${nameOf(run)} deregistered ${ip}, which has been primary ${seconds}`);
  }

  #judgeQuiet(run: Run, nowMs: number): void {
    const writes = writingCalls(run);
    if (writes === 0) return;
    const truths = this.#world.database.truth.between(run.startedMs - RESOLVER_TTL_MS, nowMs);
    const [truth] = truths;
    if (truth === undefined || truths.length > 1 || run.foundKeys !== this.wanted(truth)) return;
    if (this.#othersChanged(run, run.startedMs, nowMs)) return;
    this.breach(
      "staysQuiet",
      `${nameOf(run)} found what it wanted, ${run.foundKeys}, and made ${writes} writing calls`,
    );
  }

  #othersChanged(run: Run, fromMs: number, toMs: number): boolean {
    return this.#changes.some((change) => change.run !== run && change.atMs >= fromMs && change.atMs <= toMs);
  }

  #portOf({ port }: TargetDescription): number {
    return port ?? this.#world.groupPort;
  }
}
