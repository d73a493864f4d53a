import type { Kernel } from "./kernel";

/** Who talked to whom, on which port of the server: all conversations that agree on these four. */
export interface Connection {
  /** Dotted, or canonical IPv6 (RFC 5952). */
  readonly client: string;
  readonly server: string;
  /** The server's; 0 for protocols without ports. */
  readonly port: number;
  /** IANA protocol number: 6 is TCP, 17 UDP. */
  readonly protocol: number;
  /** Records of both directions, rejected ones included. */
  readonly records: number;
  readonly packets: number;
  readonly bytes: number;
  /** Unix seconds; undefined when the format has no `start` or no `end`. */
  readonly firstSeen: number | undefined;
  readonly lastSeen: number | undefined;
  /** How many of the records were REJECTed. */
  readonly rejected: number;
}

// An entry of the kernel's table, in 32-bit words; 64-bit counters are two of them, the lower first. See flow-logs/kernel/traffic.ts.
const CLIENT = 0;
const SERVER = 1;
const PORT = 2;
const PROTOCOL_AND_FAMILIES = 3;
const RECORDS = 4;
const REJECTED = 5;
const PACKETS = 6;
const BYTES = 8;
const FIRST_SEEN = 10;
const LAST_SEEN = 11;

const CLIENT_IS_IPV6 = 1 << 8;
const SERVER_IS_IPV6 = 1 << 9;
/** What first and last seen are when no record said. */
const NEVER = 0xffff_ffff;

/**
 * The connections in a kernel's table, each once, sorted by client, server, port and protocol, addresses by value and IPv4 first: the
 * same records in any order give the same list. They are read as they are asked for, and are there until the kernel goes on.
 */
export class ConnectionList implements Iterable<Connection> {
  readonly #kernel: Kernel;
  readonly #sortedAt: number;
  readonly #texts: AddressTexts;
  readonly size: number;

  /** The kernel must have folded its conversations. */
  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.size = kernel.connectionCount();
    this.#sortedAt = kernel.sortConnections();
    this.#texts = new AddressTexts(kernel);
  }

  *[Symbol.iterator](): Generator<Connection, void, undefined> {
    const words = new Uint32Array(this.#kernel.memory.buffer);
    const first = this.#sortedAt >>> 2;
    for (let index = 0; index < this.size; index++) yield this.#read(words, word(words, first + index) >>> 2);
  }

  #read(words: Uint32Array, at: number): Connection {
    const protocol = word(words, at + PROTOCOL_AND_FAMILIES);
    return {
      client: this.#texts.ofClient(word(words, at + CLIENT), (protocol & CLIENT_IS_IPV6) !== 0),
      server: this.#texts.ofServer(word(words, at + SERVER), (protocol & SERVER_IS_IPV6) !== 0),
      port: word(words, at + PORT),
      protocol: protocol & 0xff,
      records: word(words, at + RECORDS),
      packets: wide(words, at + PACKETS),
      bytes: wide(words, at + BYTES),
      firstSeen: known(word(words, at + FIRST_SEEN)),
      lastSeen: known(word(words, at + LAST_SEEN)),
      rejected: word(words, at + REJECTED),
    };
  }
}

function word(words: Uint32Array, at: number): number {
  return words[at] as number;
}

function wide(words: Uint32Array, at: number): number {
  return word(words, at) + word(words, at + 1) * 2 ** 32;
}

function known(seconds: number): number | undefined {
  return seconds === NEVER ? undefined : seconds;
}

/** Servers whose texts are kept at a time. A file of a database's network has a few; of whoever scans one, any number. */
const MAX_TEXTS = 4_096;

/** The addresses of one list as text, most of them made once: a text for each of a million would take 100 MB. */
class AddressTexts {
  readonly #kernel: Kernel;
  readonly #servers = new Map<number, string>();
  #client = Number.NaN;
  #clientText = "";

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** The list is sorted by its clients, so the one before is likely to be asked for again, and no other. */
  ofClient(code: number, isIpv6: boolean): string {
    const key = keyOf(code, isIpv6);
    if (key !== this.#client) {
      this.#client = key;
      this.#clientText = this.#text(code, isIpv6);
    }
    return this.#clientText;
  }

  ofServer(code: number, isIpv6: boolean): string {
    const key = keyOf(code, isIpv6);
    let text = this.#servers.get(key);
    if (text === undefined) {
      text = this.#text(code, isIpv6);
      if (this.#servers.size < MAX_TEXTS) this.#servers.set(key, text);
    }
    return text;
  }

  #text(code: number, isIpv6: boolean): string {
    return isIpv6 ? this.#canonical(code) : dotted(code);
  }

  #canonical(code: number): string {
    const view = new DataView(this.#kernel.memory.buffer, this.#kernel.ipv6AddressAt(code), 16);
    const groups = [6, 4, 2, 0, 14, 12, 10, 8].map((offset) => view.getUint16(offset, true));
    return canonicalIpv6(groups);
  }
}

function keyOf(code: number, isIpv6: boolean): number {
  return isIpv6 ? code + 2 ** 32 : code;
}

function dotted(bits: number): string {
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

/** Eight groups of 16 bits as RFC 5952 has them: small letters, no leading zeros, the longest run of zero groups left out. */
export function canonicalIpv6(groups: readonly number[]): string {
  // only what is IPv4 inside IPv6 by its prefix is written with dots
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [upper = 0, lower = 0] = groups.slice(6);
    return `::ffff:${dotted(((upper << 16) | lower) >>> 0)}`;
  }
  const [from, length] = longestZeros(groups);
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  if (length < 2) return text(groups);
  return `${text(groups.slice(0, from))}::${text(groups.slice(from + length))}`;
}

// the first of the longest runs
function longestZeros(groups: readonly number[]): readonly [from: number, length: number] {
  let best: readonly [number, number] = [0, 0];
  for (let from = 0; from < groups.length; from++) {
    let length = 0;
    while (groups[from + length] === 0) length++;
    if (length > best[1]) best = [from, length];
  }
  return best;
}
