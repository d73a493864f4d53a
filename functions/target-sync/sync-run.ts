import type { Agreement } from "./agreement";
import type { RunCounts } from "./metrics";
import type { Step } from "./next-step";
import { describeTargets, keyOf, type Target } from "./targets";
import type { Trigger } from "./trigger";

/**
 * What a run is about: one look that finds nothing to do, the watch for a failover's move, or work that has begun. A failure
 * ends a run that only looks; the others look again, and fail at their end.
 */
export type Phase = "looking" | "watching" | "working";

/** What one run knows and has done so far. */
export class SyncRun {
  readonly trigger: Trigger;
  readonly startedMs: number;
  phase: Phase;
  looks = 0;
  /** Undefined until a look succeeds, and after one that failed: it could not tell whether DNS still says the same. */
  agreement: Agreement | undefined;
  /** Addresses of the last look that succeeded. */
  wanted: readonly Target[] | undefined;
  /** A call that failed may have written as well. */
  hasWritten = false;
  /** Ends the sentence "waiting for ...". */
  waitsFor = "a look that succeeds";
  isSynchronised = false;
  readonly failures: unknown[] = [];
  readonly #registered = new Map<string, Target>();
  readonly #deregistered = new Map<string, Target>();

  constructor(trigger: Trigger, startedMs: number, { awaitsMove }: { readonly awaitsMove: boolean }) {
    this.trigger = trigger;
    this.startedMs = startedMs;
    this.phase = awaitsMove ? "watching" : "looking";
  }

  get registered(): readonly Target[] {
    return [...this.#registered.values()];
  }

  get deregistered(): readonly Target[] {
    return [...this.#deregistered.values()];
  }

  /** What the run is about from this step on, and what it waits for. */
  turnTo(step: Step): void {
    switch (step.kind) {
      case "done":
        return;
      case "watch":
        this.phase = "watching";
        return;
      case "wait":
        this.phase = "working";
        this.waitsFor = step.for;
        return;
      case "register":
      case "deregister":
        this.phase = "working";
        this.waitsFor = `${describeTargets(step.targets)} to be ${step.kind}ed`;
    }
  }

  noteRegistered(targets: readonly Target[]): void {
    for (const target of targets) this.#registered.set(keyOf(target), target);
  }

  noteDeregistered(targets: readonly Target[]): void {
    for (const target of targets) this.#deregistered.set(keyOf(target), target);
  }

  counts(): RunCounts {
    return {
      isSynchronised: this.isSynchronised,
      registered: this.#registered.size,
      deregistered: this.#deregistered.size,
      failedLooks: this.failures.length,
    };
  }
}
