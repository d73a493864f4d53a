import { canonicalIpv6, dotted } from "./address-text";
import type { Connection } from "./connections";

// A connection in 80 bytes, big-endian: to put it aside, and to sort it where the kernel is not. The first 37 are what it is, and the order
// of these bytes is the order of connections: for either side the family and the address in 16 bytes, IPv4 in the first four of them; the
// port; the protocol. Counters follow, as 64-bit floats, and times.

/** Bytes of a connection. */
export const PACKED_BYTES = 80;

/** Bytes that tell one connection from another, and which of two is first. */
export const KEY_BYTES = 37;

/** Where the parts are. */
export const PACKED = {
  client: 0,
  server: 17,
  port: 34,
  protocol: 36,
  records: 40,
  rejected: 48,
  packets: 56,
  bytes: 64,
  firstSeen: 72,
  lastSeen: 76,
} as const;

/** Families. */
export const IPV4 = 4;
export const IPV6 = 6;

/** What first and last seen are when no record said. */
export const NEVER = 0xffff_ffff;

const ADDRESS_BYTES = 17;
const MAX_SERVERS = 2 ** 16;

/** Reads packed connections, best in their order. */
export class Unpacker {
  #client = "";
  readonly #clientBytes = Buffer.alloc(ADDRESS_BYTES);
  readonly #servers = new Map<string, string>();

  /** The connection that is packed at the start of `bytes`. */
  unpack(bytes: Buffer): Connection {
    return {
      client: this.#clientOf(bytes),
      server: this.#serverOf(bytes),
      port: bytes.readUInt16BE(PACKED.port),
      protocol: bytes.readUInt8(PACKED.protocol),
      records: bytes.readDoubleBE(PACKED.records),
      packets: bytes.readDoubleBE(PACKED.packets),
      bytes: bytes.readDoubleBE(PACKED.bytes),
      firstSeen: timeAt(bytes, PACKED.firstSeen),
      lastSeen: timeAt(bytes, PACKED.lastSeen),
      rejected: bytes.readDoubleBE(PACKED.rejected),
    };
  }

  #clientOf(bytes: Buffer): string {
    if (this.#clientBytes.compare(bytes, 0, ADDRESS_BYTES) !== 0) {
      bytes.copy(this.#clientBytes, 0, 0, ADDRESS_BYTES);
      this.#client = addressAt(bytes, PACKED.client);
    }
    return this.#client;
  }

  #serverOf(bytes: Buffer): string {
    const key = bytes.toString("latin1", PACKED.server, PACKED.server + ADDRESS_BYTES);
    let server = this.#servers.get(key);
    if (server === undefined) {
      server = addressAt(bytes, PACKED.server);
      if (this.#servers.size === MAX_SERVERS) this.#servers.clear();
      this.#servers.set(key, server);
    }
    return server;
  }
}

/** Adds the counters of the connection at `otherAt` of `other` to those of the same one, which is packed at the start of `bytes`. */
export function addPacked(bytes: Buffer, other: Buffer, otherAt: number): void {
  for (const counter of [PACKED.records, PACKED.rejected, PACKED.packets, PACKED.bytes])
    bytes.writeDoubleBE(bytes.readDoubleBE(counter) + other.readDoubleBE(otherAt + counter), counter);
  // NEVER is the largest number, so that it is earlier than nothing
  const firstSeen = Math.min(bytes.readUInt32BE(PACKED.firstSeen), other.readUInt32BE(otherAt + PACKED.firstSeen));
  bytes.writeUInt32BE(firstSeen, PACKED.firstSeen);
  const [one, two] = [timeAt(bytes, PACKED.lastSeen), timeAt(other, otherAt + PACKED.lastSeen)];
  const lastSeen = one === undefined || two === undefined ? (one ?? two) : Math.max(one, two);
  bytes.writeUInt32BE(lastSeen ?? NEVER, PACKED.lastSeen);
}

function addressAt(bytes: Buffer, at: number): string {
  if (bytes[at] === IPV4) return dotted(bytes.readUInt32BE(at + 1));
  return canonicalIpv6(Array.from({ length: 8 }, (_, group) => bytes.readUInt16BE(at + 1 + 2 * group)));
}

function timeAt(bytes: Buffer, at: number): number | undefined {
  const seconds = bytes.readUInt32BE(at);
  return seconds === NEVER ? undefined : seconds;
}
