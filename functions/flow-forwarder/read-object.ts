import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Deadline, OutOfTimeError } from "../shared/deadline";
import { plainText } from "./inflate";
import type { ObjectRef } from "./notification";
import { ObjectBody } from "./object-body";

/** An object whose headers have come and whose bytes are on their way. */
export interface OpenedObject {
  readonly body: Readable;
  /** Undefined when the store did not say. */
  readonly lengthBytes: number | undefined;
}

/** Begins to read an object; undefined when it does not exist any more. Aborting the signal ends the transfer. */
export type OpenObject = (ref: ObjectRef, signal: AbortSignal) => Promise<OpenedObject | undefined>;

/** Longest pause in the bytes of an object. */
export const IDLE_MS = 15_000;

/**
 * Reads one object as a stream and hands its plain text to `onText`, chunk by chunk; never the whole is in memory.
 * Says whether there was an object. However it ends, the connection to the store is given back.
 * @throws IncompleteObjectError, UnreadableObjectError, OutOfTimeError, and whatever the store or `onText` throws.
 */
export async function readObject(
  ref: ObjectRef,
  { openObject, idleMs = IDLE_MS }: { readonly openObject: OpenObject; readonly idleMs?: number },
  deadline: Deadline,
  onText: (chunk: Buffer) => void,
): Promise<"read" | "gone"> {
  const transfer = new AbortController();
  const outOfTime = new OutOfTimeError(`time ran out while reading ${ref.key}`);
  const timer = setTimeout(() => transfer.abort(outOfTime), Math.max(0, deadline.remainingMs()));
  let body: ObjectBody | undefined;
  try {
    const opened = await openObject(ref, transfer.signal);
    if (opened === undefined) return "gone";
    body = new ObjectBody({ lengthBytes: opened.lengthBytes, idleMs });
    // a failure is not lost here: it also ends the loop below, which throws it
    pipeline(opened.body, body, { signal: transfer.signal }).catch(() => undefined);
    for await (const chunk of plainText(body)) onText(chunk);
    return "read";
  } catch (error) {
    throw transfer.signal.aborted ? outOfTime : error;
  } finally {
    clearTimeout(timer);
    body?.destroy();
    transfer.abort();
  }
}
