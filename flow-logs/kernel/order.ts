import { compareConnections } from "./connections";
import { reserve } from "./memory";
import { entryAt, Table } from "./table";

// Merge sort, from runs of one upwards: no worst case, and no stack.

/** Room for the list twice. */
let lists: usize = 0;

/** Makes the room to sort so many connections; what there was before is given up. */
export function prepareOrder(capacity: u32): void {
  lists = reserve((<usize>capacity) << 3);
}

/** Sorts the connections of a table and says where the addresses of their entries are then, 32 bits each, in that order. */
export function sorted(connections: Table): usize {
  const size = connections.size;
  let from = lists;
  let to = from + ((<usize>size) << 2);
  for (let index: u32 = 0; index < size; index++) {
    store<u32>(from + ((<usize>index) << 2), <u32>entryAt(connections, index));
  }
  for (let run: u32 = 1; run < size; run <<= 1) {
    for (let start: u32 = 0; start < size; start += run << 1)
      merge(from, to, start, min(start + run, size), min(start + (run << 1), size));
    const merged = to;
    to = from;
    from = merged;
  }
  return from;
}

function merge(from: usize, to: usize, start: u32, middle: u32, end: u32): void {
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    const isLeft =
      left < middle &&
      (right >= end ||
        compareConnections(load<u32>(from + ((<usize>left) << 2)), load<u32>(from + ((<usize>right) << 2))) <= 0);
    store<u32>(to + ((<usize>at) << 2), load<u32>(from + ((<usize>(isLeft ? left : right)) << 2)));
    if (isLeft) left++;
    else right++;
  }
}
