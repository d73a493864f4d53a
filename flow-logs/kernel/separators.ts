import { INPUT, INPUT_BYTES, reserve } from "./memory";

// Where the lines of the input end, and the fields of each: a bit for each byte that is a space or below, 64 bytes at a time. Nearly all
// lines have single spaces between their fields and a newline behind the last, and a list of where those are says all. A line is odd when
// it has anything else (tabs, \r, control bytes, runs of spaces, or nothing at all); fields.ts reads such a line byte by byte.

/** The highest bit in the list of lines. */
export const ODD: u32 = 0x80000000;

const SPACE: u8 = 0x20;
const NEWLINE: u8 = 0x0a;

/** Separators are written eight at a time; what is too much is written over. */
const AT_ONCE: u32 = 16;

/** Where each separator is, 32 bits each; before them the byte before the first line, as if a separator were there. */
export const SEPARATORS: usize = reserve(4 * (INPUT_BYTES + 1 + 64));

/** For each line, which of the separators is its newline, and whether the line is ODD: 32 bits. */
export const LINES: usize = reserve(4 * INPUT_BYTES);

/** Lists the separators of the input's first bytes, the last of which is a newline, and says how many lines there are. */
export function findLines(length: u32): u32 {
  const end = INPUT + <usize>length;
  store<u32>(SEPARATORS, <u32>(INPUT - 1));
  let separatorCount: u32 = 1;
  let lineCount: u32 = 0;
  let isOdd = false;
  // the byte before the first line counts as a separator: a line that begins with one is odd
  let carried: u64 = 1;
  for (let block = INPUT; block < end; block += 64) {
    const within: u64 = end - block >= 64 ? -1 : ((<u64>1) << (<u64>(end - block))) - 1;
    let newlines = equal(block, NEWLINE) & within;
    let separators = (equal(block, SPACE) & within) | newlines;
    let odd = separators & ((separators << 1) | carried);
    if (hasOthers(block)) {
      const others = below(block, SPACE) & ~newlines & within;
      separators |= others;
      odd |= others | (separators & ((separators << 1) | carried));
    }
    carried = separators >> 63;
    list(separators, block, SEPARATORS + ((<usize>separatorCount) << 2));
    for (; newlines !== 0; newlines &= newlines - 1) {
      const before = (newlines & -newlines) - 1;
      if ((odd & ((before << 1) | 1)) !== 0) isOdd = true;
      const newline = separatorCount + <u32>popcnt(separators & before);
      store<u32>(LINES + ((<usize>lineCount) << 2), isOdd ? newline | ODD : newline);
      lineCount++;
      isOdd = false;
      odd &= ~((before << 1) | 1);
    }
    if (odd !== 0) isOdd = true;
    separatorCount += <u32>popcnt(separators);
  }
  return lineCount;
}

function list(separators: u64, block: usize, to: usize): void {
  let rest = separators;
  let next = to;
  do {
    for (let index: u32 = 0; index < AT_ONCE; index++) {
      store<u32>(next, <u32>(block + <usize>ctz(rest)));
      next += 4;
      rest &= rest - 1;
    }
  } while (rest !== 0);
}

/** Whether any of 64 bytes is below a space, other than a newline. */
function hasOthers(at: usize): bool {
  return v128.any_true(
    v128.or(
      v128.or(others(v128.load(at)), others(v128.load(at, 16))),
      v128.or(others(v128.load(at, 32)), others(v128.load(at, 48))),
    ),
  );
}

function others(bytes: v128): v128 {
  return v128.andnot(i8x16.lt_u(bytes, i8x16.splat(SPACE)), i8x16.eq(bytes, i8x16.splat(NEWLINE)));
}

function below(at: usize, byte: u8): u64 {
  const limit = i8x16.splat(byte);
  return together(
    i8x16.bitmask(i8x16.lt_u(v128.load(at), limit)),
    i8x16.bitmask(i8x16.lt_u(v128.load(at, 16), limit)),
    i8x16.bitmask(i8x16.lt_u(v128.load(at, 32), limit)),
    i8x16.bitmask(i8x16.lt_u(v128.load(at, 48), limit)),
  );
}

function equal(at: usize, byte: u8): u64 {
  const same = i8x16.splat(byte);
  return together(
    i8x16.bitmask(i8x16.eq(v128.load(at), same)),
    i8x16.bitmask(i8x16.eq(v128.load(at, 16), same)),
    i8x16.bitmask(i8x16.eq(v128.load(at, 32), same)),
    i8x16.bitmask(i8x16.eq(v128.load(at, 48), same)),
  );
}

function together(a: i32, b: i32, c: i32, d: i32): u64 {
  return <u64>a | ((<u64>b) << 16) | ((<u64>c) << 32) | ((<u64>d) << 48);
}
