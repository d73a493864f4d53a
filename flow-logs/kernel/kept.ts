import { connections } from "./connections";
import { prepareOrder } from "./order";
import { clear, entryAt, hashOf, newTable, Table } from "./table";
import * as traffic from "./traffic";

// Connections of files before, kept and added up while others are read. The forwarder keeps none: there is no table until it is asked for.

/** Every connection that is kept; an entry is as one of `connections`. */
export let kept: Table = changetype<Table>(0);

/** Makes the table, with room for so many, no fewer than there is for the connections of a file. */
export function prepareKept(capacity: u32): void {
  kept = newTable(capacity, traffic.CONNECTION_BYTES);
  // as many have to be put in order
  prepareOrder(capacity);
}

/** Whether anything is kept: then the addresses' numbers have to stay what they are. */
export function isAnyKept(): bool {
  return changetype<usize>(kept) !== 0 && kept.size > 0;
}

/** Whether the connections fit beside what is kept, should all of them be new. */
export function canKeep(): bool {
  return kept.size + connections.size <= kept.capacity;
}

/** Adds the connections to what is kept, and forgets them. There must be room: see canKeep. */
export function keepConnections(): void {
  for (let index: u32 = 0; index < connections.size; index++) {
    const entry = entryAt(connections, index);
    const one = load<u64>(entry);
    const other = load<u64>(entry, 8);
    traffic.countEntry(traffic.trafficOf(kept, one, other, hashOf(one, other)), entry);
  }
  clear(connections);
}
