import * as ipaddr from "ipaddr.js";

// ipaddr.js reads addresses; it has no way to cut a network into blocks. On numbers below 2^32 that is one addition, exact in a double
// (not in bitwise operators, which are signed).

/** An IPv4 network. */
export interface Ipv4Network {
  /** First address, as an unsigned 32-bit number. */
  readonly first: number;
  /** Prefix length, 0 to 32. */
  readonly prefix: number;
}

/**
 * Reads `a.b.c.d/n`. Host bits that are set are cleared, so comparing `formatNetwork` of the answer with the text tells whether
 * the text was canonical. Anything else is `undefined`: IPv6, hexadecimal or shortened addresses, spaces.
 */
export function parseNetwork(text: string): Ipv4Network | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(text)) return undefined;
  const [addressText = "", prefixText = ""] = text.split("/");
  const prefix = Number(prefixText);
  // leading zeros are octal to some readers and decimal to others
  if (prefix > 32 || /(^|[./])0\d/.test(text) || !ipaddr.IPv4.isValidFourPartDecimal(addressText)) return undefined;

  const address = ipaddr.IPv4.parse(addressText).octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return { first: address - (address % networkSize(prefix)), prefix };
}

/** The canonical text of a network: `10.0.0.0/16`. */
export function formatNetwork({ first, prefix }: Ipv4Network): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}

/** How many addresses a network with that prefix length holds. */
export function networkSize(prefix: number): number {
  return 2 ** (32 - prefix);
}

/** True when the whole network lies in one of RFC 1918's three ranges (10/8, 172.16/12, 192.168/16). */
export function isPrivate(network: Ipv4Network): boolean {
  return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
    .map(parseNetwork)
    .some((range) => range !== undefined && contains(range, network));
}

/** True when every address of `inner` is an address of `outer`. */
export function contains(outer: Ipv4Network, inner: Ipv4Network): boolean {
  return inner.first >= outer.first && lastOf(inner) <= lastOf(outer);
}

function lastOf(network: Ipv4Network): number {
  return network.first + networkSize(network.prefix) - 1;
}
