/** A network interface that is logged. */
export interface NetworkInterface {
  /** `eni-` and 17 hex digits. */
  readonly id: string;
  /** Its primary private address, IPv4 or IPv6. */
  readonly address: string;
  readonly subnetId: string;
  /** `-` for an interface that an AWS service owns, as RDS and transit gateways do. */
  readonly instanceId: string;
}

/** A field that AWS did not compute, or that does not apply. */
export const NOT_COMPUTED = "-";

/** One aggregated record of a flow, before it is written in some format; and who of the two is the client. */
export interface FlowRecord {
  readonly loggedAt: NetworkInterface;
  /** Addresses as the interface shows them: its own primary address on its side. */
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Addresses in the packet, behind NAT, transit gateways and pods; or NOT_COMPUTED. */
  readonly packetSource: string;
  readonly packetDestination: string;
  /** IANA number. */
  readonly protocol: number;
  /** FIN 1, SYN 2, RST 4, SYN-ACK 18, OR-ed over the interval; 0 when none of them was seen. */
  readonly tcpFlags: number;
  readonly packets: number;
  readonly bytes: number;
  /** Unix seconds. */
  readonly start: number;
  readonly end: number;
  readonly action: "ACCEPT" | "REJECT";
  /** As the interface sees it. */
  readonly direction: "ingress" | "egress";
  /** The truth that no log contains: whether the source opened the connection. */
  readonly isFromClient: boolean;
}
