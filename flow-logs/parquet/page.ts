import type { ColumnMetaData, DataReader, PageHeader } from "hyparquet";
import { decompressPage } from "hyparquet/src/datapage.js";
import { deltaBinaryUnpack, deltaByteArray, deltaLengthByteArray } from "hyparquet/src/delta.js";
import { readPlain } from "hyparquet/src/plain.js";
import { COMPRESSORS } from "./compressors";
import { readHybrid } from "./hybrid";

// source: Apache Parquet format, "Data Pages" and "Encodings". hyparquet decodes what a page is made of. What it makes of those parts is an
// array of boxed values for each column, which takes three times as long as all before; so they are put together here.

/** The values of one page, without the nulls between them: themselves, or places in the dictionary. */
export interface PageValues {
  readonly rows: number;
  /** 1 for each row that has a value, 0 for null; undefined when none is null. */
  readonly present: Uint8Array | undefined;
  readonly places: Uint32Array | undefined;
  readonly plain: ArrayLike<number | bigint | Uint8Array> | undefined;
}

type Column = Pick<ColumnMetaData, "type" | "codec"> & { readonly isOptional: boolean };

/** Decodes a data page of either version. @throws whatever damaged bytes lead to */
export function readDataPage(header: PageHeader, compressed: Uint8Array, column: Column): PageValues {
  const { data_page_header: first, data_page_header_v2: second } = header;
  if (second !== undefined) return readSecondVersion(header, second, compressed, column);
  if (first === undefined) throw new Error("a data page has no header of its own");
  const rows = first.num_values;
  const bytes = decompressed(compressed, header.uncompressed_page_size, column);
  if (!column.isOptional) return { rows, present: undefined, ...readValues(bytes, 0, first.encoding, rows, column) };
  // the definition levels: their length, and a level for each row
  const length = readerOf(bytes).view.getUint32(0, true);
  const present = readPresence(bytes, 4, rows);
  return { rows, present, ...readValues(bytes, 4 + length, first.encoding, countOf(present, rows), column) };
}

type SecondHeader = NonNullable<PageHeader["data_page_header_v2"]>;

function readSecondVersion(
  { uncompressed_page_size }: PageHeader,
  header: SecondHeader,
  compressed: Uint8Array,
  column: Column,
): PageValues {
  const { num_values: rows, num_nulls, repetition_levels_byte_length: repetitions, encoding } = header;
  const levels = repetitions + header.definition_levels_byte_length;
  const present = num_nulls > 0 ? readPresence(compressed, repetitions, rows) : undefined;
  const rest = compressed.subarray(levels);
  const isCompressed = header.is_compressed !== false && rest.length > 0;
  const bytes = isCompressed ? decompressed(rest, uncompressed_page_size - levels, column) : rest;
  return { rows, present, ...readValues(bytes, 0, encoding, countOf(present, rows), column) };
}

/** Decodes a dictionary page. */
export function readDictionary(header: PageHeader, compressed: Uint8Array, column: Column): PageValues["plain"] {
  const count = header.dictionary_page_header?.num_values;
  if (count === undefined) throw new Error("a dictionary page has no header of its own");
  const reader = readerOf(decompressed(compressed, header.uncompressed_page_size, column));
  return readPlain(reader, column.type, count, undefined) as PageValues["plain"];
}

function decompressed(bytes: Uint8Array, length: number, { codec }: Column): Uint8Array {
  return decompressPage(bytes, length, codec, COMPRESSORS);
}

function readerOf(bytes: Uint8Array): DataReader {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
}

// of a flat column, the definition level is 1 where there is a value
function readPresence(bytes: Uint8Array, from: number, rows: number): Uint8Array | undefined {
  const present = new Uint8Array(rows);
  readHybrid(bytes, from, 1, present);
  return present.includes(0) ? present : undefined;
}

function countOf(present: Uint8Array | undefined, rows: number): number {
  if (present === undefined) return rows;
  let count = 0;
  for (const one of present) count += one;
  return count;
}

function readValues(
  bytes: Uint8Array,
  from: number,
  encoding: string,
  count: number,
  { type }: Column,
): Pick<PageValues, "places" | "plain"> {
  const reader = { ...readerOf(bytes), offset: from };
  const places = undefined;
  switch (encoding) {
    case "PLAIN":
      return { places, plain: readPlain(reader, type, count, undefined) as PageValues["plain"] };
    case "PLAIN_DICTIONARY":
    case "RLE_DICTIONARY": {
      const found = new Uint32Array(count);
      if (count > 0) readHybrid(bytes, from + 1, reader.view.getUint8(from), found);
      return { places: found, plain: undefined };
    }
    case "DELTA_BINARY_PACKED": {
      const plain = type === "INT32" ? new Int32Array(count) : new BigInt64Array(count);
      deltaBinaryUnpack(reader, count, plain);
      return { places, plain };
    }
    case "DELTA_LENGTH_BYTE_ARRAY": {
      const plain = new Array<Uint8Array>(count);
      deltaLengthByteArray(reader, count, plain);
      return { places, plain };
    }
    case "DELTA_BYTE_ARRAY": {
      const plain = new Array<Uint8Array>(count);
      deltaByteArray(reader, count, plain);
      return { places, plain };
    }
    default:
      throw new Error(`the encoding ${encoding} is not one of flow logs`);
  }
}
