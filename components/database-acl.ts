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

// Network ACLs keep no state, so replies need a rule: to the port the client happened to choose. Linux takes 32768 and up, Windows 49152,
// Lambda and load balancers 1024 (VPC user guide, "Ephemeral ports").
const EPHEMERAL = { fromPort: 1024, toPort: 65535 };

/**
 * The database tier's ACL, as a table. The private tier may ask and gets its replies; nothing else passes.
 *
 * No rule lets in replies to the database, for it opens no connections: its security group has no egress rule either. No rule is about
 * the tier itself: the standby of a Multi-AZ instance is written below the subnets, on RDS's own network. (Read replicas and Multi-AZ
 * clusters do speak PostgreSQL to each other; they would need the port within the tier. AWS documents no list of what RDS needs.)
 */
export function databaseAclRules(networkCidr: string, databasePort: number): readonly AclRule[] {
  // the whole tier's block, so that a new zone changes no rule
  const cidr = tierCidr(networkCidr, "private");
  return [
    { key: "queries", direction: "in", number: 100, cidr, fromPort: databasePort, toPort: databasePort },
    { key: "replies", direction: "out", number: 100, cidr, ...EPHEMERAL },
  ];
}
