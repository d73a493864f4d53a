import { STRANGERS } from "./database";
import { FailoverLog, type FollowedFailover } from "./failover-log";
import { lastFaultSeconds } from "./faults";
import type { EventDelivery, FailoverPlan, History, InitialGroup } from "./history";
import { Invocations } from "./invocations";
import { type Breach, PROMISES } from "./promises";
import { failoverEvent, OTHER_DATABASE_ARN, scheduledEvent } from "./rds-events";
import type { Run } from "./run";
import type { MakeSync } from "./sync-world";
import { PORT, World } from "./world";

/** What came of a history. */
export interface Played {
  readonly breaches: readonly Breach[];
  readonly failovers: readonly FollowedFailover[];
  readonly runs: readonly Run[];
  /** The last run: it had nothing to do. */
  readonly quietRun: Run | undefined;
  /** Virtual time. */
  readonly seconds: number;
  /** The promises that were broken and what happened before, for people. */
  readonly story: () => string;
}

/** How a history is played. */
export interface PlayOptions {
  /** How long it goes on after its last failover, fault or event. @default 30 */
  readonly afterwardsSeconds?: number;
}

const STORY_LINES = 60;
// after the last fault: caches are over, and interfaces and health have settled
const CALM_SECONDS = 20;

/** Plays a history against the function that `makeSync` makes, then gives it one clean run and one with nothing to do. */
export async function play(history: History, makeSync: MakeSync, options: PlayOptions = {}): Promise<Played> {
  const world = new World(history);
  fillGroup(world, history.group);
  const invocations = new Invocations(world, makeSync, history);
  const stage = new Stage(world, invocations, history);
  await stage.playEverything(options.afterwardsSeconds ?? 30);
  const quietRun = await stage.judgeTheEnd();
  const { clock, transcript, watch } = world;
  return {
    breaches: watch.breaches,
    failovers: stage.failovers.all,
    runs: invocations.runs,
    quietRun,
    seconds: clock.elapsedMs() / 1000,
    story: () =>
      [
        ...watch.breaches.map(({ promise, how }) => `broken: ${PROMISES[promise]}\n  ${how}`),
        "what happened:",
        transcript.tail(STORY_LINES),
      ].join("\n"),
  };
}

/** Registers what the group holds at the start, so long ago that its health is known. */
function fillGroup({ group, database, clock, settings }: World, initial: InitialGroup): void {
  const family = settings.family === "ipv4" ? "v4" : "v6";
  const longAgoMs = clock.now() - 60_000;
  const register = (ips: readonly string[], port: number) =>
    group.register(
      ips.map((id) => ({ id, port })),
      longAgoMs,
    );
  const wanted = database.truth.at(clock.now())[family];
  if (initial === "in-sync" || initial === "standby" || initial === "stranger") register(wanted, PORT);
  if (initial === "standby") register([database.standbyAddress(family)], PORT);
  if (initial === "stranger") register([STRANGERS.otherDatabase[family]], PORT);
  if (initial === "other-port") register(wanted, PORT + 1);
}

interface Announcement {
  readonly occurredMs: number;
  /** From now until it is delivered. */
  readonly inMs: number;
  readonly delivery: EventDelivery;
}

/** Puts a history's events on the clock. */
class Stage {
  readonly failovers: FailoverLog;
  readonly #world: World;
  readonly #invocations: Invocations;
  readonly #history: History;
  #isOver = false;
  /** What must have happened before the end is judged, in milliseconds since the start. */
  #lastMs = 0;

  constructor(world: World, invocations: Invocations, history: History) {
    this.#world = world;
    this.#invocations = invocations;
    this.#history = history;
    this.failovers = new FailoverLog(world, history);
  }

