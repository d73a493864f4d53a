import { gzipSync } from "node:zlib";

/** Where the gzip header says which operating system packed it (RFC 1952, 2.3). */
const OS_BYTE = 9;
const UNKNOWN_OS = 255;

/** Packs text as AWS delivers a plain-text log object; the same text gives the same bytes: no time, no operating system. */
export function gzipText(text: string): Buffer {
  // Node already writes 0 as the modification time
  const packed = gzipSync(text);
  packed[OS_BYTE] = UNKNOWN_OS;
  return packed;
}
