import { addressAt, clearBook, ipv6At, isBookFull, prepareBook } from "./addresses";
import { clearServers, connections, foldConversations, forgetConversations, prepareConnections } from "./connections";
import { clearStage, conversations, prepareConversations } from "./conversations";
import { addServicePort, clearServicePorts } from "./direction";
import { endOf, startOf } from "./fields";
import { prepareIpv4 } from "./ipv4";
import { isAnyKept, kept } from "./kept";
import { INPUT, INPUT_BYTES } from "./memory";
import { prepareOrder, sorted } from "./order";
import { hasRoom, keepOnly, PLAN } from "./record";
import { ADDRESS_TEXT } from "./rows";
import { clear } from "./table";
import { clearTally } from "./tally";

// What flow-logs/kernel.ts calls. One instance reads one file after the other.

export { canKeep, keepConnections, prepareKept } from "./kept";
export { expectFields, fieldCount, lineEnd, lineStart, readAgain, resume, scan } from "./lines";
export { nextRow, resumeRows, scanRows } from "./rows";
export { accepted, blanks, lines, noData, rejected, skipData } from "./tally";
export { addServicePort, clearServicePorts, foldConversations, hasRoom };

/** Makes the tables. Capacities are powers of two. */
export function prepare(conversationCapacity: u32, connectionCapacity: u32, ipv6Capacity: u32): void {
  prepareIpv4();
  prepareBook(ipv6Capacity);
  prepareConversations(conversationCapacity);
  prepareConnections(connectionCapacity);
  prepareOrder(connectionCapacity);
}

/** Forgets everything that was read, but for what is kept. */
export function begin(): void {
  clearStage();
  forgetConversations();
  clear(connections);
  clearServers();
  if (!isAnyKept()) clearBook();
  clearTally();
}

/** Forgets the connections, which somebody has taken. */
export function dropConnections(): void {
  clear(connections);
  // conversations know their addresses by their numbers, and so does what is kept
  if (!isBookFull() || conversations.size > 0 || isAnyKept()) return;
  // servers are known by the numbers of their addresses
  clearServers();
  clearBook();
}

export function inputAt(): usize {
  return INPUT;
}
export function inputBytes(): usize {
  return INPUT_BYTES;
}
export function planAt(): usize {
  return PLAN;
}
/** Offset of a field of the line that stopped the scan, from the start of the input, and of its end. */
export function fieldStart(field: i32): u32 {
  return <u32>(startOf(field) - INPUT);
}
export function fieldEnd(field: i32): u32 {
  return <u32>(endOf(field) - INPUT);
}
export function conversationCount(): u32 {
  return conversations.size;
}
export function connectionCount(): u32 {
  return connections.size;
}
/** Where the addresses of the connections' entries are, 32 bits each, in order, until anything is sorted. */
export function sortConnections(): usize {
  return sorted(connections);
}
export function keptCount(): u32 {
  return kept.size;
}
/** As sortConnections. */
export function sortKept(): usize {
  return sorted(kept);
}
/** Forgets what is kept, which somebody has taken. */
export function dropKept(): void {
  clear(kept);
}
export function ipv6AddressAt(code: u32): usize {
  return ipv6At(code);
}

/** Keeps only records of a time, both ends among it, in unix seconds. */
export function keepTime(from: f64, to: f64): void {
  keepOnly(<i64>from, <i64>to);
}

export function addressTextAt(): usize {
  return ADDRESS_TEXT;
}

/** The code of the address that is so many bytes from `addressTextAt` on; below 0 when it is none. */
export function addressOf(length: u32): f64 {
  return <f64>addressAt(ADDRESS_TEXT, ADDRESS_TEXT + length);
}
