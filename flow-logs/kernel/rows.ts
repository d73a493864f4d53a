import { addStaged } from "./conversations";
import { INPUT } from "./memory";
import { countRecord, hasRoom, readNumbers, readStatus } from "./record";
import * as tally from "./tally";
import * as trouble from "./trouble";
import * as words from "./words";

// Rows that were no lines: columns of numbers, codes of addresses and words, in place of the input.

/** Rows that one scan can take. */
export const MAX_ROWS: u32 = 4096;

const COLUMN_BYTES: usize = 8 * 4096;

// 64-bit floats, NOT_COMPUTED where there is none: eight columns, then the codes of two addresses, with what UNREADABLE ones have
const PROTOCOL: usize = INPUT;
const SOURCE_PORT: usize = PROTOCOL + COLUMN_BYTES;
const DESTINATION_PORT: usize = SOURCE_PORT + COLUMN_BYTES;
const TCP_FLAGS: usize = DESTINATION_PORT + COLUMN_BYTES;
const PACKETS: usize = TCP_FLAGS + COLUMN_BYTES;
const BYTES: usize = PACKETS + COLUMN_BYTES;
const START: usize = BYTES + COLUMN_BYTES;
const END: usize = START + COLUMN_BYTES;
const SOURCE: usize = END + COLUMN_BYTES;
const DESTINATION: usize = SOURCE + COLUMN_BYTES;
// bytes, of words.ts
const ACTION: usize = DESTINATION + COLUMN_BYTES;
const LOG_STATUS: usize = ACTION + 4096;

/** Where to put the text of an address, for `addressOf`. */
export const ADDRESS_TEXT: usize = LOG_STATUS + 4096 + 64;

let rowCount: u32 = 0;
let next: u32 = 0;

/** Reads rows. Returns as `resumeRows`. */
export function scanRows(count: u32): i32 {
  rowCount = count;
  next = 0;
  return resumeRows();
}

/** Reads on, after the row that stopped it, as `resume` does with lines. */
export function resumeRows(): i32 {
  let stoppedBy = trouble.NONE;
  while (next < rowCount && stoppedBy === trouble.NONE) {
    if (!hasRoom()) {
      stoppedBy = trouble.NO_ROOM;
      break;
    }
    tally.countLine();
    stoppedBy = readRow(next);
    next++;
  }
  addStaged();
  return stoppedBy;
}

/** The row after the one that stopped it, or the one that there was no room for. */
export function nextRow(): u32 {
  return next;
}

function readRow(row: u32): i32 {
  const status = <i32>load<u8>(LOG_STATUS + <usize>row);
  if (status !== words.OK && status !== words.ABSENT) return readStatus(status);
  const source = valueAt(SOURCE, row);
  const destination = valueAt(DESTINATION, row);
  if (source === -1 && destination === -1) {
    tally.countNoData();
    return trouble.NONE;
  }
  const found = readNumbers(
    valueAt(PROTOCOL, row),
    valueAt(SOURCE_PORT, row),
    valueAt(DESTINATION_PORT, row),
    valueAt(TCP_FLAGS, row),
    valueAt(PACKETS, row),
    valueAt(BYTES, row),
    valueAt(START, row),
    valueAt(END, row),
    <i32>load<u8>(ACTION + <usize>row),
  );
  return found !== trouble.NONE ? found : countRecord(source, destination);
}

function valueAt(column: usize, row: u32): i64 {
  return <i64>load<f64>(column + ((<usize>row) << 3));
}
