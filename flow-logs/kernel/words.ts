// The words that flow logs are written in, as numbers: a word of eight bytes is one comparison.

/** Values of `log-status` and `action`. */
export const ABSENT: i32 = 0;
export const OK: i32 = 1;
export const NODATA: i32 = 2;
export const SKIPDATA: i32 = 3;
export const ACCEPT: i32 = 4;
export const REJECT: i32 = 5;
export const OTHER: i32 = 6;

// in the order of their bytes, the first one lowest
const DASH_TEXT: u64 = 0x2d;
const OK_TEXT: u64 = 0x4b4f;
const NODATA_TEXT: u64 = 0x415441444f4e;
const SKIPDATA_TEXT: u64 = 0x4154414450494b53;
const ACCEPT_TEXT: u64 = 0x545045434341;
const REJECT_TEXT: u64 = 0x5443454a4552;

/** Which word is from `start` to `end`. */
export function wordAt(start: usize, end: usize): i32 {
  const length = end - start;
  if (length > 8) return OTHER;
  const text = load<u64>(start) & (<u64>-1 >> ((<u64>(8 - length)) << 3));
  if (text === OK_TEXT) return OK;
  if (text === ACCEPT_TEXT) return ACCEPT;
  if (text === REJECT_TEXT) return REJECT;
  if (text === NODATA_TEXT) return NODATA;
  if (text === SKIPDATA_TEXT) return SKIPDATA;
  return text === DASH_TEXT ? ABSENT : OTHER;
}
