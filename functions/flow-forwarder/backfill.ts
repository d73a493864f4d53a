import type { Deadline } from "../shared/deadline";
import { describeFailure } from "../shared/log";
import { type BackfillInput, inTimesOf } from "./backfill-input";
import { type BatchDeps, forwardOrContinue, MIN_MS_PER_MESSAGE } from "./forward-batch";
import { continuation, type ObjectRef } from "./notification";
import type { Outcome } from "./outcome";

/** An object, as the state machine of a backfill found it in the bucket's listing. */
export interface ListedObject {
  readonly key: string;
  /** As S3 lists it, in quotes. */
  readonly etag: string;
}

/** What the state machine of a backfill invokes the function with: some objects of the bucket's listing. */
export interface BackfillEvent {
  readonly backfill: {
    readonly bucket: string;
    readonly objects: readonly ListedObject[];
    /** What the backfill was started with: objects outside its times are left out. @default - no times */
    readonly input?: BackfillInput;
  };
}

/** What became of the objects. */
export interface BackfillResult {
  readonly forwarded: number;
  /** Outside the times of the input. */
  readonly outside: number;
  /** Keys of those that failed, or that there was no time for: in the queue, where they are tried for two days like any other object. */
  readonly queued: readonly string[];
}

/** Whether an event is one of a backfill. */
export function isBackfill(event: unknown): event is BackfillEvent {
  if (typeof event !== "object" || event === null || !("backfill" in event)) return false;
  const { bucket, objects, input = {} } = Object(event.backfill) as Partial<BackfillEvent["backfill"]>;
  const isWhole = typeof bucket === "string" && Array.isArray(objects) && objects.every(isListedObject);
  return isWhole && typeof input === "object" && input !== null;
}

function isListedObject(object: unknown): object is ListedObject {
  const { key, etag } = Object(object) as Partial<ListedObject>;
  return typeof key === "string" && typeof etag === "string";
}

/**
 * Forwards objects of the past, one after the other. One that fails, or for which there is no time, goes into the queue of the new ones.
 * @throws BackfillInputError, and whatever keeps a message out of the queue; the state machine tries all of the objects again then.
 */
export async function forwardBackfill(
  { backfill: { bucket, objects: listed, input = { prefix: "" } } }: BackfillEvent,
  deps: BatchDeps,
  deadline: Deadline,
  outcome: Outcome,
): Promise<BackfillResult> {
  const isMeant = inTimesOf({ ...input });
  const objects = listed.filter(({ key }) => isMeant(key));
  const queued: string[] = [];
  for (const { key, etag } of objects) {
    // a notification has the same ETag without the quotes
    const object: ObjectRef = { bucket, key, version: etag.replace(/^"(.*)"$/, "$1") };
    try {
      if (deadline.remainingMs() < MIN_MS_PER_MESSAGE) throw new Error("no time is left to begin the object");
      await forwardOrContinue(object, deps, deadline, outcome);
    } catch (failure) {
      await deps.sendMessage(continuation(object));
      queued.push(key);
      deps.log.warn("the object goes into the queue", {
        object: `s3://${bucket}/${key}`,
        failure: describeFailure(failure),
      });
    }
  }
  return { forwarded: objects.length - queued.length, outside: listed.length - objects.length, queued };
}
