import { UNREADABLE } from "./numbers";

// IPv4 addresses in dotted text, four octets at once.

const MAX_IPV4_LENGTH: usize = 15;
const DOT: u8 = 0x2e;

/** For each of the 81 ways in which four octets of one to three digits follow one another: where the digits go. */
const SHUFFLES: usize = memory.data(81 * 16);
/** And which of the digits must not be 0, for an octet of more than one. */
const LEADING: usize = memory.data(81 * 16);

/** Fills the tables. */
export function prepareIpv4(): void {
  let way: usize = 0;
  for (let a = 1; a <= 3; a++) {
    for (let b = 1; b <= 3; b++) {
      for (let c = 1; c <= 3; c++) {
        for (let d = 1; d <= 3; d++) {
          let digit = prepareOctet(way, 0, 0, a);
          digit = prepareOctet(way, 1, digit, b);
          digit = prepareOctet(way, 2, digit, c);
          prepareOctet(way, 3, digit, d);
          // nothing there: a shuffle from beyond its input gives 0
          for (let lane: usize = 12; lane < 16; lane++) store<u8>(SHUFFLES + (way << 4) + lane, 0xff);
          way++;
        }
      }
    }
  }
}

// lanes 0 to 3 are the hundreds of the four octets, the last octet first as the bits of an address have it; 4 to 7 the tens, 8 to 11 the ones
function prepareOctet(way: usize, octet: i32, first: i32, digits: i32): i32 {
  for (let place = 0; place < 3; place++) {
    const lane = (way << 4) + <usize>(place * 4 + 3 - octet);
    const digit = place - (3 - digits);
    store<u8>(SHUFFLES + lane, digit < 0 ? 0xff : <u8>(first + digit));
    store<u8>(LEADING + lane, digits > 1 && digit === 0 ? 0xff : 0);
  }
  return first + digits + 1;
}

/** The 32 bits of an IPv4 address, or UNREADABLE: leading zeros are, since 010 is 8 to some readers and 10 to others. */
export function ipv4(start: usize, end: usize): i64 {
  const length = end - start;
  if (length > MAX_IPV4_LENGTH) return UNREADABLE;
  const text = v128.load(start);
  let dots = i8x16.bitmask(i8x16.eq(text, i8x16.splat(DOT))) & ((1 << (<i32>length)) - 1);
  if (popcnt(dots) !== 3) return UNREADABLE;
  const first = ctz(dots);
  dots &= dots - 1;
  const second = ctz(dots);
  const third = 31 - clz(dots);
  const a = first - 1;
  const b = second - first - 2;
  const c = third - second - 2;
  const d = <i32>length - third - 2;
  // an octet of no digit is below 0, one of four above 2
  if (<u32>a > 2 || <u32>b > 2 || <u32>c > 2 || <u32>d > 2) return UNREADABLE;

  const way = (<usize>(a * 27 + b * 9 + c * 3 + d)) << 4;
  const digits = i8x16.swizzle(i8x16.sub(text, i8x16.splat(0x30)), v128.load(SHUFFLES + way));
  const above = i8x16.gt_u(digits, i8x16.splat(9));
  const leadingZeros = v128.and(i8x16.eq(digits, i8x16.splat(0)), v128.load(LEADING + way));
  if (v128.any_true(v128.or(above, leadingZeros))) return UNREADABLE;

  // hundreds, tens and ones of all four octets at once, in 16 bits each
  const hundreds = spread(i32x4.extract_lane(digits, 0));
  const tens = spread(i32x4.extract_lane(digits, 1));
  const octets = hundreds * 100 + tens * 10 + spread(i32x4.extract_lane(digits, 2));
  if ((octets & 0xff00ff00ff00ff00) !== 0) return UNREADABLE;
  return gather(octets);
}

// four bytes to the lower halves of 16 bits, and back
function spread(bytes: u32): u64 {
  const halves = (<u64>bytes | ((<u64>bytes) << 16)) & 0x0000ffff0000ffff;
  return (halves | (halves << 8)) & 0x00ff00ff00ff00ff;
}

function gather(octets: u64): u32 {
  const halves = (octets | (octets >> 8)) & 0x0000ffff0000ffff;
  return <u32>(halves | (halves >> 16));
}
