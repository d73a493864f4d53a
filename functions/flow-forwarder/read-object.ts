import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Deadline, untilDeadline } from "../shared/deadline";
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
  return untilDeadline(deadline, `reading ${ref.key}`, async (signal) => {
    const opened = await openObject(ref, signal);
    if (opened === undefined) return "gone";
    const body = new ObjectBody({ lengthBytes: opened.lengthBytes, idleMs });
    try {
      // a failure is not lost here: it also ends the loop below, which throws it
      pipeline(opened.body, body, { signal }).catch(() => undefined);
      for await (const chunk of plainText(body)) onText(chunk);
      return "read";
    } finally {
      body.destroy();
    }
  });
}
