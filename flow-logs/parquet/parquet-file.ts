import { type FileMetaData, parquetMetadata, parquetSchema, type RowGroup } from "hyparquet";
import { FormatError, planColumns } from "../column-plan";
import { hyphened } from "../formats";
import { type InflationLimits, UnreadableFileError } from "../unreadable";
import { ColumnReader, type InflationMeter, type RandomAccess, rangeOf } from "./column-reader";
import { NumberStream, TextStream } from "./column-stream";
import { NUMBER_COLUMNS, type ParquetRows, TEXT_COLUMNS, VOLUME_COLUMNS } from "./columns";

// source: Apache Parquet format, "File Format": the magic bytes PAR1, column chunks, the footer, its length in four bytes, PAR1 again
const MAGIC = "PAR1";
const TAIL_BYTES = 8;

/** A footer has some 100 bytes for each column of a row group; a flow log's has a few KB. */
const MAX_FOOTER_BYTES = 16 * 2 ** 20;

/** How to read a file. */
export interface ParquetOptions {
  readonly limits: InflationLimits;
  /** Whether to read the columns of VOLUME_COLUMNS. */
  readonly needsVolumes: boolean;
}

/**
 * The rows of a Parquet file of flow logs, in the file's order: only the columns that make a connection are read, row group by row group
 * and page by page.
 * @throws FormatError when a column is missing that a connection needs, UnreadableFileError when the file is damaged, or inflates to more
 * than the limits, and whatever reading the file throws.
 */
export async function* parquetRows(
  file: RandomAccess,
  { limits, needsVolumes }: ParquetOptions,
): AsyncGenerator<ParquetRows, void, undefined> {
  const source = marked(file);
  const { metadata, optional } = await decoding(async () => {
    const footer = await readFooter(source);
    const flat = flatColumns(footer);
    planColumns([...flat.keys()]);
    return { metadata: footer, optional: flat };
  });
  const meter: InflationMeter = { limits, bytes: 0, deflatedBytes: 0 };
  const numbers = needsVolumes ? [...NUMBER_COLUMNS, ...VOLUME_COLUMNS] : NUMBER_COLUMNS;
  for (const group of metadata.row_groups) {
    const stretches = rowsOfGroup(source, group, { optional, numbers, meter });
    for (;;) {
      const next = await decoding(() => stretches.next());
      if (next.done === true) break;
      yield next.value;
    }
  }
}

async function readFooter(file: RandomAccess): Promise<FileMetaData> {
  const { lengthBytes } = file;
  if (lengthBytes < MAGIC.length + TAIL_BYTES)
    throw new UnreadableFileError(`a Parquet file of ${lengthBytes} bytes is cut off`);
  const tail = Buffer.from(await file.read(lengthBytes - TAIL_BYTES, lengthBytes));
  if (tail.toString("latin1", 4) !== MAGIC)
    throw new UnreadableFileError("a Parquet file that does not end in PAR1 is cut off");
  const length = tail.readUInt32LE(0);
  const start = lengthBytes - TAIL_BYTES - length;
  if (start < MAGIC.length || length > MAX_FOOTER_BYTES) {
    throw new UnreadableFileError(
      `a Parquet file of ${lengthBytes} bytes has no footer of ${length} bytes; one has ${MAX_FOOTER_BYTES} at most`,
    );
  }
  const footer = await file.read(start, lengthBytes);
  // a view of its own: hyparquet reads the whole buffer behind what it is given
  const metadata = parquetMetadata(Uint8Array.from(footer).buffer);
  requirePlausible(metadata, start);
  return metadata;
}

// what the footer says decides what is read and for how long; hyparquet believes it
function requirePlausible({ row_groups }: FileMetaData, dataEnd: number): void {
  for (const { num_rows, columns: chunks } of row_groups) {
    if (num_rows < 0n || num_rows > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error(`a row group of ${num_rows} rows`);
    for (const { meta_data, file_path } of chunks) {
      if (meta_data === undefined || file_path) throw new Error("a column is in another file");
      const { start, end } = rangeOf(meta_data);
      if (!(start >= MAGIC.length && end >= start && end <= dataEnd))
        throw new Error(`a column from byte ${start} to ${end} is not in the file`);
    }
  }
}

/** The columns that are neither lists nor groups, by name, and whether they have nulls. */
function flatColumns(metadata: FileMetaData): ReadonlyMap<string, boolean> {
  const leaves = parquetSchema(metadata).children.filter(
    ({ children, element }) => children.length === 0 && element.repetition_type !== "REPEATED",
  );
  return new Map(leaves.map(({ element }) => [`${element.name}`, element.repetition_type !== "REQUIRED"]));
}

interface GroupOptions {
  readonly optional: ReadonlyMap<string, boolean>;
  readonly numbers: readonly string[];
  readonly meter: InflationMeter;
}

async function* rowsOfGroup(
  file: RandomAccess,
  group: RowGroup,
  { optional, numbers: numberColumns, meter }: GroupOptions,
): AsyncGenerator<ParquetRows, void, undefined> {
  const open = (name: string): ColumnReader | undefined => {
    const found = group.columns.find(({ meta_data }) => hyphened(meta_data?.path_in_schema.join(".") ?? "") === name);
    const path = found?.meta_data?.path_in_schema[0] ?? "";
    const isOptional = optional.get(path);
    if (found?.meta_data === undefined || isOptional === undefined) return undefined;
    return new ColumnReader(file, found.meta_data, isOptional, meter);
  };
  const numbers = streams(numberColumns, open, (reader) => new NumberStream(() => reader.nextNumbers()));
  const texts = streams(TEXT_COLUMNS, open, (reader) => new TextStream(() => reader.nextTexts()));
  const all = [...numbers.values(), ...texts.values()];

  const rows = Number(group.num_rows);
  for (let row = 0; row < rows; ) {
    for (const stream of all) await stream.fill();
    const count = Math.min(rows - row, ...all.map(({ left }) => left));
    // of a column without values, none would ever come
    if (count === 0) throw new Error(`a column has fewer values than its row group's ${rows} rows`);
    yield {
      count,
      numbers: new Map([...numbers].map(([name, stream]) => [name, stream.take(count)])),
      texts: new Map([...texts].map(([name, stream]) => [name, stream.take(count)])),
    };
    row += count;
  }
}

function streams<S>(
  names: readonly string[],
  open: (name: string) => ColumnReader | undefined,
  make: (reader: ColumnReader) => S,
): ReadonlyMap<string, S> {
  return new Map(
    names.flatMap((name) => {
      const reader = open(name);
      return reader === undefined ? [] : [[name, make(reader)] as const];
    }),
  );
}

/** What reading the file threw: no fault of what is in it. */
class ReadingError extends Error {
  override readonly name = "ReadingError";
}

function marked(file: RandomAccess): RandomAccess {
  return {
    lengthBytes: file.lengthBytes,
    read: (start, end) =>
      file.read(start, end).catch((cause: unknown) => {
        throw new ReadingError("the file could not be read", { cause });
      }),
  };
}

/** Whatever decoding throws is the file's fault. */
async function decoding<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ReadingError) throw error.cause;
    if (error instanceof UnreadableFileError || error instanceof FormatError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreadableFileError(`the Parquet file is damaged: ${why}`, { cause: error });
  }
}
