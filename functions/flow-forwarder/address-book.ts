import { isIPv6, SocketAddress } from "node:net";
import { ipv4At, UNREADABLE } from "./field-values";
import { TupleIndex } from "./tuple-index";

/** The longest text of an IPv6 address: eight groups, the last two as an IPv4 address. */
const MAX_IPV6_LENGTH = 45;

/**
 * Gives every address a small number, the same for every spelling of it, so that the tables behind hold integers.
 * IPv6 addresses are kept in their canonical text (RFC 5952), IPv4 ones by their bits.
 */
export class AddressBook {
  readonly #ipv4 = new TupleIndex();
  readonly #ipv4Ids: number[] = [];
  /** As written, and canonical: both lead to the same number. */
  readonly #ipv6Ids = new Map<string, number>();
  /** By number: the bits of an IPv4 address, or the text of an IPv6 one. */
  readonly #entries: (number | string)[] = [];

  /** The number of the address at `start`..`end` of a line, or UNREADABLE when there is no address. */
  idAt(bytes: Buffer, start: number, end: number): number {
    const bits = ipv4At(bytes, start, end);
    return bits >= 0 ? this.#ipv4Id(bits) : this.#ipv6Id(bytes, start, end);
  }

  /** The address in text: dotted, or canonical IPv6. */
  text(id: number): string {
    const entry = this.#entries[id];
    if (entry === undefined) throw new RangeError(`no address has the number ${id}`);
    return typeof entry === "string" ? entry : dotted(entry);
  }

  /** For each address number, its place among all of them: IPv4 by value, then IPv6 by text. */
  ranks(): Int32Array {
    const order = this.#entries.map((entry, id) => ({ entry, id }));
    order.sort((a, b) => compareEntries(a.entry, b.entry));
    const ranks = new Int32Array(order.length);
    for (const [rank, { id }] of order.entries()) ranks[id] = rank;
    return ranks;
  }

  #ipv4Id(bits: number): number {
    const index = this.#ipv4.indexOf(bits | 0, 0, 0, 0);
    if (index === this.#ipv4Ids.length) this.#ipv4Ids.push(this.#entries.push(bits) - 1);
    return this.#ipv4Ids[index] as number;
  }

  #ipv6Id(bytes: Buffer, start: number, end: number): number {
    if (end - start > MAX_IPV6_LENGTH) return UNREADABLE;
    const written = bytes.toString("latin1", start, end);
    const known = this.#ipv6Ids.get(written);
    if (known !== undefined) return known;
    // a zone (fe80::1%eth0) means nothing outside the machine that wrote it
    if (!isIPv6(written) || written.includes("%")) return UNREADABLE;
    const { address } = new SocketAddress({ address: written, family: "ipv6" });
    const id = this.#ipv6Ids.get(address) ?? this.#entries.push(address) - 1;
    this.#ipv6Ids.set(written, id).set(address, id);
    return id;
  }
}

function compareEntries(a: number | string, b: number | string): number {
  if (typeof a === "number") return typeof b === "number" ? a - b : -1;
  if (typeof b === "number") return 1;
  return a < b ? -1 : Number(a > b);
}

function dotted(bits: number): string {
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}
