import { addPacked, KEY_BYTES, PACKED_BYTES } from "../flow-logs/packed-connection";
import { TemporaryFile } from "./temporary-file";

/** Connections that are read or written at once. */
const AT_ONCE = 1_000;

/** Bytes of a key that are compared as one number. */
const PREFIX_BYTES = 6;

/** Sorted connections on disk, each once, as packed-connection.ts has them. */
export class SortedRun {
  readonly #file = new TemporaryFile();

  /** Writes packed connections that are sorted. @throws TemporaryFileError */
  constructor(connections: Iterable<Buffer>) {
    const block = Buffer.alloc(AT_ONCE * PACKED_BYTES);
    let at = 0;
    for (const packed of connections) {
      packed.copy(block, at);
      at += PACKED_BYTES;
      if (at < block.length) continue;
      this.#file.append(block);
      at = 0;
    }
    this.#file.append(block.subarray(0, at));
  }

  /** The packed connections, many at a time. */
  *blocks(): Generator<Buffer, void, undefined> {
    const { lengthBytes } = this.#file;
    for (let at = 0; at < lengthBytes; at += AT_ONCE * PACKED_BYTES)
      yield this.#file.read(at, at + AT_ONCE * PACKED_BYTES);
  }

  close(): void {
    this.#file.close();
  }
}

/** The connections of all runs, sorted, each once with its counters added up: in the same bytes, anew each time. */
export function* mergedRuns(runs: readonly SortedRun[]): Generator<Buffer, void, undefined> {
  let cursors = runs.map((run) => new Cursor(run)).filter(({ isOpen }) => isOpen);
  const merged = Buffer.alloc(PACKED_BYTES);
  while (cursors.length > 0) {
    // sixteen at most: to look at each costs less than to keep them in order
    const first = cursors.reduce((before, cursor) => (cursor.compare(before) < 0 ? cursor : before));
    first.bytes.copy(merged, 0, first.at, first.at + PACKED_BYTES);
    let hasEnded = false;
    for (const cursor of cursors) {
      if (cursor !== first) {
        if (cursor.compare(first) !== 0) continue;
        addPacked(merged, cursor.bytes, cursor.at);
        cursor.advance();
      }
      hasEnded ||= !cursor.isOpen;
    }
    first.advance();
    if (hasEnded || !first.isOpen) cursors = cursors.filter(({ isOpen }) => isOpen);
    yield merged;
  }
}

/** A place in a run. */
class Cursor {
  readonly #blocks: Iterator<Buffer>;
  #prefix = 0;
  bytes: Buffer = Buffer.alloc(0);
  at = 0;

  constructor(run: SortedRun) {
    this.#blocks = run.blocks();
    this.#load();
  }

  get isOpen(): boolean {
    return this.at < this.bytes.length;
  }

  compare(other: Cursor): number {
    // most keys differ in these, and numbers are compared in no time
    const order = this.#prefix - other.#prefix;
    if (order !== 0) return order;
    return this.bytes.compare(other.bytes, other.at, other.at + KEY_BYTES, this.at, this.at + KEY_BYTES);
  }

  advance(): void {
    this.at += PACKED_BYTES;
    if (this.isOpen) this.#prefix = this.bytes.readUIntBE(this.at, PREFIX_BYTES);
    else this.#load();
  }

  #load(): void {
    const next = this.#blocks.next();
    this.bytes = next.done === true ? Buffer.alloc(0) : next.value;
    this.at = 0;
    if (this.isOpen) this.#prefix = this.bytes.readUIntBE(0, PREFIX_BYTES);
  }
}
