import type { ColumnMetaData, PageHeader } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { type InflationLimits, requireWithin } from "../unreadable";
import { type Dictionary, NULL_NUMBER, NULL_TEXT, type NumberColumn, type TextColumn } from "./columns";
import { type PageValues, readDataPage, readDictionary } from "./page";

/** A file of which any part can be read. */
export interface RandomAccess {
  readonly lengthBytes: number;
  /** The bytes from `start` up to, not including, `end`; all of them. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** Bytes that one request asks for. Pages of flow logs have up to 1 MB. */
const WINDOW_BYTES = 2 * 2 ** 20;

/** A page header with the statistics of a text column has a few hundred bytes. */
const HEADER_BYTES = 16_384;

/** Writers begin a page anew after some 20,000 rows, or one MB. */
const MAX_PAGE_BYTES = 64 * 2 ** 20;
const MAX_PAGE_ROWS = 4 * 2 ** 20;

/** What the columns of a file share: how much of it has been inflated, from how much. */
export interface InflationMeter {
  readonly limits: InflationLimits;
  bytes: number;
  deflatedBytes: number;
}

/** One column of one row group, page by page: never more of it is in memory than two megabytes and a page. */
export class ColumnReader {
  readonly #file: RandomAccess;
  readonly #column: Pick<ColumnMetaData, "type" | "codec"> & { readonly isOptional: boolean };
  readonly #meter: InflationMeter;
  readonly #end: number;
  #at: number;
  #window: Uint8Array = new Uint8Array(0);
  #windowAt = 0;
  #numbers: Float64Array | undefined;
  #hasDictionary = false;
  #dictionary: PageValues["plain"];

  constructor(file: RandomAccess, metadata: ColumnMetaData, isOptional: boolean, meter: InflationMeter) {
    this.#file = file;
    this.#column = { type: metadata.type, codec: metadata.codec, isOptional };
    this.#meter = meter;
    const { start, end } = rangeOf(metadata);
    this.#at = start;
    this.#end = end;
  }

