import { LINES, ODD, SEPARATORS } from "./separators";

// The fields of one line. Where each begins and ends stands in one of two places: in the list of separators, or, for an odd line, in lists
// of its own.

const SPACE: u8 = 0x20;
const TAB: u8 = 0x09;
const NEWLINE: u8 = 0x0a;
const RETURN: u8 = 0x0d;

/** The longest format there is has fewer than 70 fields; those of an odd line after this many are counted and not kept. */
const MAX_FIELDS: u32 = 256;

const oddStarts: usize = memory.data(4 * 256);
const oddEnds: usize = memory.data(4 * 256);

/** Fields that the line has, and where the line begins and its newline is. */
export let count: u32 = 0;
export let lineStart: usize = 0;
export let lineEnd: usize = 0;
/** Whether the line has bytes that no text has. */
export let hasControlBytes: bool = false;

/** Where the byte before each field is, and where its end is: 32 bits each. */
let befores: usize = 0;
let ends: usize = 0;

/** Finds the fields of one of the lines that `findLines` found. */
export function openLine(line: u32): void {
  const before = line === 0 ? 0 : load<u32>(LINES + ((<usize>(line - 1)) << 2)) & ~ODD;
  const newline = load<u32>(LINES + ((<usize>line) << 2));
  befores = SEPARATORS + ((<usize>before) << 2);
  ends = befores + 4;
  lineStart = <usize>load<u32>(befores) + 1;
  hasControlBytes = false;
  count = (newline & ~ODD) - before;
  lineEnd = load<u32>(SEPARATORS + ((<usize>(newline & ~ODD)) << 2));
  if ((newline & ODD) !== 0) openOddLine();
}

/** Runs of spaces and tabs separate, and \r before the newline is part of it. */
function openOddLine(): void {
  befores = oddStarts;
  ends = oddEnds;
  count = 0;
  let at = lineStart;
  for (;;) {
    const start = at;
    while (load<u8>(at) > SPACE) at++;
    if (at > start) {
      if (count < MAX_FIELDS) {
        store<u32>(oddStarts + ((<usize>count) << 2), <u32>(start - 1));
        store<u32>(oddEnds + ((<usize>count) << 2), <u32>at);
      }
      count++;
    }
    const byte = load<u8>(at);
    if (byte === NEWLINE) return;
    if (byte !== SPACE && byte !== TAB && !(byte === RETURN && load<u8>(at + 1) === NEWLINE)) hasControlBytes = true;
    at++;
  }
}

/** Where a field begins. */
export function startOf(field: i32): usize {
  return <usize>load<u32>(befores + ((<usize>field) << 2)) + 1;
}

/** Where a field ends: the byte after its last. */
export function endOf(field: i32): usize {
  return load<u32>(ends + ((<usize>field) << 2));
}
