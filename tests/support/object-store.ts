import { Readable } from "node:stream";
import type { ObjectStore, OpenedObject } from "../../functions/flow-forwarder/object-store";

/** What a store in memory does with one key: its bytes, a stream to hand out, or a failure. */
export type Stored = Buffer | string | (() => Readable) | Error;

/** A store in memory that knows how often each object was opened, and which parts were read; a key it does not hold is gone. */
export function objectStore(objects: Readonly<Record<string, Stored>>): {
  readonly store: ObjectStore;
  readonly opened: string[];
  readonly ranges: { readonly key: string; readonly start: number; readonly end: number }[];
} {
  const opened: string[] = [];
  const ranges: { key: string; start: number; end: number }[] = [];
  return {
    opened,
    ranges,
    store: {
      open: async ({ key }) => {
        opened.push(key);
        const stored = objects[key];
        if (stored === undefined) return undefined;
        if (stored instanceof Error) throw stored;
        if (typeof stored === "function") return { body: stored(), lengthBytes: undefined, eTag: undefined };
        return opening(Buffer.from(stored));
      },
      openRange: async ({ key }, { start, end }) => {
        ranges.push({ key, start, end });
        return opening(Buffer.from(objects[key] as Buffer).subarray(start, end));
      },
    },
  };
}

function opening(bytes: Buffer): OpenedObject {
  return { body: streamOf(bytes, 1_000), lengthBytes: bytes.length, eTag: "tag" };
}

/** Bytes as a stream of pieces of `size`, as they come from a network. */
export function streamOf(bytes: Buffer, size: number): Readable {
  return Readable.from(pieces(bytes, size), { objectMode: false });
}

/** Bytes in pieces of `size`. */
export function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}
