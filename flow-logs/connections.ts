import { canonicalIpv6, dotted } from "./address-text";
import type { Kernel } from "./kernel";
import { IPV4, IPV6, NEVER, PACKED, PACKED_BYTES } from "./packed-connection";

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

/** One of the kernel's tables of connections. */
export interface ConnectionTable {
  readonly size: number;
  /** Where the addresses of its entries are, in order. */
  sort(): number;
}

/**
 * The connections in one of a kernel's tables, each once, sorted by client, server, port and protocol, addresses by value and IPv4 first:
 * the same records in any order give the same list. They are read as they are asked for, one list at a time, and are there until the
 * kernel goes on.
 */
export class ConnectionList implements Iterable<Connection> {
  readonly #kernel: Kernel;
  readonly #table: ConnectionTable;
  readonly #texts: AddressTexts;
  readonly size: number;

  /** The kernel must have folded its conversations. */
  constructor(kernel: Kernel, table: ConnectionTable) {
    this.#kernel = kernel;
    this.#table = table;
    this.size = table.size;
    this.#texts = new AddressTexts(kernel);
  }

  *[Symbol.iterator](): Generator<Connection, void, undefined> {
    const first = this.#table.sort() >>> 2;
    const words = new Uint32Array(this.#kernel.memory.buffer);
    for (let index = 0; index < this.size; index++) yield this.#read(words, word(words, first + index) >>> 2);
  }

  /** The same, each as packed-connection.ts has it: in the same bytes, anew each time. */
  *packed(): Generator<Buffer, void, undefined> {
    const first = this.#table.sort() >>> 2;
    const words = new Uint32Array(this.#kernel.memory.buffer);
    const bytes = Buffer.alloc(PACKED_BYTES);
    for (let index = 0; index < this.size; index++) {
      this.#pack(words, word(words, first + index) >>> 2, bytes);
      yield bytes;
    }
  }

  #pack(words: Uint32Array, at: number, bytes: Buffer): void {
    const protocol = word(words, at + PROTOCOL_AND_FAMILIES);
    this.#packAddress(word(words, at + CLIENT), (protocol & CLIENT_IS_IPV6) !== 0, bytes, PACKED.client);
    this.#packAddress(word(words, at + SERVER), (protocol & SERVER_IS_IPV6) !== 0, bytes, PACKED.server);
    bytes.writeUInt16BE(word(words, at + PORT), PACKED.port);
    bytes.writeUInt8(protocol & 0xff, PACKED.protocol);
    bytes.writeDoubleBE(word(words, at + RECORDS), PACKED.records);
    bytes.writeDoubleBE(word(words, at + REJECTED), PACKED.rejected);
    bytes.writeDoubleBE(wide(words, at + PACKETS), PACKED.packets);
    bytes.writeDoubleBE(wide(words, at + BYTES), PACKED.bytes);
    bytes.writeUInt32BE(word(words, at + FIRST_SEEN), PACKED.firstSeen);
    bytes.writeUInt32BE(word(words, at + LAST_SEEN), PACKED.lastSeen);
  }

  #packAddress(code: number, isIpv6: boolean, bytes: Buffer, at: number): void {
    bytes[at] = isIpv6 ? IPV6 : IPV4;
    bytes.fill(0, at + 1, at + 17);
    if (!isIpv6) bytes.writeUInt32BE(code, at + 1);
    else
      for (const [index, group] of ipv6Groups(this.#kernel, code).entries())
        bytes.writeUInt16BE(group, at + 1 + 2 * index);
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

/** The eight groups of the address with this number. */
function ipv6Groups(kernel: Kernel, code: number): readonly number[] {
  const view = new DataView(kernel.memory.buffer, kernel.ipv6AddressAt(code), 16);
  return [6, 4, 2, 0, 14, 12, 10, 8].map((offset) => view.getUint16(offset, true));
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
    return isIpv6 ? canonicalIpv6(ipv6Groups(this.#kernel, code)) : dotted(code);
  }
}

function keyOf(code: number, isIpv6: boolean): number {
  return isIpv6 ? code + 2 ** 32 : code;
}
