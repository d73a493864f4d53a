import { IPV6 } from "./addresses";
import { earlier, flagEvidence } from "./direction";
import { reserve } from "./memory";
import { firstSlot, hashOf, newTable, Table, touchEntry } from "./table";
import { CONVERSATION_BYTES, count, EVIDENCE, FIRST_SEEN, trafficOf } from "./traffic";

// Conversations: all records between two address-and-port pairs. The two sides are in the order of their codes, which means nothing
// outside: `low` is the one with the smaller code, or with the smaller port where an address talks to itself.
//
// key: low address (32 bits), high address (32), high port (16), low port (16), protocol (8), low's family (1), high's family (1)

/** Every conversation since the last fold, but for what is staged. */
export let conversations: Table = changetype<Table>(0);

// Records wait until there are some, and go into the table together: the table is larger than any cache, and the processor waits for the
// memory of several records at once where it would wait for each alone.
const STAGED: u32 = 32;

@unmanaged
class StagedRecord {
  one: u64 = 0;
  other: u64 = 0;
  packets: u64 = 0;
  bytes: u64 = 0;
  start: u32 = 0;
  end: i32 = 0;
  tcpFlags: u32 = 0;
  protocol: u32 = 0;
  isSentByLow: bool = false;
  isRejected: bool = false;
  hash: u64 = 0;
}

const stage: usize = reserve(<usize>STAGED * offsetof<StagedRecord>());
let staged: u32 = 0;

/** What nobody reads, so that nothing may leave out the reads that it is made of. */
export let touched: u32 = 0;

/** Makes the table, with room for so many. */
export function prepareConversations(capacity: u32): void {
  conversations = newTable(capacity, CONVERSATION_BYTES);
}

/** Whether another record can be added. The answer follows from the records alone, not from how many of them are staged. */
export function hasRoomForRecord(): bool {
  if (conversations.size + staged < conversations.capacity) return true;
  addStaged();
  return conversations.size < conversations.capacity;
}

/** Forgets what is staged. */
export function clearStage(): void {
  staged = 0;
}

/** Adds one record, for which there must be room; `addStaged` completes it. */
export function addRecord(
  source: i64,
  destination: i64,
  sourcePort: u32,
  destinationPort: u32,
  protocol: u32,
  tcpFlags: u32,
  packets: u64,
  bytes: u64,
  start: u32,
  end: i32,
  isRejected: bool,
): void {
  const isSentByLow = source < destination || (source === destination && sourcePort <= destinationPort);
  const low = isSentByLow ? source : destination;
  const high = isSentByLow ? destination : source;
  const ports = isSentByLow ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort;
  const families = <u32>((low & IPV6) >> 32) | <u32>((high & IPV6) >> 31);

  const one = <u64>(<u32>low) | ((<u64>high) << 32);
  const other = <u64>ports | ((<u64>(protocol | (families << 8))) << 32);

  const record = stagedAt(staged);
  record.one = one;
  record.other = other;
  record.hash = hashOf(one, other);
  record.packets = packets;
  record.bytes = bytes;
  record.start = start;
  record.end = end;
  record.tcpFlags = tcpFlags;
  record.protocol = protocol;
  record.isSentByLow = isSentByLow;
  record.isRejected = isRejected;
  staged++;
  if (staged === STAGED) addStaged();
}

/** Puts what is staged into the table. */
export function addStaged(): void {
  let read: u32 = 0;
  for (let index: u32 = 0; index < staged; index++) read ^= load<u32>(firstSlotOf(index));
  for (let index: u32 = 0; index < staged; index++) read ^= touchEntry(conversations, firstSlotOf(index));
  touched = read;
  for (let index: u32 = 0; index < staged; index++) addNow(stagedAt(index));
  staged = 0;
}

function firstSlotOf(index: u32): usize {
  return firstSlot(conversations, stagedAt(index).hash);
}

function addNow(record: StagedRecord): void {
  const entry = trafficOf(conversations, record.one, record.other, record.hash);
  const evidence = earlier(load<u32>(entry, EVIDENCE), record.start, load<u32>(entry, FIRST_SEEN), record.isSentByLow);
  store<u32>(entry, evidence | flagEvidence(record.protocol, record.tcpFlags, record.isSentByLow), EVIDENCE);
  count(entry, 1, record.isRejected ? 1 : 0, record.packets, record.bytes, record.start, record.end);
}

function stagedAt(index: u32): StagedRecord {
  return changetype<StagedRecord>(stage + <usize>index * offsetof<StagedRecord>());
}

export function lowAddress(entry: usize): i64 {
  return <i64>load<u32>(entry) | ((<i64>((load<u32>(entry, 12) >> 8) & 1)) << 32);
}
export function highAddress(entry: usize): i64 {
  return <i64>load<u32>(entry, 4) | ((<i64>((load<u32>(entry, 12) >> 9) & 1)) << 32);
}
export function lowPort(entry: usize): u32 {
  return load<u16>(entry, 10);
}
export function highPort(entry: usize): u32 {
  return load<u16>(entry, 8);
}
export function protocolOf(entry: usize): u32 {
  return load<u8>(entry, 12);
}
