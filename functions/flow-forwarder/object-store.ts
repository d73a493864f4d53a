import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { FlowFile } from "../../flow-logs/flow-file";
import type { RandomAccess } from "../../flow-logs/parquet/column-reader";
import type { ObjectRef } from "./notification";
import { IncompleteObjectError, ObjectBody } from "./object-body";

/** An object, or a part of one, whose headers have come and whose bytes are on their way. */
export interface OpenedObject {
  readonly body: Readable;
  /** Undefined when the store did not say. */
  readonly lengthBytes: number | undefined;
  /** What tells this object from one that is put in its place. */
  readonly eTag: string | undefined;
}

/** Part of an object, from byte `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
  /** Of the object that is meant. */
  readonly eTag: string | undefined;
}

/** Where objects are. Aborting a signal ends the transfer. */
export interface ObjectStore {
  /** Begins to read an object; undefined when it does not exist any more. */
  open(ref: ObjectRef, signal: AbortSignal): Promise<OpenedObject | undefined>;
  /** Begins to read a part of one. Rejects when another object is in its place. */
  openRange(ref: ObjectRef, range: Range, signal: AbortSignal): Promise<OpenedObject>;
}

/** Longest pause in the bytes of an object. */
export const IDLE_MS = 15_000;

/**
 * Opens an object as a file of flow logs; undefined when it does not exist any more. It is read as a stream, never the whole in memory, and
 * fails with IncompleteObjectError when its bytes end early or stall. `close` gives the connection to the store back.
 */
export async function openObject(
  store: ObjectStore,
  ref: ObjectRef,
  signal: AbortSignal,
  idleMs: number = IDLE_MS,
): Promise<(FlowFile & { close(): void }) | undefined> {
  const opened = await store.open(ref, signal);
  if (opened === undefined) return undefined;
  const body = checkedBody(opened, signal, idleMs);
  return {
    stream: () => body,
    randomAccess: async () => {
      body.destroy();
      return ranges(store, ref, opened, signal, idleMs);
    },
    close: () => body.destroy(),
  };
}

function ranges(
  store: ObjectStore,
  ref: ObjectRef,
  { lengthBytes, eTag }: OpenedObject,
  signal: AbortSignal,
  idleMs: number,
): RandomAccess {
  if (lengthBytes === undefined) throw new IncompleteObjectError("the store did not say how long the object is");
  return {
    lengthBytes,
    read: async (start, end) => {
      const body = checkedBody(await store.openRange(ref, { start, end, eTag }, signal), signal, idleMs);
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    },
  };
}

function checkedBody({ body, lengthBytes }: OpenedObject, signal: AbortSignal, idleMs: number): ObjectBody {
  const checked = new ObjectBody({ lengthBytes, idleMs });
  // a failure is not lost here: whoever reads the body meets it
  pipeline(body, checked, { signal }).catch(() => undefined);
  return checked;
}
