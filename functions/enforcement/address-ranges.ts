import ipaddr from "ipaddr.js";

// ipaddr.js reads and writes addresses; it neither joins nor cuts networks. On whole numbers that is a comparison and an addition.

/** All addresses of one family from the first to the last. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** A range that is a network: aligned, and of a power of two addresses. */
export type Block = AddressRange;

const BITS = { 4: 32, 6: 128 } as const;

/**
 * Reads `10.0.0.1`, `10.0.0.0/8` (host bits that are set are cleared) or two addresses; undefined for anything else. An IPv4 address
 * that is written as an IPv6 one is the IPv4 address.
 */
export function parseRange(from: string, to?: string): AddressRange | undefined {
  const start = parseBlock(from);
  if (to === undefined || to === "" || start === undefined) return start;
  const end = parseBlock(to);
  if (from.includes("/") || to.includes("/") || end?.family !== start.family || end.last < start.first)
    return undefined;
  return { family: start.family, first: start.first, last: end.last };
}

function parseBlock(text: string): Block | undefined {
  const [addressText = "", prefixText, more] = text.trim().split("/");
  const address = parseAddress(addressText);
  if (address === undefined || more !== undefined) return undefined;
  const { family, value, isMapped } = address;
  if (prefixText === undefined) return { family, first: value, last: value };
  if (!/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefix = Number(prefixText) - (isMapped ? 96 : 0);
  if (prefix < 0 || prefix > BITS[family]) return undefined;
  const size = 1n << BigInt(BITS[family] - prefix);
  const first = value - (value % size);
  return { family, first, last: first + size - 1n };
}

function parseAddress(text: string) {
  // ipaddr.js reads 10.1 and 0x0a000001, too, which mean something else to others
  if (text.includes(":") ? !ipaddr.IPv6.isValid(text) : !ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  // the zone of a link-local address is nobody else's business
  const written = ipaddr.parse(text.replace(/%.*$/, ""));
  const address = ipaddr.process(written.toString());
  const value = address.toByteArray().reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const family = address.kind() === "ipv4" ? (4 as const) : (6 as const);
  return { family, value, isMapped: address.kind() !== written.kind() };
}

/** The same addresses in the fewest ranges, sorted: IPv4 first. */
export function union(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const joined: AddressRange[] = [];
  for (const range of [...ranges].sort(byPlace)) {
    const before = joined.at(-1);
    if (before?.family === range.family && range.first <= before.last + 1n) {
      joined[joined.length - 1] = { ...before, last: before.last > range.last ? before.last : range.last };
    } else joined.push(range);
  }
  return joined;
}

/** The addresses of `ranges` that are in none of `taken`, in the fewest ranges. */
export function subtract(ranges: readonly AddressRange[], taken: readonly AddressRange[]): readonly AddressRange[] {
  return union(taken).reduce<readonly AddressRange[]>(
    (left, hole) => left.flatMap((range) => without(range, hole)),
    union(ranges),
  );
}

function without(range: AddressRange, hole: AddressRange): AddressRange[] {
  if (range.family !== hole.family || hole.last < range.first || hole.first > range.last) return [range];
  return [
    ...(range.first < hole.first ? [{ ...range, last: hole.first - 1n }] : []),
    ...(range.last > hole.last ? [{ ...range, first: hole.last + 1n }] : []),
  ];
}

/** Whether every address of the range is in one of the others. */
export function isCovered(range: AddressRange, others: readonly AddressRange[]): boolean {
  return subtract([range], others).length === 0;
}

/** The fewest networks that have exactly these addresses, sorted. */
export function blocksOf(ranges: readonly AddressRange[]): readonly Block[] {
  return union(ranges).flatMap(({ family, first, last }) => {
    const blocks: Block[] = [];
    for (let at = first; at <= last; ) {
      let size = 1n;
      while (at % (size * 2n) === 0n && at + size * 2n - 1n <= last) size *= 2n;
      blocks.push({ family, first: at, last: at + size - 1n });
      at += size;
    }
    return blocks;
  });
}

/** A network in CIDR notation, as EC2 writes it. */
export function cidrOf({ family, first, last }: Block): string {
  const prefix = BITS[family] - (last - first + 1n).toString(2).length + 1;
  return `${addressText(family, first)}/${prefix}`;
}

/** A range for people: a network in CIDR notation if it is one, else its first and last address. */
export function rangeText(range: AddressRange): string {
  const [only, ...more] = blocksOf([range]);
  if (only !== undefined && more.length === 0) return cidrOf(only);
  return `${addressText(range.family, range.first)}-${addressText(range.family, range.last)}`;
}

function addressText(family: 4 | 6, value: bigint): string {
  const length = BITS[family] / 8;
  const bytes = Array.from({ length }, (_, index) => Number((value >> BigInt(8 * (length - 1 - index))) & 255n));
  return ipaddr.fromByteArray(bytes).toString();
}

function byPlace(one: AddressRange, other: AddressRange): number {
  if (one.family !== other.family) return one.family - other.family;
  return one.first < other.first ? -1 : one.first > other.first ? 1 : 0;
}
