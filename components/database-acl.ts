import { parseNetwork } from "./cidr";
import { tierCidr } from "./cidr-plan";

/** One rule of a network ACL: TCP, allowed. Everything without a rule is denied. */
export interface AclRule {
  readonly key: string;
  readonly direction: "in" | "out";
  readonly number: number;
  readonly cidr: string;
  readonly fromPort: number;
  readonly toPort: number;
}

/** What an ACL is made for. */
export interface DatabaseAclArgs {
  readonly networkCidr: string;
  readonly databasePort: number;
  /** The way in from outside the private tier; absent when there is none. */
  readonly frontDoor?:
    | {
        readonly exposure: "public" | "internal" | "privatelink";
        readonly allowedCidrs: readonly string[];
        readonly preserveClientIp: boolean;
      }
    | undefined;
}

// Network ACLs keep no state, so replies need a rule: to the port the client happened to choose. Linux takes 32768 and up, Windows 49152,
// Lambda and load balancers 1024 (VPC user guide, "Ephemeral ports").
const EPHEMERAL = { fromPort: 1024, toPort: 65535 };

// AWS takes 1 to 32766. Clients' numbers begin above those that are given by hand
const FIRST_CLIENT_NUMBER = 1000;

// the largest prime that fits above: neighbouring networks of one size, which is how people own them, never share a remainder
const CLIENT_NUMBERS = 31_751;

/**
 * The database tier's ACL, as a table. The private tier may ask and gets its replies; so may the front door's clients, by their own
 * addresses where the load balancer preserves them, and its health checks. Nothing else passes. A front door changes no rule that is there.
 *
 * No rule lets in replies to the database, for it opens no connections: its security group has no egress rule either. No rule is about
 * the tier itself: the standby of a Multi-AZ instance is written below the subnets, on RDS's own network. (Read replicas and Multi-AZ
 * clusters do speak PostgreSQL to each other; they would need the port within the tier. AWS documents no list of what RDS needs.)
 */
export function databaseAclRules({ networkCidr, databasePort, frontDoor }: DatabaseAclArgs): readonly AclRule[] {
  const peers: readonly Peer[] = [
    // the whole tier's block, so that a new zone changes no rule. Load balancers of the private tier are let in by it, too
    { keys: ["queries", "replies"], number: 100, cidr: tierCidr(networkCidr, "private") },
    ...frontDoorPeers(networkCidr, frontDoor),
  ];
  return peers.flatMap(({ keys: [asking, replying], number, cidr }): AclRule[] => [
    { key: asking, direction: "in", number, cidr, fromPort: databasePort, toPort: databasePort },
    { key: replying, direction: "out", number, cidr, ...EPHEMERAL },
  ]);
}

/**
 * The number of the rules about one network of clients, 1000 to 32750. It depends on that network alone, so adding or removing others
 * never renumbers it: AWS refuses a second rule of a number while the first is there, and Pulumi removes last. The price is that two
 * networks may want the same number, by chance one pair in 31,751: the settings refuse them together. An update that exchanges such a
 * network for its twin fails; it takes one update for each.
 */
export function clientRuleNumber(cidr: string): number {
  const network = parseNetwork(cidr);
  if (network === undefined)
    throw new RangeError(`clients must come from an IPv4 network such as 203.0.113.0/24, got ${cidr}`);
  const { first, prefix } = network;
  // which of the networks of its size it is, and apart from those the sizes
  const index = first / 2 ** (32 - prefix);
  return FIRST_CLIENT_NUMBER + ((index + prefix * 997) % CLIENT_NUMBERS);
}

interface Peer {
  readonly keys: readonly [asking: string, replying: string];
  readonly number: number;
  readonly cidr: string;
}

function frontDoorPeers(networkCidr: string, frontDoor: DatabaseAclArgs["frontDoor"]): Peer[] {
  // PrivateLink shows the load balancer's own addresses only
  if (frontDoor === undefined || frontDoor.exposure === "privatelink") return [];
  const health: Peer[] = [
    { keys: ["health-checks", "health-check-replies"], number: 110, cidr: tierCidr(networkCidr, "public") },
  ];
  const clients = frontDoor.allowedCidrs.map((cidr): Peer => {
    const network = cidr.replace("/", "-");
    return { keys: [`queries-from-${network}`, `replies-to-${network}`], number: clientRuleNumber(cidr), cidr };
  });
  return [...(frontDoor.exposure === "public" ? health : []), ...(frontDoor.preserveClientIp ? clients : [])];
}
