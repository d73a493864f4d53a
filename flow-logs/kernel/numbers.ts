// Whole numbers in decimal text, eight digits at a time.

/** The field is `-`: AWS did not compute it, or it does not apply. */
export const NOT_COMPUTED: i64 = -1;

/** The field is not what its column holds. */
export const UNREADABLE: i64 = -2;

/** Digits that a number of JavaScript holds exactly; AWS's 64-bit counters stay far below. */
const MAX_DIGITS: usize = 15;

/** Two numbers of nearly every line are as long as this. */
const UNIX_SECONDS_DIGITS: usize = 10;

const ZERO: u32 = 0x30;
const ZEROS: u64 = 0x3030303030303030;
const DASH: u8 = 0x2d;

/** A whole number from 0 up, NOT_COMPUTED for `-`, and UNREADABLE for anything else or more than 15 digits. `start` < `end`. */
export function wholeNumber(start: usize, end: usize): i64 {
  const length = end - start;
  if (length <= 8) {
    const digits = lastDigits(end, length);
    if (areDigits(digits)) return decimalOf(digits);
  } else if (length === UNIX_SECONDS_DIGITS) {
    const tens = <u32>load<u8>(start) - ZERO;
    const ones = <u32>load<u8>(start + 1) - ZERO;
    const lower = lastDigits(end, 8);
    if (tens <= 9 && ones <= 9 && areDigits(lower)) return <i64>(tens * 10 + ones) * 100_000_000 + decimalOf(lower);
  } else if (length <= MAX_DIGITS) {
    const upper = lastDigits(end - 8, length - 8);
    const lower = lastDigits(end, 8);
    if (areDigits(upper) && areDigits(lower)) return decimalOf(upper) * 100_000_000 + decimalOf(lower);
  }
  return isDash(start, end) ? NOT_COMPUTED : UNREADABLE;
}

/** Whether the field is `-`. */
export function isDash(start: usize, end: usize): bool {
  return end - start === 1 && load<u8>(start) === DASH;
}

// The up to eight bytes before `end`, each less "0", and zero bytes in place of those before them: the last digit is the highest byte
function lastDigits(end: usize, count: usize): u64 {
  return (load<u64>(end - 8) ^ ZEROS) & ((<u64>-1) << ((<u64>(8 - count)) << 3));
}

// a byte above 9 has its highest bit set, by itself or after the addition, which carries nothing into the next one that isn't
function areDigits(bytes: u64): bool {
  return ((((bytes & 0x7f7f7f7f7f7f7f7f) + 0x7676767676767676) | bytes) & 0x8080808080808080) === 0;
}

// pairs, then fours, then eight: D. Lemire, "Quickly parsing eight digits"
function decimalOf(digits: u64): i64 {
  const pairs = digits * 10 + (digits >> 8);
  const odd = (pairs & 0x000000ff000000ff) * 0x000f424000000064;
  const even = ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001;
  return <i64>((odd + even) >> 32);
}
