import { type Deadline, untilDeadline } from "../shared/deadline";
import { describeFailure, type Log } from "../shared/log";
import type { MetricSink } from "../shared/metric-sink";
import { agree } from "./agreement";
import type { Clock } from "./clock";
import type { TargetSyncConfig } from "./config";
import type { DatabaseInterfaces } from "./database-interfaces";
import type { NameResolver } from "./endpoint";
import { createLooks, type Look } from "./look";
import { publishMetrics } from "./metrics";
import { Moves } from "./moves";
import { describeHealth, nextStep, type Step, unhealthyOf } from "./next-step";
import { FailedLooksError, notInSync, notMoved } from "./run-errors";
import { SyncRun } from "./sync-run";
import type { TargetGroup } from "./target-group";
import { describeTarget, describeTargets, registeredIn, type Target } from "./targets";
import { readTrigger } from "./trigger";

/** What the target sync takes from outside. */
export interface TargetSyncParts {
  readonly config: TargetSyncConfig;
  readonly targetGroup: TargetGroup;
  readonly resolver: NameResolver;
  readonly interfaces: DatabaseInterfaces;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: MetricSink;
}

/** What a run did. */
export interface SyncOutcome {
  readonly registered: readonly Target[];
  readonly deregistered: readonly Target[];
  /** What the group holds now. */
  readonly targets: readonly Target[];
  readonly looks: number;
}

/** Brings the target group in sync with DNS, and fails if anything did on the way. */
export type TargetSync = (event: unknown, deadline: Deadline) => Promise<SyncOutcome>;

/** From one look's end to the next one's beginning. */
export const LOOK_EVERY_MS = 1_000;

/** RDS moves the name within two minutes of its first event; a run looks so long, and Lambda's retries as long again. */
export const WATCH_MS = 180_000;

/**
 * Makes the target sync of one execution environment: it remembers the last move that it saw.
 *
 * A run looks once, and ends when the group holds what DNS says. Otherwise it works, with a look each second, until it does:
 * registers, waits for healthy, deregisters. After the announcement of a failover it looks until the address has moved.
 * @throws a run rejects with what failed: at once when it only looked, at its end when it watched or worked, even if the group
 * is in sync by then (FailedLooksError). OutOfTimeError says what the run was waiting for.
 */
export function createTargetSync(parts: TargetSyncParts): TargetSync {
  const { config, clock, log, metrics } = parts;
  const moves = new Moves();

  return async (event, deadline) => {
    const trigger = readTrigger(event, clock.now());
    const run = new SyncRun(trigger, clock.now(), { awaitsMove: moves.isAwaited(trigger) });
    try {
      const { wanted } = await untilDeadline(deadline, `looking where ${config.endpoint} is`, (abortSignal) =>
        bringInSync(run, moves, parts, deadline, abortSignal),
      );
      if (run.failures.length > 0) throw new FailedLooksError(run.failures);
      run.isSynchronised = true;
      const outcome = { registered: run.registered, deregistered: run.deregistered, targets: wanted, looks: run.looks };
      log.info("the target group is in sync", { trigger: trigger.kind, ...outcome, seconds: secondsOf(run, clock) });
      return outcome;
    } catch (failure) {
      log.error("the run failed", {
        trigger: trigger.kind,
        looks: run.looks,
        seconds: secondsOf(run, clock),
        failure: describeFailure(failure),
      });
      throw failure;
    } finally {
      publishMetrics(run.counts(), metrics);
    }
  };
}

/** Gives the look that found the group in sync. */
async function bringInSync(
  run: SyncRun,
  moves: Moves,
  parts: TargetSyncParts,
  deadline: Deadline,
  abortSignal: AbortSignal,
): Promise<Look> {
  const { clock, log } = parts;
  const takeLook = createLooks(parts);
  for (;;) {
    try {
      run.looks += 1;
      const look = await takeLook(abortSignal);
      moves.note(look, clock.now());
      run.agreement = agree(run.agreement, look);
      run.wanted = look.wanted;

      const step = nextStep(look, {
        agreement: run.agreement,
        hasWritten: run.hasWritten,
        awaitsMove: moves.isAwaited(run.trigger) && (moves.isOwed(run.trigger) || !isWatchOver(run, clock)),
        nowMs: clock.now(),
      });
      run.turnTo(step);
      if (step.kind === "done") {
        warnOfUnhealthy(look, log);
        return look;
      }
      // what is begun after the deadline is cut off half-way
      if (deadline.remainingMs() > 0) await write(step, look, run, parts, abortSignal);
    } catch (failure) {
      run.agreement = undefined;
      // the deadline stopped the call: no failure of its own
      if (!abortSignal.aborted) run.failures.push(failure);
      if (run.phase === "looking") throw failure;
      log.warn("a look failed; the next one follows", { look: run.looks, failure: describeFailure(failure) });
    }
    requireTime(run, moves, parts, deadline);
    await clock.sleep(LOOK_EVERY_MS);
  }
}

async function write(
  step: Step,
  { listed, wanted }: Look,
  run: SyncRun,
  { targetGroup, clock, log }: TargetSyncParts,
  abortSignal: AbortSignal,
): Promise<void> {
  if (step.kind !== "register" && step.kind !== "deregister") return;
  run.hasWritten = true;
  if (step.kind === "register") {
    await targetGroup.register(step.targets, abortSignal);
    run.noteRegistered(step.targets);
  } else {
    // whoever puts one of them back has a reason that this run does not know: look for as long again
    run.agreement = undefined;
    await targetGroup.deregister(step.targets, abortSignal);
    run.noteDeregistered(step.targets);
  }
  log.info(`targets ${step.kind}ed`, {
    targets: describeTargets(step.targets),
    from: describeTargets(registeredIn(listed)),
    to: describeTargets(wanted),
    seconds: secondsOf(run, clock),
  });
}

function requireTime(run: SyncRun, moves: Moves, { config, clock }: TargetSyncParts, deadline: Deadline): void {
  const isLast = deadline.remainingMs() <= LOOK_EVERY_MS;
  if (run.phase === "watching" && run.trigger.kind === "failover" && (isLast || isWatchOver(run, clock))) {
    // the look that would have ended the watch failed, and that is all that did
    if (!moves.isOwed(run.trigger)) throw new FailedLooksError(run.failures);
    const elapsedMs = clock.now() - run.startedMs;
    const addresses = run.wanted?.map(({ ip }) => ip);
    throw notMoved({ endpoint: config.endpoint, announcedMs: run.trigger.at, elapsedMs, addresses }, run.failures);
  }
  if (isLast) throw notInSync(run.waitsFor, run.failures);
}

// an alarm on the group's health says so too; a run that has nothing to write can do no more about it
function warnOfUnhealthy(look: Look, log: Log): void {
  for (const target of unhealthyOf(look)) {
    log.warn("a target is not healthy", { target: describeTarget(target), health: describeHealth(target) });
  }
}

function isWatchOver({ startedMs }: SyncRun, clock: Clock): boolean {
  return clock.now() - startedMs >= WATCH_MS;
}

function secondsOf({ startedMs }: SyncRun, clock: Clock): number {
  return (clock.now() - startedMs) / 1_000;
}
