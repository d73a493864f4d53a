import { compareAddresses, IPV6 } from "./addresses";
import { conversations, highAddress, highPort, lowAddress, lowPort, protocolOf } from "./conversations";
import { acknowledgingSide, LOW, serverSide, UNDECIDED } from "./direction";
import { clear, entryAt, has, hashOf, indexOf, newTable, Table } from "./table";
import * as traffic from "./traffic";

// Connections: all conversations that agree on client, server, the server's port and protocol.
//
// key: client (32 bits), server (32), port (32), protocol (8), client's family (1), server's family (1)

/** Servers that a file can teach. A database's network has a few; whoever scans one gets no SYN-ACK. */
const MAX_SERVERS: u32 = 1 << 15;

/** Every connection since the last drain. */
export let connections: Table = changetype<Table>(0);

/** Address, port and protocol of everything that has sent a SYN-ACK. */
let servers: Table = changetype<Table>(0);

/** Makes the tables, with room for so many connections. */
export function prepareConnections(capacity: u32): void {
  connections = newTable(capacity, traffic.CONNECTION_BYTES);
  servers = newTable(MAX_SERVERS, 16);
}

/** Forgets which servers the file has shown. */
export function clearServers(): void {
  clear(servers);
}

/** Conversations that are folded already, while there was no room for the rest. */
let folded: u32 = 0;

/**
 * Decides the direction of every conversation and adds it to its connection; then there are no conversations. False when there is no room
 * for more connections: take those that there are, and fold on.
 */
export function foldConversations(): bool {
  if (folded === 0) {
    for (let index: u32 = 0; index < conversations.size; index++) learn(entryAt(conversations, index));
  }
  for (; folded < conversations.size; folded++) {
    if (connections.size === connections.capacity) return false;
    fold(entryAt(conversations, folded));
  }
  forgetConversations();
  return true;
}

/** Forgets every conversation. */
export function forgetConversations(): void {
  clear(conversations);
  folded = 0;
}

// only SYN-ACKs: a SYN may be a scan's, and what it goes to no server
function learn(entry: usize): void {
  const side = acknowledgingSide(load<u32>(entry, traffic.EVIDENCE));
  if (side === UNDECIDED || servers.size === servers.capacity) return;
  const address = side === LOW ? lowAddress(entry) : highAddress(entry);
  const port = side === LOW ? lowPort(entry) : highPort(entry);
  const key = serverKey(port, protocolOf(entry));
  indexOf(servers, address, key, hashOf(address, key));
}

function isKnown(address: i64, port: u32, protocol: u32): bool {
  return has(servers, address, serverKey(port, protocol));
}

function serverKey(port: u32, protocol: u32): u64 {
  return ((<u64>protocol) << 16) | port;
}

function fold(entry: usize): void {
  const low = lowAddress(entry);
  const high = highAddress(entry);
  const protocol = protocolOf(entry);
  const port = lowPort(entry);
  const other = highPort(entry);
  const evidence = load<u32>(entry, traffic.EVIDENCE);
  const side = serverSide(evidence, port, other, isKnown(low, port, protocol), isKnown(high, other, protocol));
  // "low" is an accident of the order of the lines, so where nothing else decides, the addresses themselves must
  const isLowServer = side === UNDECIDED ? compareAddresses(low, high) < 0 : side === LOW;
  const server = isLowServer ? low : high;
  const client = isLowServer ? high : low;
  const families = <u32>((client & IPV6) >> 32) | <u32>((server & IPV6) >> 31);
  const one = <u64>(<u32>client) | ((<u64>server) << 32);
  const two = <u64>(isLowServer ? port : other) | ((<u64>(protocol | (families << 8))) << 32);
  traffic.countEntry(traffic.trafficOf(connections, one, two, hashOf(one, two)), entry);
}

/** The order of two connections by client, server, port and protocol. Addresses are in order of their values. */
export function compareConnections(one: usize, other: usize): i32 {
  let order = compareAddresses(clientOf(one), clientOf(other));
  if (order === 0) order = compareAddresses(serverOf(one), serverOf(other));
  if (order === 0) order = <i32>load<u32>(one, 8) - <i32>load<u32>(other, 8);
  return order !== 0 ? order : <i32>load<u8>(one, 12) - <i32>load<u8>(other, 12);
}

function clientOf(entry: usize): i64 {
  return <i64>load<u32>(entry) | ((<i64>((load<u32>(entry, 12) >> 8) & 1)) << 32);
}
function serverOf(entry: usize): i64 {
  return <i64>load<u32>(entry, 4) | ((<i64>((load<u32>(entry, 12) >> 9) & 1)) << 32);
}