  /** The next page of a column of whole numbers; undefined after the last. */
  async nextNumbers(): Promise<NumberColumn | undefined> {
    const page = await this.#next();
    if (page === undefined) return undefined;
    this.#numbers ??= this.#dictionary && toNumbers(this.#dictionary);
    return { numbers: numbersOf(page, this.#numbers) };
  }

  /** The next page of a column of texts; undefined after the last. */
  async nextTexts(): Promise<TextColumn | undefined> {
    const page = await this.#next();
    if (page === undefined) return undefined;
    return textsOf(page, this.#dictionary);
  }

  async #next(): Promise<PageValues | undefined> {
    while (this.#at < this.#end) {
      const header = await this.#header();
      const compressed = await this.#bytes(header.compressed_page_size);
      this.#at += header.compressed_page_size;
      switch (header.type) {
        case "DICTIONARY_PAGE":
          if (this.#hasDictionary) throw new Error("a column has two dictionaries");
          this.#hasDictionary = true;
          this.#dictionary = readDictionary(header, compressed, this.#column);
          break;
        case "DATA_PAGE":
        case "DATA_PAGE_V2":
          return readDataPage(header, compressed, this.#column);
        case "INDEX_PAGE":
          // for who searches
          break;
      }
    }
    return undefined;
  }

  async #header(): Promise<PageHeader> {
    const bytes = await this.#bytes(Math.min(HEADER_BYTES, this.#end - this.#at));
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
    const header = parquetHeader(reader);
    this.#at += reader.offset;
    this.#require(header);
    return header;
  }

  // what a header says decides how much memory is taken for its page
  #require(header: PageHeader): void {
    const rows =
      (header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header)?.num_values ?? 0;
    const { compressed_page_size: compressed, uncompressed_page_size: inflated } = header;
    if (!(compressed >= 0 && compressed <= this.#end - this.#at)) throw new Error("a page is longer than its column");
    if (!(inflated >= 0 && inflated <= MAX_PAGE_BYTES)) throw new Error(`a page of ${inflated} bytes is too large`);
    if (!(rows >= 0 && rows <= MAX_PAGE_ROWS)) throw new Error(`a page of ${rows} rows is too large`);
    const meter = this.#meter;
    // a value that is repeated takes no bytes of a page, and still a row
    meter.bytes += Math.max(inflated, rows);
    meter.deflatedBytes += compressed;
    requireWithin(meter.limits, meter.bytes, meter.deflatedBytes);
  }

  async #bytes(length: number): Promise<Uint8Array> {
    const from = this.#at - this.#windowAt;
    if (from + length <= this.#window.length) return this.#window.subarray(from, from + length);
    const end = Math.min(this.#end, this.#at + Math.max(length, WINDOW_BYTES));
    this.#window = await this.#file.read(this.#at, end);
    if (this.#window.length !== end - this.#at) throw new Error("the file is shorter than it was");
    this.#windowAt = this.#at;
    return this.#window.subarray(0, length);
  }
}

/** Where a column is in its file. */
export function rangeOf({ dictionary_page_offset, data_page_offset, total_compressed_size }: ColumnMetaData): {
  readonly start: number;
  readonly end: number;
} {
  // 0 stands for none in files of some writers
  const start = Number(dictionary_page_offset || data_page_offset);
  return { start, end: start + Number(total_compressed_size) };
}

function numbersOf({ rows, present, places, plain }: PageValues, dictionary: Float64Array | undefined): Float64Array {
  const values = places ? pick(dictionary, places) : toNumbers(plain ?? []);
  if (present === undefined) return requireCount(values, rows);
  const numbers = new Float64Array(rows);
  let value = 0;
  for (let row = 0; row < rows; row++) numbers[row] = present[row] === 0 ? NULL_NUMBER : (values[value++] as number);
  requireCount(values, value);
  return numbers;
}

function textsOf({ rows, present, places, plain }: PageValues, dictionary: PageValues["plain"]): TextColumn {
  const texts = requireTexts(places ? dictionary : plain);
  const rowPlaces = new Int32Array(rows);
  let value = 0;
  for (let row = 0; row < rows; row++) {
    if (present !== undefined && present[row] === 0) {
      rowPlaces[row] = NULL_TEXT;
      continue;
    }
    const place = places === undefined ? value : (places[value] as number);
    if (!(place < texts.length)) throw new RangeError("a place is beyond the dictionary");
    rowPlaces[row] = place;
    value += 1;
  }
  return { dictionary: texts, places: rowPlaces };
}

function requireTexts(plain: PageValues["plain"]): Dictionary {
  if (plain === undefined || plain.length === 0) return [];
  if (!(plain[0] instanceof Uint8Array)) throw new TypeError("a column of texts holds something else");
  return plain as Dictionary;
}

function pick(dictionary: Float64Array | undefined, places: Uint32Array): Float64Array {
  const known = dictionary ?? new Float64Array(0);
  const values = new Float64Array(places.length);
  for (let index = 0; index < places.length; index++) {
    const place = places[index] as number;
    if (place >= known.length) throw new RangeError("a place is beyond the dictionary");
    values[index] = known[place] as number;
  }
  return values;
}

function requireCount(values: Float64Array, count: number): Float64Array {
  if (values.length !== count) throw new RangeError(`a page has ${values.length} values for ${count} rows`);
  return values;
}

type Plain = NonNullable<PageValues["plain"]>;

function toNumbers(plain: Plain): Float64Array {
  if (plain.length === 0) return new Float64Array(0);
  if (plain instanceof Int32Array) return new Float64Array(plain).map(unsigned);
  if (!(plain instanceof BigInt64Array)) throw new TypeError("a column of numbers holds something else");
  // by halves: a bigint is an object, and there would be one for each value
  const halves = new Int32Array(plain.buffer, plain.byteOffset, 2 * plain.length);
  const numbers = new Float64Array(plain.length);
  for (let index = 0; index < plain.length; index++) {
    const lower = (halves[2 * index] as number) >>> 0;
    numbers[index] = unsigned((halves[2 * index + 1] as number) * 2 ** 32 + lower);
  }
  return numbers;
}

// no number of a flow log is negative: beyond every bound, so that the row is malformed
function unsigned(value: number): number {
  return value < 0 ? Number.MAX_SAFE_INTEGER : value;
}
