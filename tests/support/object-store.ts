import { Readable } from "node:stream";
import type { OpenObject } from "../../functions/flow-forwarder/read-object";

/** What a store in memory does with one key: its bytes, a stream to hand out, or a failure. */
export type Stored = Buffer | string | (() => Readable) | Error;

/** A store in memory that knows how often each object was opened; a key it does not hold is gone. */
export function objectStore(objects: Readonly<Record<string, Stored>>): { openObject: OpenObject; opened: string[] } {
  const opened: string[] = [];
  return {
    opened,
    openObject: async ({ key }) => {
      opened.push(key);
      const stored = objects[key];
      if (stored === undefined) return undefined;
      if (stored instanceof Error) throw stored;
      if (typeof stored === "function") return { body: stored(), lengthBytes: undefined };
      const bytes = Buffer.from(stored);
      return { body: Readable.from(pieces(bytes, 1_000), { objectMode: false }), lengthBytes: bytes.length };
    },
  };
}

/** Bytes in pieces of `size`, as they come from a network. */
export function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}