  async playEverything(afterwardsSeconds: number): Promise<void> {
    const { faults, listenerAway, otherDatabaseSeconds, schedule, failovers } = this.#history;
    const { clock, group } = this.#world;
    if (schedule !== undefined) this.#deliver(schedule.firstSeconds * 1000, () => this.#tick(schedule.everySeconds));
    for (const seconds of otherDatabaseSeconds) {
      this.#until(seconds * 1000);
      this.#deliver(seconds * 1000, () => {
        const event = failoverEvent("RDS-EVENT-0013", clock.now() - 1_000, OTHER_DATABASE_ARN);
        this.#invocations.invoke("another database's failover", event);
      });
    }
    if (listenerAway !== undefined) {
      clock.after(listenerAway.fromSeconds * 1000, () => group.setListener(false, clock.now()));
      const backMs = (listenerAway.fromSeconds + listenerAway.forSeconds) * 1000;
      clock.after(backMs, () => group.setListener(true, clock.now()));
      this.#until(backMs);
    }
    this.#until(lastFaultSeconds(faults) * 1000);
    for (const failover of failovers) await this.#failOver(failover);
    while (clock.elapsedMs() < this.#lastMs) await clock.pass(this.#lastMs - clock.elapsedMs());
    await clock.pass(afterwardsSeconds * 1000);
  }

  /** One clean run after everything is over must put the group right, and the next must find nothing to do. */
  async judgeTheEnd(): Promise<Run | undefined> {
    const { clock, faults, group, watch, database } = this.#world;
    this.#isOver = true;
    this.#invocations.stop();
    faults.end();
    await clock.passUntil(() => this.#invocations.isIdle);
    await clock.pass(CALM_SECONDS * 1000);
    this.failovers.close();
    const clean = await this.#invokeAndWait("the clean run");
    const wanted = watch.wanted(database.truth.at(clock.now()));
    const found = group.describe(clock.now()).filter(({ state }) => state !== "draining");
    const names = found
      .map(({ id, port }) => `${id}:${port}`)
      .sort()
      .join(" ");
    if (clean?.failure !== undefined)
      watch.breach("converges", `the clean run failed: ${String(clean.failure.reason)}`);
    else if (names !== wanted)
      watch.breach("converges", `after a clean run the group holds ${names || "no target"}, not ${wanted}`);
    const quiet = await this.#invokeAndWait("the quiet run");
    if (quiet?.failure !== undefined)
      watch.breach("converges", `the run after it failed: ${String(quiet.failure.reason)}`);
    this.failovers.judge();
    return quiet;
  }

  async #invokeAndWait(because: string): Promise<Run | undefined> {
    const { clock } = this.#world;
    this.#invocations.invoke(because, scheduledEvent(clock.now()));
    await clock.passUntil(() => this.#invocations.isIdle);
    return this.#invocations.runs.at(-1);
  }

  #tick(everySeconds: number): void {
    this.#invocations.invoke("schedule", scheduledEvent(this.#world.clock.now()));
    this.#deliver(everySeconds * 1000, () => this.#tick(everySeconds));
  }

  async #failOver(plan: FailoverPlan): Promise<void> {
    const { clock, database } = this.#world;
    await clock.pass(plan.afterSeconds * 1000);
    while (!database.isReady) await clock.pass(1_000);
    const startedMs = clock.now();
    const times = {
      kind: plan.kind,
      promotedMs: plan.promotedSeconds * 1000,
      dnsMs: plan.dnsSeconds * 1000,
      interfaceGoneMs: plan.interfaceGoneSeconds * 1000,
      isOldServing: plan.isOldServing,
      apiLagMs: plan.apiLagSeconds * 1000,
    };
    const followed = this.failovers.starts(plan);
    database.failOver(times, followed.dnsChanged);
    if (plan.events === "in-time" || plan.events === "twice")
      this.#announce(
        "RDS-EVENT-0013",
        { occurredMs: startedMs, inMs: 1_000, delivery: plan.events },
        followed.announced,
      );
    await clock.pass(plan.dnsSeconds * 1000);
    if (plan.events !== "lost")
      this.#announce("RDS-EVENT-0049", {
        occurredMs: clock.now(),
        inMs: plan.lateSeconds * 1000,
        delivery: plan.events,
      });
    this.#until(clock.elapsedMs());
  }

  #announce(id: "RDS-EVENT-0013" | "RDS-EVENT-0049", announcement: Announcement, onDelivery = () => {}): void {
    const { inMs, delivery, occurredMs } = announcement;
    for (const atMs of delivery === "twice" ? [inMs, inMs + 2_000] : [inMs]) {
      this.#until(this.#world.clock.elapsedMs() + atMs);
      this.#deliver(atMs, () => {
        onDelivery();
        this.#invocations.invoke(id, failoverEvent(id, occurredMs));
      });
    }
  }

  #deliver(inMs: number, invoke: () => void): void {
    this.#world.clock.after(inMs, () => {
      if (!this.#isOver) invoke();
    });
  }

  #until(elapsedMs: number): void {
    this.#lastMs = Math.max(this.#lastMs, elapsedMs);
  }
}
