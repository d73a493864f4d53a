import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { type InflationLimits, requireWithin, UnreadableFileError } from "./unreadable";

/**
 * zlib makes one trip to its thread pool for every chunk that it puts out: at its default of 16 KiB, the trips take
 * longer than the inflating.
 */
const OUTPUT_CHUNK_BYTES = 256 * 1024;

/** As many bytes as the longest signature. */
const SIGNATURE_BYTES = 4;

/** CloudWatch Logs sends gzip, and Firehose may compress it once more. */
const MAX_WRAPPINGS = 2;

/** What a file is: its bytes tell, never its name. Objects are renamed, and some tools store what they say is .gz inflated. */
export type Contents =
  | { readonly kind: "text" | "json"; readonly chunks: AsyncIterable<Buffer> }
  | { readonly kind: "parquet" };

/**
 * Looks what a file is, and inflates it when it is gzip, all members of it. Whoever opened `source` closes it: of Parquet, no more than the
 * first bytes have been read.
 * @throws UnreadableFileError, here and from the chunks, for a gzip file that is cut off or damaged, or inflates to more than the limits.
 */
export async function contentsOf(source: AsyncIterable<Buffer>, limits: InflationLimits): Promise<Contents> {
  let chunks = source[Symbol.asyncIterator]();
  for (let wrappings = 0; ; wrappings++) {
    const head = await firstBytes(chunks);
    const whole = joined(head, chunks);
    if (!isGzip(head)) {
      if (!isParquet(head)) return { kind: isJson(head) ? "json" : "text", chunks: whole };
      if (wrappings === 0) return { kind: "parquet" };
      throw new UnreadableFileError("the file is Parquet inside of gzip: store it as it is, its pages are compressed");
    }
    if (wrappings === MAX_WRAPPINGS)
      throw new UnreadableFileError(`the file is gzip inside of gzip, more than ${MAX_WRAPPINGS} times`);
    chunks = inflated(whole, limits);
  }
}

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function isParquet(head: Buffer): boolean {
  return head.toString("latin1", 0, 4) === "PAR1";
}

// no line of a flow log begins with a brace
function isJson(head: Buffer): boolean {
  return head.toString("latin1").trimStart().startsWith("{");
}

async function* inflated(
  source: AsyncIterable<Buffer>,
  limits: InflationLimits,
): AsyncGenerator<Buffer, void, undefined> {
  const gunzip = createGunzip({ chunkSize: OUTPUT_CHUNK_BYTES });
  // pipeline, not pipe: the source's failure must reach the reader, and the reader's end must close the source.
  // Its callback only keeps Node from reporting the failure twice: the loop below throws it.
  pipeline(Readable.from(source, { objectMode: false }), gunzip, () => undefined);
  let bytes = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      requireWithin(limits, bytes, gunzip.bytesWritten);
      yield chunk;
    }
  } catch (cause) {
    throw isZlibError(cause)
      ? new UnreadableFileError(`the file's gzip data is damaged or cut off (${cause.code})`, { cause })
      : cause;
  }
}

// Z_BUF_ERROR is the end of the input before the end of the data; the others are damage
function isZlibError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
}

async function firstBytes(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < SIGNATURE_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
