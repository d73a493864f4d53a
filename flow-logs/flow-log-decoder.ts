import { type ColumnPlan, planColumns } from "./column-plan";
import { ConnectionList } from "./connections";
import { HEADERLESS_FORMATS } from "./formats";
import { type Capacity, type Kernel, newKernel } from "./kernel";
import { LineReader } from "./line-reader";
import { LineRegions } from "./line-regions";
import { Notes } from "./notes";
import type { ParquetRows } from "./parquet/columns";
import { RowReader } from "./parquet/row-reader";
import type { Summary } from "./tally";

/** What a decoder goes by. */
export interface DecoderOptions {
  /** Ports known to be servers', the database's first of all. */
  readonly servicePorts: Iterable<number>;
  /** Records outside of this time are counted and make no connection: unix seconds, both ends among it. @default - all */
  readonly time?: { readonly from: number; readonly to: number } | undefined;
  /** Is given each malformed line, without its newline; it has to copy what it keeps. */
  readonly onMalformed?: (line: Buffer) => void;
  /** @default DEFAULT_CAPACITY */
  readonly capacity?: Capacity;
}

/**
 * Decodes flow logs into connections, one file after the other: `begin`, `push` its bytes, cut anywhere, or `pushRows` its rows;
 * `finish`, and `summary`. Only conversations are kept, never lines. Free of AWS and of I/O: the forwarder and the command line share it.
 *
 * `push`, `pushRows` and `finish` yield connections that have to be taken before they go on, `finish` always once. The others yield only
 * where a file has more connections than there is room for: then a connection may be in two lists, and what the records behind it say of
 * its direction is no longer known to those before.
 */
export class FlowLogDecoder {
  readonly #kernel: Kernel;
  readonly #regions = new LineRegions();
  readonly #lines: LineReader;
  readonly #rows: RowReader;
  #headerless: readonly ColumnPlan[];
  #notes = new Notes();
  #isComplete = false;

  constructor({ servicePorts, time, onMalformed, capacity }: DecoderOptions) {
    this.#kernel = newKernel(capacity);
    for (const port of servicePorts) this.#kernel.addServicePort(port);
    if (time) this.#kernel.keepTime(time.from, time.to);
    this.#headerless = HEADERLESS_FORMATS.map(planColumns);
    this.#lines = new LineReader(this.#kernel, this.#headerless, onMalformed);
    this.#rows = new RowReader(this.#kernel);
  }

  /**
   * Adds a format that lines without a header may have, from the next `begin` on, before those that are known.
   * @throws FormatError when it lacks columns that a connection needs.
   */
  learnFormat(fields: readonly string[]): void {
    this.#headerless = [planColumns(fields), ...this.#headerless];
  }

  /** Forgets everything that was read, but for what is kept. */
  begin(): void {
    this.#isComplete = false;
    this.#notes = new Notes();
    this.#kernel.begin();
    this.#regions.begin();
    this.#lines.begin(this.#headerless, this.#notes);
    this.#rows.begin(this.#notes);
  }

  /** Takes text. @throws FormatError when a header lacks columns that a connection needs. */
  *push(chunk: Buffer): Generator<ConnectionList, void, undefined> {
    for (const region of this.#regions.push(chunk)) for (const _ of this.#lines.read(region)) yield* this.#makeRoom();
  }

  /** Takes rows of a Parquet file. */
  *pushRows(rows: ParquetRows): Generator<ConnectionList, void, undefined> {
    for (const _ of this.#rows.read(rows)) yield* this.#makeRoom();
  }

  /** Notes that a part of the file, so many bytes of it, is no line at all; it counts as one malformed line. */
  noteUnreadable(length: number, reason: string): void {
    this.#notes.otherLines += 1;
    this.#notes.noteMalformed(this.#kernel.lines.value + this.#notes.otherLines, length, reason);
  }

  /** @throws FormatError as `push`. */
  *finish(): Generator<ConnectionList, void, undefined> {
    for (const region of this.#regions.end()) for (const _ of this.#lines.read(region)) yield* this.#makeRoom();
    yield* this.#fold();
    this.#isComplete = true;
    yield* this.#take();
  }

  /** Whether the file has been read to its end: the list at hand is its last, and nothing can be wrong with it any more. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /**
   * Keeps the connections of the list at hand in its place, added up with those of files before; needs a capacity for it. False when there is
   * no room, until `dropKept`.
   */
  keep(): boolean {
    if (this.#kernel.canKeep() === 0) return false;
    this.#kernel.keepConnections();
    return true;
  }

  /** The connections that are kept: to be read while there is a list at hand, or no file is being read. */
  kept(): ConnectionList {
    const kernel = this.#kernel;
    return new ConnectionList(kernel, { size: kernel.keptCount(), sort: kernel.sortKept });
  }

  /** Forgets them. This has to be done whenever a list comes before the file is complete: its addresses may take the place of theirs. */
  dropKept(): void {
    this.#kernel.dropKept();
  }

  /** What is known of the file; complete when `finish` is. */
  summary(): Summary {
    const { lines, accepted, rejected, blanks, noData, skipData } = this.#kernel;
    const notes = this.#notes;
    return {
      tally: {
        lines: lines.value + notes.otherLines,
        headers: notes.headers,
        blanks: blanks.value,
        records: accepted.value + rejected.value,
        accepted: accepted.value,
        rejected: rejected.value,
        noData: noData.value + notes.noDataRows,
        skipData: skipData.value + notes.skipDataRows,
        malformed: notes.malformed,
      },
      malformedLines: notes.samples,
      skipDataByInterface: notes.skipDataByInterface,
    };
  }

  *#makeRoom(): Generator<ConnectionList, void, undefined> {
    yield* this.#fold();
    // what there was no room for was an address, and connections have them
    if (this.#kernel.hasRoom() === 0) yield* this.#take();
  }

  *#fold(): Generator<ConnectionList, void, undefined> {
    while (this.#kernel.foldConversations() === 0) yield* this.#take();
  }

  *#take(): Generator<ConnectionList, void, undefined> {
    const kernel = this.#kernel;
    yield new ConnectionList(kernel, { size: kernel.connectionCount(), sort: kernel.sortConnections });
    kernel.dropConnections();
    // their numbers may be given anew
    this.#rows.forgetAddresses();
  }
}
