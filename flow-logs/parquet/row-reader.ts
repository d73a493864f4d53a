import { type Kernel, reasonOf, TROUBLE } from "../kernel";
import { Notes } from "../notes";
import { type Dictionary, NULL_NUMBER, NULL_TEXT, type ParquetRows, type TextColumn, textOf } from "./columns";

/** Rows that the kernel takes at once; see flow-logs/kernel/rows.ts for where it wants their columns. */
const ROWS_AT_ONCE = 4_096;
const NUMBERS = ["protocol", "srcport", "dstport", "tcp-flags", "packets", "bytes", "start", "end"] as const;
const SOURCE = NUMBERS.length;
const DESTINATION = SOURCE + 1;
const WORDS_AT_BYTES = 8 * ROWS_AT_ONCE * (DESTINATION + 1);

/** In place of the code of an address: there is none, there is something that is none, and nobody has looked. */
const ABSENT = -1;
const UNREADABLE = -2;
const UNKNOWN = -3;

/** The longest text of an address: IPv6, the last two groups as IPv4. */
const MAX_ADDRESS_LENGTH = 45;

/** Texts that stand for null: the dash of text files, and what Python's writers make of it. */
const NULLS: ReadonlySet<string> = new Set(["-", "None", ""]);
const MAX_NULL_LENGTH = 4;

/** The words of `action` and `log-status`, as flow-logs/kernel/words.ts numbers them. */
const WORDS: ReadonlyMap<string, number> = new Map([
  ...[...NULLS].map((text) => [text, 0] as const),
  ...(["OK", "NODATA", "SKIPDATA", "ACCEPT", "REJECT"] as const).map((text, index) => [text, index + 1] as const),
]);
const NO_WORD = 0;
const OTHER_WORD = 6;

/** Has the kernel count rows of Parquet files. No row makes it throw. */
export class RowReader {
  readonly #kernel: Kernel;
  #notes = new Notes();
  /** For each dictionary, the codes of its addresses. */
  #codes = new WeakMap<Dictionary, Float64Array>();
  /** For each dictionary, the numbers of its words. */
  readonly #words = new WeakMap<Dictionary, Uint8Array>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Begins a file; `notes` is where to note what is no record. */
  begin(notes: Notes): void {
    this.#notes = notes;
    this.forgetAddresses();
  }

  /** The kernel gives the numbers of IPv6 addresses anew from here on. */
  forgetAddresses(): void {
    this.#codes = new WeakMap();
  }

  /** Reads rows. Each time that it yields, there is no room for the next: it goes on once there is. */
  *read(rows: ParquetRows): Generator<"no room", void, undefined> {
    const kernel = this.#kernel;
    for (let from = 0; from < rows.count; ) {
      while (kernel.hasRoom() === 0) yield "no room";
      const count = Math.min(ROWS_AT_ONCE, rows.count - from);
      this.#fill(rows, from, count);
      let trouble = kernel.scanRows(count);
      for (; trouble !== TROUBLE.none && trouble !== TROUBLE.noRoom; trouble = kernel.resumeRows()) {
        if (trouble === TROUBLE.skipData) this.#noteSkipData(rows, from + kernel.nextRow() - 1);
        else this.#notes.noteMalformed(kernel.lines.value + this.#notes.otherLines, 0, reasonOf(trouble));
      }
      from += trouble === TROUBLE.noRoom ? kernel.nextRow() : count;
    }
  }

  #noteSkipData({ texts }: ParquetRows, row: number): void {
    const column = texts.get("interface-id") ?? texts.get("tgw-attachment-id");
    const place = column?.places[row] ?? NULL_TEXT;
    this.#notes.noteSkipData(column === undefined || place === NULL_TEXT ? "-" : textOf(column.dictionary, place));
  }

  #fill({ numbers, texts }: ParquetRows, from: number, count: number): void {
    const { memory, inputAt } = this.#kernel;
    const at = inputAt();
    const input = new Float64Array(memory.buffer, at, ROWS_AT_ONCE * (DESTINATION + 1));
    for (const [column, name] of NUMBERS.entries()) {
      const to = input.subarray(column * ROWS_AT_ONCE, column * ROWS_AT_ONCE + count);
      const values = numbers.get(name)?.numbers;
      if (values === undefined) to.fill(NULL_NUMBER);
      else to.set(values.subarray(from, from + count));
    }
    // pkt-srcaddr is who sent the packet; srcaddr may be an interface on the way
    const addresses = (column: number, packet: string, other: string) => {
      const to = input.subarray(column * ROWS_AT_ONCE, column * ROWS_AT_ONCE + count).fill(ABSENT);
      for (const name of [packet, other]) this.#fillAddresses(to, texts.get(name), from);
    };
    addresses(SOURCE, "pkt-srcaddr", "srcaddr");
    addresses(DESTINATION, "pkt-dstaddr", "dstaddr");
    const words = new Uint8Array(memory.buffer, at + WORDS_AT_BYTES, 2 * ROWS_AT_ONCE);
    this.#fillWords(words.subarray(0, count), texts.get("action"), from);
    this.#fillWords(words.subarray(ROWS_AT_ONCE, ROWS_AT_ONCE + count), texts.get("log-status"), from);
  }

  /** Fills in the codes of a column where there is none yet. */
  #fillAddresses(to: Float64Array, column: TextColumn | undefined, from: number): void {
    if (column === undefined) return;
    const codes = this.#codesOf(column.dictionary);
    for (let row = 0; row < to.length; row++) {
      const place = column.places[from + row] as number;
      if (place === NULL_TEXT || to[row] !== ABSENT) continue;
      let code = codes[place] as number;
      if (code === UNKNOWN) {
        code = this.#codeOf(column.dictionary[place] as Uint8Array);
        codes[place] = code;
      }
      to[row] = code;
    }
  }

  #fillWords(to: Uint8Array, column: TextColumn | undefined, from: number): void {
    to.fill(NO_WORD);
    if (column === undefined) return;
    const words = this.#wordsOf(column.dictionary);
    for (let row = 0; row < to.length; row++) {
      const place = column.places[from + row] as number;
      if (place !== NULL_TEXT) to[row] = words[place] as number;
    }
  }

  #codeOf(text: Uint8Array): number {
    if (text.length > MAX_ADDRESS_LENGTH) return UNREADABLE;
    if (text.length <= MAX_NULL_LENGTH && NULLS.has(Buffer.from(text).toString("latin1"))) return ABSENT;
    const { memory, addressTextAt, addressOf } = this.#kernel;
    new Uint8Array(memory.buffer).set(text, addressTextAt());
    return addressOf(text.length);
  }

  // pages of one column share a dictionary
  #codesOf(dictionary: Dictionary): Float64Array {
    return ofDictionary(this.#codes, dictionary, () => new Float64Array(dictionary.length).fill(UNKNOWN));
  }

  #wordsOf(dictionary: Dictionary): Uint8Array {
    const wordAt = (place: number) => WORDS.get(textOf(dictionary, place)) ?? OTHER_WORD;
    return ofDictionary(this.#words, dictionary, () =>
      Uint8Array.from({ length: dictionary.length }, (_, place) => wordAt(place)),
    );
  }
}

function ofDictionary<V>(known: WeakMap<Dictionary, V>, dictionary: Dictionary, make: () => V): V {
  let values = known.get(dictionary);
  if (values === undefined) {
    values = make();
    known.set(dictionary, values);
  }
  return values;
}
