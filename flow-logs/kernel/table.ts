import { reserve } from "./memory";

// A hash table from 16 bytes to a number, in order of arrival: 0, 1, 2. Entries stand in one array, in that order, and begin with their
// key; slots lead to them. A slot is 0 when free, else the number + 1 in its lower 21 bits, and above them bits of the key's hash, which
// spare most visits of entries that turn out to be others'.

/** Most entries of any table. */
export const MAX_ENTRIES: u32 = 1 << 20;

const NUMBER_BITS: u32 = 21;
const NUMBER: u32 = (1 << NUMBER_BITS) - 1;
const FIRST_SLOT_BITS: u32 = 12;

/** Where a table's parts are, and how far it has come. */
@unmanaged
export class Table {
  slots: usize = 0;
  entries: usize = 0;
  /** Bytes of an entry, at least its key's 16. */
  stride: usize = 0;
  size: u32 = 0;
  /** Entries that there is room for; nobody may add more. */
  capacity: u32 = 0;
  /** The number of slots is two to this: between two and four slots an entry. */
  slotBits: u32 = FIRST_SLOT_BITS;
}

/** Makes an empty table. `capacity` is a power of two from 2048 to MAX_ENTRIES. */
export function newTable(capacity: u32, stride: usize): Table {
  const table = changetype<Table>(reserve(offsetof<Table>()));
  table.slots = reserve((<usize>capacity) << 3);
  table.entries = reserve(<usize>capacity * stride);
  table.stride = stride;
  table.capacity = capacity;
  table.slotBits = FIRST_SLOT_BITS;
  return table;
}

/** Forgets every entry; the next ones are written over them. There are as many slots then as these entries took: files are alike. */
export function clear(table: Table): void {
  if (table.size === 0) return;
  memory.fill(table.slots, 0, (<usize>4) << table.slotBits);
  while (table.slotBits > FIRST_SLOT_BITS && table.size < (<u32>1) << (table.slotBits - 2)) table.slotBits -= 1;
  table.size = 0;
}

/** Where an entry is. */
export function entryAt(table: Table, index: u32): usize {
  return table.entries + <usize>index * table.stride;
}

/** Where `find` saw that a key is not there. */
let freeSlot: usize = 0;

/** The number of a key; its entry is made if there is none, and then only its key is written. `hash` is the key's `hashOf`. */
export function indexOf(table: Table, one: u64, other: u64, hash: u64): u32 {
  const found = find(table, one, other, hash);
  return found >= 0 ? <u32>found : append(table, one, other, hash);
}

/** Whether the table has the key. */
export function has(table: Table, one: u64, other: u64): bool {
  return find(table, one, other, hashOf(one, other)) >= 0;
}

/** Where the search for a key begins. To read it early is to have it in the cache later; nothing else follows from it. */
export function firstSlot(table: Table, hash: u64): usize {
  return slotAt(table, <u32>hash & ((1 << table.slotBits) - 1));
}

/** Something of the entry that a slot leads to, for the same purpose. */
export function touchEntry(table: Table, slot: usize): u32 {
  const held = load<u32>(slot) & NUMBER;
  return held === 0 ? 0 : load<u32>(entryAt(table, held - 1));
}

function find(table: Table, one: u64, other: u64, hash: u64): i32 {
  const mask: u32 = (1 << table.slotBits) - 1;
  const tag = tagOf(hash);
  let slot = <u32>hash & mask;
  let held = load<u32>(slotAt(table, slot));
  while (held !== 0) {
    if ((held & ~NUMBER) === tag) {
      const index = (held & NUMBER) - 1;
      const entry = entryAt(table, index);
      if (load<u64>(entry) === one && load<u64>(entry, 8) === other) return <i32>index;
    }
    slot = (slot + 1) & mask;
    held = load<u32>(slotAt(table, slot));
  }
  freeSlot = slotAt(table, slot);
  return -1;
}

function append(table: Table, one: u64, other: u64, hash: u64): u32 {
  const index = table.size;
  const entry = entryAt(table, index);
  store<u64>(entry, one);
  store<u64>(entry, other, 8);
  store<u32>(freeSlot, tagOf(hash) | (index + 1));
  table.size = index + 1;
  if (table.size === (<u32>1) << (table.slotBits - 1) && table.size < table.capacity) widen(table);
  return index;
}

function widen(table: Table): void {
  table.slotBits += 1;
  const mask: u32 = (1 << table.slotBits) - 1;
  memory.fill(table.slots, 0, (<usize>4) << table.slotBits);
  for (let index: u32 = 0; index < table.size; index++) {
    const entry = entryAt(table, index);
    const hash = hashOf(load<u64>(entry), load<u64>(entry, 8));
    let slot = <u32>hash & mask;
    while (load<u32>(slotAt(table, slot)) !== 0) slot = (slot + 1) & mask;
    store<u32>(slotAt(table, slot), tagOf(hash) | (index + 1));
  }
}

function slotAt(table: Table, slot: u32): usize {
  return table.slots + ((<usize>slot) << 2);
}

/** A key's hash: two multiplications and two folds, so that every bit depends on all 128 of the key. */
export function hashOf(one: u64, other: u64): u64 {
  let mixed: u64 = (one * 0x9e3779b97f4a7c15) ^ (other * 0xc2b2ae3d27d4eb4f);
  mixed ^= mixed >> 32;
  mixed *= 0xd6e8feb86659fd93;
  return mixed ^ (mixed >> 29);
}

function tagOf(hash: u64): u32 {
  return (<u32>(hash >> 53)) << NUMBER_BITS;
}
