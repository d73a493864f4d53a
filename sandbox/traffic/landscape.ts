import { isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";
import type { NetworkInterface } from "./flow-record";
import type { SeededRandom } from "./seeded-random";

/** Who can talk to whom; the same in every file of one seed. No address plays two parts, so a role is never in doubt. */
export interface Landscape {
  /** The databases' IPv4 interfaces; at least one. */
  readonly databases: readonly NetworkInterface[];
  readonly databases6: readonly NetworkInterface[];
  readonly clients: readonly NetworkInterface[];
  readonly clients6: readonly NetworkInterface[];
  /** Servers beside the database: they never open a connection. */
  readonly peers: readonly NetworkInterface[];
  /** Hosts that carry pods: their primary address is not the pods'. */
  readonly nodes: readonly NetworkInterface[];
  /** A transit gateway's interface in the VPC. */
  readonly transit: NetworkInterface;
  /** Addresses of clients behind the transit gateway. */
  readonly remoteClients: readonly string[];
}

/** What a landscape is made from. */
export interface LandscapeOptions {
  /** Addresses of the databases' interfaces, IPv4 and IPv6. */
  readonly databases: readonly string[];
  /** CIDR blocks, IPv4 and IPv6. */
  readonly clientSubnets: readonly string[];
  /** How many different clients there are, where the subnets have room. */
  readonly clients: number;
}

// RFC 3849: IPv6 traffic is there also when the caller's network has none
const DEFAULT_DATABASE6 = "2001:db8:0:d::10";
const DEFAULT_CLIENTS6 = "2001:db8:0:c::/64";
/** A network that no VPC of ours has (RFC 6598, carrier-grade NAT). */
const REMOTE_NETWORK = "100.64.0.0/16";
const ATTEMPTS_PER_ADDRESS = 20;

/** @throws RangeError when there is no IPv4 database, or the IPv4 client subnets have no room for the parts to be played. */
export function makeLandscape(options: LandscapeOptions, random: SeededRandom): Landscape {
  const databases = options.databases.filter((address) => isIPv4(address));
  // as a log writes them: shortest form, lower case
  const databases6 = options.databases
    .filter((address) => isIPv6(address))
    .map((address) => ipaddr.parse(address).toString());
  if (databases.length === 0 || databases.length + databases6.length < options.databases.length) {
    throw new RangeError(
      `databases must be IP addresses, at least one of them IPv4, got ${JSON.stringify(options.databases)}`,
    );
  }
  const subnets6 = options.clientSubnets.filter((cidr) => cidr.includes(":"));
  const subnets = options.clientSubnets.filter((cidr) => !cidr.includes(":"));
  const taken = new Set([...databases, ...databases6]);
  const take = (cidrs: readonly string[], count: number) => takeAddresses(cidrs, count, taken, random);

  const [transit, ...nodes] = take(subnets, 3);
  const peers = take(subnets, 3);
  const clients = take(subnets, options.clients);
  if (transit === undefined || peers.length < 3 || clients.length === 0) {
    throw new RangeError(
      `clientSubnets must have room for 7 hosts, got ${JSON.stringify(options.clientSubnets)}; give at least one IPv4 block of /28 or larger`,
    );
  }
  const inService = (address: string) => networkInterface(address, false, random);
  const onInstance = (address: string) => networkInterface(address, true, random);
  return {
    databases: databases.map(inService),
    databases6: (databases6.length > 0 ? databases6 : [DEFAULT_DATABASE6]).map(inService),
    clients: clients.map(onInstance),
    clients6: take(subnets6.length > 0 ? subnets6 : [DEFAULT_CLIENTS6], Math.ceil(options.clients / 4)).map(onInstance),
    peers: peers.map(onInstance),
    nodes: nodes.map(onInstance),
    transit: inService(transit),
    remoteClients: take([REMOTE_NETWORK], Math.ceil(options.clients / 4)),
  };
}

/** Up to `count` different hosts that nothing has yet; fewer when the blocks are full. */
function takeAddresses(cidrs: readonly string[], count: number, taken: Set<string>, random: SeededRandom): string[] {
  const addresses: string[] = [];
  if (cidrs.length === 0) return addresses;
  const blocks = cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
  for (let attempt = 0; attempt < count * ATTEMPTS_PER_ADDRESS && addresses.length < count; attempt += 1) {
    const address = randomHost(random.pick(blocks), random);
    if (taken.has(address)) continue;
    taken.add(address);
    addresses.push(address);
  }
  return addresses;
}

/** An address of the block; in IPv4 not one of the five that AWS keeps in every subnet. */
function randomHost([network, prefix]: [ipaddr.IPv4 | ipaddr.IPv6, number], random: SeededRandom): string {
  const bytes = network.toByteArray();
  const hostBits = bytes.length * 8 - prefix;
  let host = bytes.length === 4 ? random.integer(4, 2 ** hostBits - 2) : undefined;
  for (let index = bytes.length - 1, left = hostBits; left > 0; index -= 1, left -= 8) {
    const mask = left >= 8 ? 0xff : (1 << left) - 1;
    const fill = host === undefined ? random.integer(0, 255) : host & 0xff;
    bytes[index] = ((bytes[index] ?? 0) & ~mask & 0xff) | (fill & mask);
    if (host !== undefined) host >>>= 8;
  }
  return ipaddr.fromByteArray(bytes).toString();
}

function networkInterface(address: string, isOnInstance: boolean, random: SeededRandom): NetworkInterface {
  return {
    id: `eni-${random.hex(17)}`,
    address,
    subnetId: `subnet-${random.hex(17)}`,
    instanceId: isOnInstance ? `i-${random.hex(17)}` : "-",
  };
}
