import { entryAt, indexOf, Table } from "./table";

// What conversations and connections have in common: an entry of a key and counters.

/** Bytes of a connection's entry, and of a conversation's, which has its evidence behind. */
export const CONNECTION_BYTES: usize = 48;
export const CONVERSATION_BYTES: usize = 56;

/** Where the counters are in an entry, after its key. */
export const RECORDS: usize = 16;
export const REJECTED: usize = 20;
export const PACKETS: usize = 24;
export const BYTES: usize = 32;
/** Unix seconds: 32 bits without a sign, NEVER_BEGUN when no record said. */
export const FIRST_SEEN: usize = 40;
/** Unix seconds: 32 bits with a sign, NEVER_ENDED when no record said. */
export const LAST_SEEN: usize = 44;
/** Of a conversation: bits of direction.ts. */
export const EVIDENCE: usize = 48;

export const NEVER_BEGUN: u32 = 0xffffffff;
export const NEVER_ENDED: i32 = -1;

/** Where the entry of a key is; one that is new counts nothing yet. */
export function trafficOf(table: Table, one: u64, other: u64, hash: u64): usize {
  const size = table.size;
  const entry = entryAt(table, indexOf(table, one, other, hash));
  if (table.size !== size) {
    store<u64>(entry, 0, RECORDS);
    store<u64>(entry, 0, PACKETS);
    store<u64>(entry, 0, BYTES);
    store<u32>(entry, NEVER_BEGUN, FIRST_SEEN);
    store<i32>(entry, NEVER_ENDED, LAST_SEEN);
    if (table.stride > CONNECTION_BYTES) store<u32>(entry, 0, EVIDENCE);
  }
  return entry;
}

/** Adds to an entry's counters. */
export function count(
  entry: usize,
  records: u32,
  rejected: u32,
  packets: u64,
  bytes: u64,
  firstSeen: u32,
  lastSeen: i32,
): void {
  store<u32>(entry, load<u32>(entry, RECORDS) + records, RECORDS);
  store<u32>(entry, load<u32>(entry, REJECTED) + rejected, REJECTED);
  store<u64>(entry, load<u64>(entry, PACKETS) + packets, PACKETS);
  store<u64>(entry, load<u64>(entry, BYTES) + bytes, BYTES);
  if (firstSeen < load<u32>(entry, FIRST_SEEN)) store<u32>(entry, firstSeen, FIRST_SEEN);
  if (lastSeen > load<i32>(entry, LAST_SEEN)) store<i32>(entry, lastSeen, LAST_SEEN);
}

/** Adds the counters of another entry. */
export function countEntry(entry: usize, other: usize): void {
  count(
    entry,
    load<u32>(other, RECORDS),
    load<u32>(other, REJECTED),
    load<u64>(other, PACKETS),
    load<u64>(other, BYTES),
    load<u32>(other, FIRST_SEEN),
    load<i32>(other, LAST_SEEN),
  );
}
