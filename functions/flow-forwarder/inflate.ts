import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** The object is of a kind that this function does not read, or its compression is damaged. */
export class UnreadableObjectError extends Error {
  override readonly name = "UnreadableObjectError";
}

/**
 * zlib makes one trip to its thread pool for every chunk that it puts out: at its default of 16 KiB, the trips take
 * longer than the inflating.
 */
const OUTPUT_CHUNK_BYTES = 256 * 1024;

/** As many bytes as the longest signature. */
const SIGNATURE_BYTES = 4;

/**
 * The plain text of an object, chunk by chunk, inflated when it is gzip. Its first bytes tell, never its name:
 * objects are renamed, and some tools store what they say is .gz inflated. All members of a gzip file are read.
 * Whoever opened `source` closes it: a reader that stops early leaves it as it is.
 * @throws UnreadableObjectError for a gzip file that is cut off or damaged, and for Parquet.
 */
export async function* plainText(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const chunks = source[Symbol.asyncIterator]();
  const head = await firstBytes(chunks);
  const whole = Readable.from(joined(head, chunks), { objectMode: false });
  switch (kindOf(head)) {
    case "gzip":
      yield* inflated(whole);
      return;
    case "parquet":
      throw new UnreadableObjectError(
        "the object is Parquet, and the forwarder reads plain text: set flowLogs.fileFormat to plain-text",
      );
    case "text":
      yield* whole as AsyncIterable<Buffer>;
  }
}

function kindOf(head: Buffer): "gzip" | "parquet" | "text" {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  return head.subarray(0, 4).toString("latin1") === "PAR1" ? "parquet" : "text";
}

async function* inflated(source: Readable): AsyncGenerator<Buffer, void, undefined> {
  const gunzip = createGunzip({ chunkSize: OUTPUT_CHUNK_BYTES });
  // pipeline, not pipe: the source's failure must reach the reader, and the reader's end must close the source.
  // Its callback only keeps Node from reporting the failure twice: the loop below throws it.
  pipeline(source, gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (cause) {
    throw isZlibError(cause)
      ? new UnreadableObjectError(`the object's gzip data is damaged or cut off (${cause.code})`, { cause })
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
