import type { ConnectionList } from "./connections";
import { contentsOf } from "./contents";
import type { FlowLogDecoder } from "./flow-log-decoder";
import { JsonMessages, type Messages } from "./json-messages";
import type { RandomAccess } from "./parquet/column-reader";
import { parquetRows } from "./parquet/parquet-file";
import type { InflationLimits } from "./unreadable";

/** A file of flow logs, wherever it is. */
export interface FlowFile {
  /** Its bytes in order, from the first on. Whoever reads may stop early. */
  stream(): AsyncIterable<Buffer>;
  /** The same for any part of it; asked for when it is Parquet. */
  randomAccess(): Promise<RandomAccess>;
}

/** How to decode a file. */
export interface DecodeOptions {
  readonly limits: InflationLimits;
  /** False: packets, bytes and the last time of a connection may be missing. Parquet is read faster then. */
  readonly needsVolumes: boolean;
}

/**
 * Decodes a file of any kind that flow logs come in: text, Parquet, and the JSON of CloudWatch Logs and Firehose, the first and the last in
 * gzip or not. Yields connections as the decoder does: take them before going on. `decoder.summary()` tells the rest afterwards.
 * @throws UnreadableFileError, FormatError, and whatever reading the file throws.
 */
export async function* decodeFile(
  file: FlowFile,
  decoder: FlowLogDecoder,
  { limits, needsVolumes }: DecodeOptions,
): AsyncGenerator<ConnectionList, void, undefined> {
  decoder.begin();
  const contents = await contentsOf(file.stream(), limits);
  switch (contents.kind) {
    case "text":
      for await (const chunk of contents.chunks) yield* decoder.push(chunk);
      break;
    case "json":
      yield* decodeJson(contents.chunks, decoder);
      break;
    case "parquet":
      for await (const rows of parquetRows(await file.randomAccess(), { limits, needsVolumes }))
        yield* decoder.pushRows(rows);
      break;
  }
  yield* decoder.finish();
}

async function* decodeJson(
  chunks: AsyncIterable<Buffer>,
  decoder: FlowLogDecoder,
): AsyncGenerator<ConnectionList, void, undefined> {
  const objects = new JsonMessages();
  for await (const chunk of chunks) for (const messages of objects.push(chunk)) yield* pushMessages(messages, decoder);
  objects.end();
}

/** Has a decoder take the lines of a JSON object. */
export function* pushMessages(
  { lines, unreadable }: Messages,
  decoder: FlowLogDecoder,
): Generator<ConnectionList, void, undefined> {
  if (unreadable) decoder.noteUnreadable(unreadable.length, unreadable.reason);
  else if (lines.length > 0) yield* decoder.push(Buffer.from(`${lines.join("\n")}\n`, "latin1"));
}
