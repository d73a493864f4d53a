import type { Connection, ConnectionList } from "../flow-logs/connections";
import type { FlowLogDecoder } from "../flow-logs/flow-log-decoder";
import type { Capacity } from "../flow-logs/kernel";
import { Unpacker } from "../flow-logs/packed-connection";
import { mergedRuns, SortedRun } from "./sorted-run";

/** Room for a million connections of all files in memory; more go to disk. */
export const CAPACITY: Capacity = Object.freeze({
  conversations: 2 ** 19,
  connections: 2 ** 20,
  ipv6Addresses: 2 ** 18,
  keptConnections: 2 ** 20,
});

/** Runs that are merged into one when there are so many: each is an open file and a block in memory. */
const MAX_RUNS = 16;

/**
 * The connections of many files together, each once. A file counts as a whole or not at all: between `begin` and `end` it is only noted,
 * and `abandon` takes it back. What the decoder has no room to keep goes to disk in sorted runs, which are merged when somebody reads.
 */
export class ConnectionTotals implements Iterable<Connection> {
  readonly #decoder: FlowLogDecoder;
  #runs: SortedRun[] = [];
  /** Of the file at hand. */
  #ofFile: SortedRun[] = [];

  /** The decoder that reads the files; its capacity must have room for kept connections. */
  constructor(decoder: FlowLogDecoder) {
    this.#decoder = decoder;
  }

  /** Takes a list that the decoder has yielded. @throws TemporaryFileError */
  add(list: ConnectionList): void {
    const decoder = this.#decoder;
    if (decoder.isComplete) {
      if (decoder.keep()) return;
      this.#spillKept();
      decoder.keep();
      return;
    }
    // a file with more connections than there is room for: it may still turn out to be damaged
    this.#spillKept();
    if (list.size > 0) this.#ofFile = fewer([...this.#ofFile, new SortedRun(list.packed())]);
  }

  /** The file at hand has been read. @throws TemporaryFileError */
  end(): void {
    this.#runs = fewer([...this.#runs, ...this.#ofFile]);
    this.#ofFile = [];
  }

  /** The file at hand can't be read. */
  abandon(): void {
    for (const run of this.#ofFile) run.close();
    this.#ofFile = [];
  }

  /** All connections, sorted as those of one file are; once at a time, while no file is being read. @throws TemporaryFileError */
  *[Symbol.iterator](): Generator<Connection, void, undefined> {
    if (this.#runs.length === 0) {
      yield* this.#decoder.kept();
      return;
    }
    this.#spillKept();
    const unpacker = new Unpacker();
    for (const packed of mergedRuns(this.#runs)) yield unpacker.unpack(packed);
  }

  #spillKept(): void {
    const kept = this.#decoder.kept();
    if (kept.size === 0) return;
    this.#runs = fewer([...this.#runs, new SortedRun(kept.packed())]);
    this.#decoder.dropKept();
  }
}

function fewer(runs: SortedRun[]): SortedRun[] {
  if (runs.length < MAX_RUNS) return runs;
  const one = new SortedRun(mergedRuns(runs));
  for (const run of runs) run.close();
  return [one];
}
