import * as zlib from "node:zlib";
import type { Compressors } from "hyparquet";

type Decompress = (bytes: Uint8Array, options: { maxOutputLength: number; chunkSize: number }) => Uint8Array;

// Node 22.15 and newer; not in the types of Node 20
const { zstdDecompressSync } = zlib as { zstdDecompressSync?: Decompress };

/** Fewest bytes that zlib takes as a piece of its output. */
const MIN_CHUNK_BYTES = 64;

// in one piece, which is quickest
const exactly =
  (decompress: Decompress) =>
  (bytes: Uint8Array, length: number): Uint8Array =>
    decompress(bytes, { maxOutputLength: Math.max(1, length), chunkSize: Math.max(MIN_CHUNK_BYTES, length) });

/** Node's own decompression for Parquet's codecs; hyparquet itself knows SNAPPY. No page becomes longer than its header says. */
export const COMPRESSORS: Compressors = {
  GZIP: exactly(zlib.gunzipSync),
  BROTLI: exactly(zlib.brotliDecompressSync),
  ...(zstdDecompressSync && { ZSTD: exactly(zstdDecompressSync) }),
};
