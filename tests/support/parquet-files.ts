import { gzipSync } from "node:zlib";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import type { RandomAccess } from "../../flow-logs/parquet/column-reader";
import type { FlowFields } from "./flow-log-lines";

const INT32 = ["version", "srcport", "dstport", "protocol", "tcp-flags", "traffic-path"];
const INT64 = ["packets", "bytes", "start", "end"];

/** How to write a file. */
export interface ParquetFileOptions {
  /** @default GZIP, as AWS does */
  readonly codec?: "GZIP" | "SNAPPY" | "UNCOMPRESSED";
  /** @default 1,000,000 */
  readonly rowsPerGroup?: number;
  /** @default 1 MB */
  readonly pageBytes?: number;
}

/** A Parquet file of records: underscored names, whole numbers in 32 and 64 bits, null where a record has `-` or nothing. */
export function parquetFile(
  columns: readonly string[],
  records: readonly FlowFields[],
  { codec = "GZIP", rowsPerGroup = 1_000_000, pageBytes = 2 ** 20 }: ParquetFileOptions = {},
): Buffer {
  const columnData = columns.map((column): ColumnSource => {
    const isNull = (value: string | undefined) => value === undefined || value === "-";
    const values = records.map((record) => record[column]).map((value) => (isNull(value) ? null : value));
    const name = column.replaceAll("-", "_");
    const numbers = values.map((value) => (value === null ? null : Number(value)));
    if (INT32.includes(column)) return { name, data: numbers, type: "INT32", nullable: true };
    if (INT64.includes(column)) {
      const big = numbers.map((value) => (value === null ? null : BigInt(value)));
      return { name, data: big, type: "INT64", nullable: true };
    }
    return { name, data: values, type: "STRING", nullable: true };
  });
  const compressors = { GZIP: (bytes: Uint8Array) => gzipSync(bytes) };
  const options = { columnData, codec, compressors, rowGroupSize: rowsPerGroup, pageSize: pageBytes };
  return Buffer.from(parquetWriteBuffer(options as Parameters<typeof parquetWriteBuffer>[0]));
}

/** A file in memory that counts what is read of it. */
export function countingAccess(bytes: Buffer): RandomAccess & { readonly reads: { start: number; end: number }[] } {
  const reads: { start: number; end: number }[] = [];
  return {
    lengthBytes: bytes.length,
    reads,
    read: async (start, end) => {
      reads.push({ start, end });
      return bytes.subarray(start, end);
    },
  };
}
