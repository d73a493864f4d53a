import { addStaged } from "./conversations";
import * as fields from "./fields";
import { INPUT } from "./memory";
import { hasRoom, readLine } from "./record";
import { findLines } from "./separators";
import * as tally from "./tally";
import * as trouble from "./trouble";

// The lines of the input, one after the other, up to one that somebody else has to look at.

/** Fields that every line of the format at hand has. */
let width: u32 = 0;

let lineCount: u32 = 0;
let next: u32 = 0;

/** Sets how many fields a line has. */
export function expectFields(count: u32): void {
  width = count;
}

/** Reads the lines of the input's first bytes, the last of which is a newline. Returns as `resume`. */
export function scan(length: u32): i32 {
  lineCount = findLines(length);
  next = 0;
  return resume();
}

/**
 * Reads on, with the line after the one that stopped it. Returns what it stopped at, one of trouble.ts, or NONE at the end of the input.
 * A line that stops it is counted as a line (and a SKIPDATA line as one), unless it is NO_ROOM.
 */
export function resume(): i32 {
  let stoppedBy = trouble.NONE;
  while (next < lineCount && stoppedBy === trouble.NONE) {
    if (!hasRoom()) {
      stoppedBy = trouble.NO_ROOM;
      break;
    }
    fields.openLine(next);
    next++;
    tally.countLine();
    stoppedBy = read();
  }
  addStaged();
  return stoppedBy;
}

/** Reads the line that stopped `scan` or `resume` once more, in the format at hand now; NONE when it is read. */
export function readAgain(): i32 {
  const stoppedBy = read();
  addStaged();
  return stoppedBy;
}

/** Offset of the line that stopped it, from the start of the input, and of its newline. */
export function lineStart(): u32 {
  return <u32>(fields.lineStart - INPUT);
}
export function lineEnd(): u32 {
  return <u32>(fields.lineEnd - INPUT);
}
/** Fields that the line has. */
export function fieldCount(): u32 {
  return fields.count;
}

function read(): i32 {
  if (fields.hasControlBytes) return trouble.CONTROL_BYTES;
  if (fields.count === width) return readLine();
  if (fields.count > 0) return trouble.WIDTH;
  tally.countBlank();
  return trouble.NONE;
}
