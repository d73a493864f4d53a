// The values of a flow-log line, read straight from its bytes: a string per field is what makes a parser slow.
// Each function reads `bytes` from `start` up to, not including, `end`; the field has at least one byte.

/** The field is `-`: AWS did not compute it, or it does not apply. */
export const NOT_COMPUTED = -1;

/** The field is not what its column holds. */
export const UNREADABLE = -2;

const ZERO = 0x30;
const DASH = 0x2d;
const DOT = 0x2e;

/** Digits that always fit a number exactly; AWS's INT_64 counters stay far below. */
const MAX_DIGITS = 15;

/** Says whether the field is `-`. */
export function isDash(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 1 && bytes[start] === DASH;
}

/** Says whether the field is exactly `word`. */
export function isWord(bytes: Buffer, start: number, end: number, word: Buffer): boolean {
  if (end - start !== word.length) return false;
  for (let at = 0; at < word.length; at++) {
    if (bytes[start + at] !== word[at]) return false;
  }
  return true;
}

/** A whole number from 0 up; NOT_COMPUTED for `-`; UNREADABLE for anything else, or more than 15 digits. */
export function integerAt(bytes: Buffer, start: number, end: number): number {
  if (end - start > MAX_DIGITS) return UNREADABLE;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return isDash(bytes, start, end) ? NOT_COMPUTED : UNREADABLE;
    value = value * 10 + digit;
  }
  return value;
}

/** The 32 bits of an IPv4 address as a number from 0 up; UNREADABLE for anything else, leading zeros included. */
export function ipv4At(bytes: Buffer, start: number, end: number): number {
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) {
      // 010 is 8 to some readers and 10 to others: AWS never writes it, so neither reading is right
      if (digits > 0 && octet === 0) return UNREADABLE;
      octet = octet * 10 + digit;
      digits += 1;
      if (octet > 255) return UNREADABLE;
    } else if (byte === DOT && digits > 0 && dots < 3) {
      address = (address << 8) | octet;
      octet = 0;
      digits = 0;
      dots += 1;
    } else {
      return UNREADABLE;
    }
  }
  return dots === 3 && digits > 0 ? ((address << 8) | octet) >>> 0 : UNREADABLE;
}
