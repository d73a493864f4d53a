import type { FailoverPlan, History } from "./history";
import { RESOLVER_TTL_MS } from "./name-service";
import { KNOWABLE_MS } from "./promises";
import { PORT, type World } from "./world";

/** A failover and how soon the group followed. */
export interface FollowedFailover {
  readonly plan: FailoverPlan;
  /** When DNS changed, in milliseconds of the clock; undefined before. */
  readonly dnsMs: number | undefined;
  /** From the DNS change until every address that it leads to was registered; undefined when that did not happen before the next. */
  readonly registeredMs: number | undefined;
}

/** With the event in time: a stale cache, a second until the next look, and four calls of a quick network. */
export const EVENT_LIMIT_MS = RESOLVER_TTL_MS + 1_000 + 1_000;

/** By the schedule of one minute: a stale cache at one run, and the next run. */
export const SCHEDULE_LIMIT_MS = 65_000 + 500;

// a function may give up waiting for DNS after three minutes
const LONGEST_WAIT_MS = 170_000;

interface Entry {
  readonly plan: FailoverPlan;
  readonly startedMs: number;
  announcedMs: number | undefined;
  dnsMs: number | undefined;
  registeredMs: number | undefined;
  addresses: readonly string[];
  /** When the next failover changed DNS, or the history ended. */
  overMs: number;
}

/** Measures how soon the group follows each failover, and judges it where nothing went wrong. */
export class FailoverLog {
  readonly #world: World;
  readonly #history: History;
  readonly #entries: Entry[] = [];
  /** The last that changed DNS. */
  #latest: Entry | undefined;
  #closedMs: number | undefined;

  constructor(world: World, history: History) {
    this.#world = world;
    this.#history = history;
    world.onRegistered = () => this.#look();
  }

  /** Every failover so far. */
  get all(): readonly FollowedFailover[] {
    return this.#entries;
  }

  /** A failover starts; the entry is told what becomes of it. */
  starts(plan: FailoverPlan): { announced(): void; dnsChanged(): void } {
    const { clock, transcript } = this.#world;
    const entry: Entry = {
      plan,
      startedMs: clock.now(),
      announcedMs: undefined,
      dnsMs: undefined,
      registeredMs: undefined,
      addresses: [],
      overMs: Infinity,
    };
    this.#entries.push(entry);
    return {
      announced: () => {
        entry.announcedMs ??= clock.now();
      },
      dnsChanged: () => {
        const now = clock.now();
        transcript.note(() => `DNS leads to ${this.#addresses(now).join(", ")}`);
        if (this.#latest !== undefined) this.#latest.overMs = now;
        entry.dnsMs = now;
        entry.addresses = this.#addresses(now);
        this.#latest = entry;
        this.#look();
      },
    };
  }

  /** Measures no more from now on: what is registered later is not the function's own doing. */
  close(): void {
    this.#closedMs = this.#world.clock.now();
  }

  /** Notes a broken promise for each failover that was followed too late, unless something else went wrong in the history. */
  judge(): void {
    const { faults, listenerAway, network, schedule } = this.#history;
    const { clock, database } = this.#world;
    const endMs = this.#closedMs ?? clock.now();
    if (faults.length > 0 || listenerAway !== undefined || network === "slow") return;
    for (const [index, entry] of this.#entries.entries()) {
      const { announcedMs, dnsMs, registeredMs, overMs } = entry;
      if (dnsMs === undefined) continue;
      const isAnnounced =
        !this.#isHardToTell(entry, this.#entries[index - 1]) &&
        announcedMs !== undefined &&
        announcedMs <= dnsMs &&
        dnsMs - announcedMs < LONGEST_WAIT_MS;
      const isScheduled = schedule !== undefined && schedule.everySeconds <= 60;
      if (!isAnnounced && !isScheduled) continue;
      const limitMs = isAnnounced ? EVENT_LIMIT_MS : SCHEDULE_LIMIT_MS;
      const lateMs = dnsMs + limitMs;
      // the next failover came first, or the host was lost so that DNS led to no interface
      if (Math.min(overMs, endMs) < lateMs || entry.addresses.some((ip) => !database.hadAddress(ip, lateMs, lateMs)))
        continue;
      if (registeredMs !== undefined && registeredMs <= limitMs) continue;
      const what = registeredMs === undefined ? "never" : `only after ${(registeredMs / 1000).toFixed(1)} s`;
      const path = isAnnounced ? "although its failover was announced in time" : "by the schedule";
      this.#world.watch.breach(
        "followsInTime",
        `the new primary was registered ${what} ${path}; the limit is ${limitMs / 1000} s`,
      );
    }
  }

  /**
   * The move before was noticed when this failover had started already, or an environment noticed it that does not see this event: the
   * function then takes it for this one, and the schedule is what follows.
   */
  #isHardToTell({ startedMs }: Entry, before: Entry | undefined): boolean {
    if (before?.dnsMs === undefined) return false;
    const noticedMs = before.registeredMs === undefined ? Infinity : before.dnsMs + before.registeredMs;
    return this.#history.environments > 1 || noticedMs >= startedMs || startedMs - before.dnsMs < KNOWABLE_MS;
  }

  #look(): void {
    const latest = this.#latest;
    if (this.#closedMs !== undefined || latest?.dnsMs === undefined || latest.registeredMs !== undefined) return;
    const now = this.#world.clock.now();
    const registered = new Set(this.#world.group.active(now).map(({ ip, port }) => `${ip}:${port}`));
    if (latest.addresses.every((ip) => registered.has(`${ip}:${PORT}`))) latest.registeredMs = now - latest.dnsMs;
  }

  #addresses(nowMs: number): readonly string[] {
    return this.#world.database.truth.at(nowMs)[this.#history.family === "ipv4" ? "v4" : "v6"];
  }
}
