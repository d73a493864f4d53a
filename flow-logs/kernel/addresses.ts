import { ipv4 } from "./ipv4";
import { lower, readIpv6, upper } from "./ipv6";
import { UNREADABLE } from "./numbers";
import { clear, entryAt, hashOf, indexOf, newTable, Table } from "./table";

// An address is a code of 33 bits: an IPv4 address is its own bits, an IPv6 address its number in a table, and above them its family.

/** The bit that tells an IPv6 address. */
export const IPV6: i64 = 1 << 32;

const KEY_BYTES: usize = 16;

/** Every IPv6 address that was met. */
let book: Table = changetype<Table>(0);

/** Makes the book of IPv6 addresses, with room for so many. */
export function prepareBook(capacity: u32): void {
  book = newTable(capacity, KEY_BYTES);
}

/** Forgets every IPv6 address, and with them all codes. */
export function clearBook(): void {
  clear(book);
}

/** Addresses that there is room for whenever something is read: two for each row of a scan of rows. */
const MARGIN: u32 = 2 * 4096;

/** Whether the book may be full before the next line or rows have been read. */
export function isBookFull(): bool {
  return book.size + MARGIN > book.capacity;
}

/** The code of the address that is from `start` to `end`, or UNREADABLE. IPv6 addresses without room for them are UNREADABLE, too. */
export function addressAt(start: usize, end: usize): i64 {
  const bits = ipv4(start, end);
  if (bits !== UNREADABLE) return bits;
  if (!readIpv6(start, end) || book.size === book.capacity) return UNREADABLE;
  return IPV6 | indexOf(book, upper, lower, hashOf(upper, lower));
}

/** The order of addresses by value, IPv4 before IPv6: below 0, 0, or above. */
export function compareAddresses(one: i64, other: i64): i32 {
  if (one === other) return 0;
  if ((one & other & IPV6) === 0) return one < other ? -1 : 1;
  const a = entryAt(book, <u32>one);
  const b = entryAt(book, <u32>other);
  const upperOrder = compare(load<u64>(a), load<u64>(b));
  return upperOrder !== 0 ? upperOrder : compare(load<u64>(a, 8), load<u64>(b, 8));
}

function compare(one: u64, other: u64): i32 {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Where the two 64-bit halves of an IPv6 address are. */
export function ipv6At(code: u32): usize {
  return entryAt(book, code);
}
