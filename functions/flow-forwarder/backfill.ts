import type { Deadline } from "../shared/deadline";
import { describeFailure } from "../shared/log";
import { type BatchDeps, forwardOrContinue, MIN_MS_PER_MESSAGE } from "./forward-batch";
import { continuation, type ObjectRef } from "./notification";
import type { Outcome } from "./outcome";

/** What the state machine of a backfill invokes the function with: some keys of the bucket's listing. */
export interface BackfillEvent {
  readonly backfill: { readonly bucket: string; readonly keys: readonly string[] };
}

/** What became of the keys. */
export interface BackfillResult {
  readonly forwarded: number;
  /** Put into the queue, where they are tried for two days like any other object. */
  readonly queued: number;
}

/** Whether an event is one of a backfill. */
export function isBackfill(event: unknown): event is BackfillEvent {
  if (typeof event !== "object" || event === null || !("backfill" in event)) return false;
  const { bucket, keys } = event.backfill as Partial<BackfillEvent["backfill"]>;
  return typeof bucket === "string" && Array.isArray(keys) && keys.every((key) => typeof key === "string");
}

/**
 * Forwards objects of the past, one after the other. One that fails, or for which there is no time, goes into the queue of the new ones.
 * @throws whatever keeps a message out of the queue; the state machine tries all of the keys again then.
 */
export async function forwardBackfill(
  { backfill: { bucket, keys } }: BackfillEvent,
  deps: BatchDeps,
  deadline: Deadline,
  outcome: Outcome,
): Promise<BackfillResult> {
  let queued = 0;
  for (const key of keys) {
    const object: ObjectRef = { bucket, key };
    try {
      if (deadline.remainingMs() < MIN_MS_PER_MESSAGE) throw new Error("no time is left to begin the object");
      await forwardOrContinue(object, deps, deadline, outcome);
    } catch (failure) {
      await deps.sendMessage(continuation(object));
      queued += 1;
      deps.log.warn("the object goes into the queue", {
        object: `s3://${bucket}/${key}`,
        failure: describeFailure(failure),
      });
    }
  }
  return { forwarded: keys.length - queued, queued };
}
