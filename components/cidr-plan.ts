import { formatNetwork, type Ipv4Network, networkSize, parseNetwork } from "./cidr";

/** Zone letters that the plan keeps room for. The letter is the zone's identity, whatever order zones are listed in. */
export const ZONES = ["a", "b", "c", "d"] as const;

/** One availability zone of the region, by its letter. */
export type Zone = (typeof ZONES)[number];

// in the order of their addresses; the last is kept free for a tier that nobody has thought of yet
const TIERS = ["public", "private", "database", "reserved"] as const;

/** What subnets are for: facing the internet, facing the database, holding the database, or nothing yet. */
export type Tier = (typeof TIERS)[number];

/** One subnet of the plan. */
export interface PlannedSubnet {
  readonly tier: Tier;
  readonly zone: Zone;
  readonly cidr: string;
}

/**
 * The network's 16 equal blocks, of which each tier has four neighbours, one for each zone. A subnet's block depends on its tier and its
 * letter alone, so adding or removing a zone moves no other subnet. Answers every tier of the zones asked for, each zone once.
 *
 * example: 10.0.0.0/16 -> public a 10.0.0.0/20, public b 10.0.16.0/20, ..., database a 10.0.128.0/20, ..., reserved d 10.0.240.0/20
 */
export function planSubnets(cidr: string, zones: readonly Zone[]): PlannedSubnet[] {
  const network = parent(cidr);
  return TIERS.flatMap((tier) =>
    ZONES.filter((zone) => zones.includes(zone)).map((zone) => ({
      tier,
      zone,
      cidr: block(network, 4, TIERS.indexOf(tier) * ZONES.length + ZONES.indexOf(zone)),
    })),
  );
}

/** The one block that holds a tier's subnets in all four zones: a rule about it never changes when a zone is added. */
export function tierCidr(cidr: string, tier: Tier): string {
  return block(parent(cidr), 2, TIERS.indexOf(tier));
}

function parent(cidr: string): Ipv4Network {
  const network = parseNetwork(cidr);
  if (network === undefined || network.prefix < 16 || network.prefix > 24 || formatNetwork(network) !== cidr) {
    throw new RangeError(`the network must be from /16 to /24 and written by its first address, got ${cidr}`);
  }
  return network;
}

function block({ first, prefix }: Ipv4Network, bits: number, index: number): string {
  const smaller = prefix + bits;
  return formatNetwork({ first: first + index * networkSize(smaller), prefix: smaller });
}
