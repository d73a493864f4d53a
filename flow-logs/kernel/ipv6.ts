import { ipv4 } from "./ipv4";

// IPv6 addresses in the text forms of RFC 4291: eight groups, one run of zeros left out, the last two groups as an IPv4 address. A zone
// (fe80::1%eth0) means nothing outside the machine that wrote it, and is refused.

const MAX_LENGTH: usize = 45;
const MIN_LENGTH: usize = 2;
const GROUPS: usize = 8;
const COLON: u8 = 0x3a;
const DOT: u8 = 0x2e;

/** The address that `readIpv6` found: its first 64 bits, and its last. */
export let upper: u64 = 0;
export let lower: u64 = 0;

const groups: usize = memory.data(4 * 8);

/** Whether there is an IPv6 address from `start` to `end`; then it is in `upper` and `lower`. */
export function readIpv6(start: usize, end: usize): bool {
  if (end - start > MAX_LENGTH || end - start < MIN_LENGTH) return false;
  let count: usize = 0;
  // groups before the run of zeros that is left out
  let before: isize = -1;
  let at = start;
  if (load<u8>(at) === COLON) {
    if (load<u8>(at + 1) !== COLON) return false;
    before = 0;
    at += 2;
  }
  while (at < end) {
    const groupEnd = endOfGroup(at, end);
    if (groupEnd < end && load<u8>(groupEnd) === DOT) {
      const tail = ipv4(at, end);
      if (tail < 0 || count > GROUPS - 2) return false;
      store<u32>(groups + (count << 2), <u32>(tail >> 16));
      store<u32>(groups + ((count + 1) << 2), <u32>(tail & 0xffff));
      count += 2;
      at = end;
      break;
    }
    const group = hex(at, groupEnd);
    if (group < 0 || count === GROUPS) return false;
    store<u32>(groups + (count << 2), <u32>group);
    count++;
    if (groupEnd === end) break;
    if (load<u8>(groupEnd) !== COLON) return false;
    at = groupEnd + 1;
    if (at === end) return false;
    if (load<u8>(at) === COLON) {
      if (before >= 0) return false;
      before = <isize>count;
      at++;
    }
  }
  if (before < 0 ? count !== GROUPS : count >= GROUPS) return false;
  compose(count, before < 0 ? count : <usize>before);
  return true;
}

function endOfGroup(start: usize, end: usize): usize {
  let at = start;
  while (at < end && load<u8>(at) !== COLON && load<u8>(at) !== DOT) at++;
  return at;
}

function hex(start: usize, end: usize): i32 {
  if (end === start || end - start > 4) return -1;
  let value: i32 = 0;
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    // a digit, or a letter in either case
    const digit = <u32>byte - 0x30;
    const letter = (<u32>byte | 0x20) - 0x61;
    if (digit <= 9) value = (value << 4) | <i32>digit;
    else if (letter <= 5) value = (value << 4) | <i32>(letter + 10);
    else return -1;
  }
  return value;
}

function compose(count: usize, before: usize): void {
  upper = 0;
  lower = 0;
  const zeros = GROUPS - count;
  for (let place: usize = 0; place < GROUPS; place++) {
    const isLeftOut = place >= before && place < before + zeros;
    const from = place < before ? place : place - zeros;
    const group: u64 = isLeftOut ? 0 : load<u32>(groups + (from << 2));
    if (place < 4) upper = (upper << 16) | group;
    else lower = (lower << 16) | group;
  }
}
