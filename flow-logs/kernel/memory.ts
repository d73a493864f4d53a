// The kernel's memory, from the bottom: static data that AssemblyScript places, the input, then the tables, each with all the room that it
// may ever take. Room that nothing has touched costs nothing: the system gives a page its memory on the first write.

/** What vector loads may read beyond the end of the input, and numbers before its start. */
const SLACK: usize = 64;

const PAGE: usize = 65_536;

let top: usize = (__heap_base + SLACK + 63) & ~63;

/** Bytes of whole lines that one scan can take. */
export const INPUT_BYTES: usize = 384 * 1024;

/** Where the input begins. */
export const INPUT: usize = reserve(INPUT_BYTES + SLACK);

/** So many bytes that nothing else uses, all zero, on a cache line of their own. */
export function reserve(bytes: usize): usize {
  const from = top;
  top = (top + bytes + 63) & ~63;
  const missing = <i32>((top + PAGE - 1) / PAGE) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();
  return from;
}
