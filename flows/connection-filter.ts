import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import type { Connection } from "../flow-logs/connections";

/** Addresses from which a filter's answer is known. */
const MAX_KNOWN = 10_000;

/** An address, or all of a network. */
export type Network = [address: ipaddr.IPv4 | ipaddr.IPv6, prefixLength: number];

/** Ports from the first to the last, both among them. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Which connections are wanted. Of each list one has to match; an empty one lets everything through. */
export interface ConnectionFilter {
  readonly client: readonly Network[];
  readonly server: readonly Network[];
  readonly port: readonly PortRange[];
  /** Only connections with rejected records. */
  readonly rejected: boolean;
}

/** Whether a connection is wanted. */
export type IsWanted = (connection: Connection) => boolean;

/** The network of an address or a CIDR block, as of `10.0.0.0/16` or `2001:db8::1`; undefined for what is neither. */
export function networkOf(text: string): Network | undefined {
  const [, address = "", prefix] = /^([^/%]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0) return undefined;
  const bits = family === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  return length <= bits ? [ipaddr.parse(address), length] : undefined;
}

/** The ports of `5432` or `8000-8999`; undefined for what is neither. */
export function portsOf(text: string): PortRange | undefined {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last) };
  return range.first <= range.last && range.last <= 65_535 ? range : undefined;
}

/** Makes a filter of what is wanted. */
export function filterOf({ client, server, port, rejected }: ConnectionFilter): IsWanted {
  const isClient = withinAny(client);
  const isServer = withinAny(server);
  const isPort = (value: number) =>
    port.length === 0 || port.some(({ first, last }) => first <= value && value <= last);
  return (connection) =>
    (!rejected || connection.rejected > 0) &&
    isPort(connection.port) &&
    isServer(connection.server) &&
    isClient(connection.client);
}

function withinAny(networks: readonly Network[]): (address: string) => boolean {
  if (networks.length === 0) return () => true;
  const known = new Map<string, boolean>();
  return (address) => {
    let isWithin = known.get(address);
    if (isWithin === undefined) {
      const parsed = ipaddr.parse(address);
      isWithin = networks.some(
        ([network, length]) => network.kind() === parsed.kind() && parsed.match(network, length),
      );
      if (known.size === MAX_KNOWN) known.clear();
      known.set(address, isWithin);
    }
    return isWithin;
  };
}
