import { addressAt, isBookFull } from "./addresses";
import { addRecord, hasRoomForRecord } from "./conversations";
import { endOf, startOf } from "./fields";
import { isDash, NOT_COMPUTED, wholeNumber } from "./numbers";
import * as tally from "./tally";
import * as trouble from "./trouble";
import * as words from "./words";

// One line as a record. Columns are found by a plan: for each of these, its place in a line, counted from 0, or -1.

const SOURCE: usize = 0;
const DESTINATION: usize = 1;
const PACKET_SOURCE: usize = 2;
const PACKET_DESTINATION: usize = 3;
const SOURCE_PORT: usize = 4;
const DESTINATION_PORT: usize = 5;
const PROTOCOL: usize = 6;
const TCP_FLAGS: usize = 7;
const PACKETS: usize = 8;
const BYTES: usize = 9;
const START: usize = 10;
const END: usize = 11;
const ACTION: usize = 12;
const LOG_STATUS: usize = 13;

/** Where the plan is: 32 bits for each of the columns above, in their order. */
export const PLAN: usize = memory.data(4 * 14);

const MAX_PORT: i64 = 65_535;
const MAX_PROTOCOL: i64 = 255;

/** Seconds that do not fit 31 bits are milliseconds: some writers of flow logs use them, against AWS's page. */
const MAX_SECONDS: i64 = 2_147_483_647;
const MALFORMED_TIME: i64 = -2;

/** Records that end before the one, or begin after the other, are counted and not kept. Unix seconds. */
let windowStart: i64 = 0;
let windowEnd: i64 = MAX_SECONDS;

/** Keeps only records of a time. */
export function keepOnly(from: i64, to: i64): void {
  windowStart = from;
  windowEnd = to;
}

/** Whether a record can be added: each brings a conversation and two addresses at most. */
export function hasRoom(): bool {
  return hasRoomForRecord() && !isBookFull();
}

/** Counts the line that fields.ts has open, or says what is wrong with it. */
export function readLine(): i32 {
  const status = word(LOG_STATUS);
  if (status !== words.OK && status !== words.ABSENT) return readStatus(status);
  // pkt-srcaddr is who sent the packet; srcaddr may be an interface on the way (NAT gateway, secondary address)
  const sourceColumn = isAbsent(PACKET_SOURCE) ? SOURCE : PACKET_SOURCE;
  const destinationColumn = isAbsent(PACKET_DESTINATION) ? DESTINATION : PACKET_DESTINATION;
  if (isAbsent(sourceColumn) && isAbsent(destinationColumn)) {
    tally.countNoData();
    return trouble.NONE;
  }
  const found = readNumbers(
    number(PROTOCOL),
    number(SOURCE_PORT),
    number(DESTINATION_PORT),
    number(TCP_FLAGS),
    number(PACKETS),
    number(BYTES),
    number(START),
    number(END),
    word(ACTION),
  );
  if (found !== trouble.NONE) return found;
  // last: they are the dearest to read, and a line refused before leaves no address behind
  return countRecord(address(sourceColumn), address(destinationColumn));
}

/** What follows from a status that is not OK. */
export function readStatus(status: i32): i32 {
  if (status === words.NODATA) {
    tally.countNoData();
    return trouble.NONE;
  }
  if (status !== words.SKIPDATA) return trouble.LOG_STATUS;
  tally.countSkipData();
  return trouble.SKIPPED;
}

// the record at hand, but for its addresses
let protocol: u32 = 0;
let sourcePort: u32 = 0;
let destinationPort: u32 = 0;
let tcpFlags: u32 = 0;
let packets: u64 = 0;
let bytes: u64 = 0;
let start: i64 = 0;
let end: i64 = 0;
let isRejected: bool = false;

/** Takes everything of a record but its addresses, each NOT_COMPUTED or below where there is none, or says what is wrong with it. */
export function readNumbers(
  protocolNumber: i64,
  sourcePortNumber: i64,
  destinationPortNumber: i64,
  flags: i64,
  packetCount: i64,
  byteCount: i64,
  startTime: i64,
  endTime: i64,
  action: i32,
): i32 {
  if (protocolNumber < 0 || protocolNumber > MAX_PROTOCOL) return trouble.PROTOCOL;
  const from = portOf(sourcePortNumber, protocolNumber);
  if (from < 0 || from > MAX_PORT) return trouble.SOURCE_PORT;
  const to = portOf(destinationPortNumber, protocolNumber);
  if (to < 0 || to > MAX_PORT) return trouble.DESTINATION_PORT;
  if (flags < NOT_COMPUTED) return trouble.TCP_FLAGS;
  if (packetCount < NOT_COMPUTED) return trouble.PACKETS;
  if (byteCount < NOT_COMPUTED) return trouble.BYTES;
  start = seconds(startTime);
  if (start < NOT_COMPUTED) return trouble.START;
  end = seconds(endTime);
  if (end < NOT_COMPUTED) return trouble.END;
  if (action !== words.ACCEPT && action !== words.REJECT && action !== words.ABSENT) return trouble.ACTION;
  protocol = <u32>protocolNumber;
  sourcePort = <u32>from;
  destinationPort = <u32>to;
  tcpFlags = <u32>max<i64>(flags, 0);
  packets = max<i64>(packetCount, 0);
  bytes = max<i64>(byteCount, 0);
  isRejected = action === words.REJECT;
  return trouble.NONE;
}

/** Counts the record whose numbers were read, and adds it unless it is outside of the time to keep. */
export function countRecord(source: i64, destination: i64): i32 {
  if (source < 0) return trouble.SOURCE;
  if (destination < 0) return trouble.DESTINATION;
  tally.countRecord(isRejected);
  if (start > windowEnd || (end !== NOT_COMPUTED && end < windowStart)) return trouble.NONE;
  addRecord(
    source,
    destination,
    sourcePort,
    destinationPort,
    protocol,
    tcpFlags,
    packets,
    bytes,
    // -1 is traffic.ts's "never begun" and "never ended" in either reading of 32 bits
    <u32>start,
    <i32>end,
    isRejected,
  );
  return trouble.NONE;
}

/** A time in seconds, whichever of the two it came in; NOT_COMPUTED as it is, and below that for what is no time. */
function seconds(time: i64): i64 {
  if (time <= MAX_SECONDS) return time;
  const fromMilliseconds = time / 1000;
  return fromMilliseconds <= MAX_SECONDS ? fromMilliseconds : MALFORMED_TIME;
}

// TCP, DCCP, UDP, UDP-Lite and SCTP have ports; of other protocols AWS writes 0, or nothing
function portOf(port: i64, protocol: i64): i64 {
  const hasPorts = protocol === 6 || protocol === 17 || protocol === 33 || protocol === 132 || protocol === 136;
  return port === NOT_COMPUTED && !hasPorts ? 0 : port;
}

function number(column: usize): i64 {
  const place = placeOf(column);
  return place < 0 ? NOT_COMPUTED : wholeNumber(startOf(place), endOf(place));
}

function word(column: usize): i32 {
  const place = placeOf(column);
  return place < 0 ? words.ABSENT : words.wordAt(startOf(place), endOf(place));
}

function address(column: usize): i64 {
  const place = placeOf(column);
  return addressAt(startOf(place), endOf(place));
}

function isAbsent(column: usize): bool {
  const place = placeOf(column);
  return place < 0 || isDash(startOf(place), endOf(place));
}

function placeOf(column: usize): i32 {
  return load<i32>(PLAN + (column << 2));
}
