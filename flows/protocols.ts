// source: IANA, "Assigned Internet Protocol Numbers"
const NAMES: ReadonlyMap<number, string> = new Map([
  [1, "icmp"],
  [2, "igmp"],
  [4, "ipv4"],
  [6, "tcp"],
  [17, "udp"],
  [33, "dccp"],
  [41, "ipv6"],
  [47, "gre"],
  [50, "esp"],
  [51, "ah"],
  [58, "ipv6-icmp"],
  [89, "ospf"],
  [103, "pim"],
  [112, "vrrp"],
  [132, "sctp"],
  [136, "udplite"],
]);

const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

/** A protocol's name as IANA has it, in small letters, or its number where there is none that people know. */
export function protocolText(protocol: number): string {
  return NAMES.get(protocol) ?? `${protocol}`;
}

/** A port, or a dash where the protocol has none. */
export function portText(port: number, protocol: number): string {
  return port === 0 && !WITH_PORTS.has(protocol) ? "-" : `${port}`;
}
