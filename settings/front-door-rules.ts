import { formatNetwork, parseNetwork } from "../components/cidr";
import { clientRuleNumber } from "../components/database-acl";
import { type Problem, shown } from "./problems";
import type { Candidate, Rule } from "./rules";
import { EXPOSURES, isCanonicalNetwork } from "./values";

type FrontDoor = NonNullable<Candidate["frontDoor"]>;

// the database's ACL holds 20 rules a direction: AWS's own last one, one for each tier that asks, and these
const MOST_NETWORKS = 16;

// wider than that is no longer a network of somebody's
const SHORTEST_PREFIX = 8;

/** What must hold between the keys of a front door, and between them and others. */
export const FRONT_DOOR_RULES: readonly Rule[] = [
  {
    reads: ["frontDoor.exposure"],
    check: ({ frontDoor }) =>
      frontDoor !== undefined && frontDoor.exposure === undefined
        ? {
            what: "frontDoor.exposure",
            got: "nothing",
            allowed: `one of ${EXPOSURES.join(", ")}`,
            do: "choose one of them, or remove frontDoor",
          }
        : undefined,
  },
  {
    reads: ["frontDoor.allowedCidrs", "exceptions.openFrontDoor"],
    check: ({ frontDoor, exceptions }) =>
      frontDoor && allowedCidrsProblems(frontDoor.allowedCidrs ?? [], exceptions.openFrontDoor !== undefined),
  },
  {
    reads: ["frontDoor.exposure", "frontDoor.allowedPrincipals"],
    check: ({ frontDoor }) => frontDoor && principalsProblem(frontDoor),
  },
  {
    reads: ["frontDoor.zones", "network.zones"],
    check: ({ frontDoor, network }) => {
      const zones = frontDoor?.zones;
      if (zones === undefined || isSameSet(zones, network.zones)) return undefined;
      return {
        what: "frontDoor.zones",
        got: `${shown(zones)} with network.zones ${shown(network.zones)}`,
        allowed: "every zone that the database can be in, each once, and no other",
        do: `leave it out, or write ${shown(network.zones)}: in another zone the load balancer can't reach the database`,
      };
    },
  },
  {
    reads: ["network.nat", "frontDoor.syncInVpc"],
    check: ({ network, frontDoor }) =>
      frontDoor?.syncInVpc === true && network.nat === "none"
        ? {
            what: "frontDoor.syncInVpc",
            got: "true with network.nat none",
            allowed: "true with network.nat single or per-zone, or false",
            do: "give target-sync a way to the APIs of AWS, or leave it outside the VPC",
          }
        : undefined,
  },
];

function allowedCidrsProblems(cidrs: readonly string[], mayBeOpen: boolean): Problem[] {
  const what = "frontDoor.allowedCidrs";
  const allowed = `1 to ${MOST_NETWORKS} IPv4 networks that clients come from`;
  if (cidrs.length === 0) {
    return [{ what, got: "none", allowed, do: 'name them, for example ["203.0.113.0/24"], or remove frontDoor' }];
  }
  const tooMany = cidrs.length > MOST_NETWORKS;
  return [
    ...(tooMany ? [{ what, got: `${cidrs.length} of them`, allowed, do: "join neighbours to wider networks" }] : []),
    ...cidrs.flatMap((cidr) => networkProblem(cidr, mayBeOpen)),
    ...clashes(cidrs.filter(isCanonicalNetwork)),
  ].map((problem) => ({ what, ...problem }));
}

function networkProblem(cidr: string, mayBeOpen: boolean): Omit<Problem, "what">[] {
  const network = parseNetwork(cidr);
  const problem = { got: shown(cidr), allowed: "IPv4 networks, each written by its first address" };
  if (network === undefined) {
    const remedy = cidr.includes(":")
      ? "remove it: the network has no IPv6, so no client comes by it"
      : 'write an address and a prefix length, for example "203.0.113.7/32" for a single address';
    return [{ ...problem, do: remedy }];
  }
  const canonical = formatNetwork(network);
  if (canonical !== cidr) {
    return [{ ...problem, do: `that address lies inside ${canonical}: write ${canonical} if you mean it` }];
  }
  if (network.prefix >= SHORTEST_PREFIX || mayBeOpen) return [];
  return [
    {
      ...problem,
      allowed: `networks from /${SHORTEST_PREFIX} to /32; wider ones with a written reason in exceptions.openFrontDoor`,
      do: "name the networks that clients come from, or write to exceptions.openFrontDoor why it must be so many",
    },
  ];
}

// two networks that want one number of the ACL: the second rule would be refused by AWS, or take the place of the first
function clashes(cidrs: readonly string[]): Omit<Problem, "what">[] {
  return cidrs.flatMap((cidr, index) => {
    const others = cidrs.slice(0, index);
    if (others.includes(cidr)) {
      return [{ got: `${shown(cidr)} twice`, allowed: "each network once", do: "remove one of the two" }];
    }
    const other = others.find((earlier) => clientRuleNumber(earlier) === clientRuleNumber(cidr));
    if (other === undefined) return [];
    return [
      {
        got: `${shown(other)} and ${shown(cidr)}, whose rules of the network ACL get the same number by chance`,
        allowed: "networks whose numbers differ",
        do: "write one of the two as its two halves, or as the network of twice its size",
      },
    ];
  });
}

function principalsProblem({ exposure, allowedPrincipals }: FrontDoor): Problem | undefined {
  const what = "frontDoor.allowedPrincipals";
  if (exposure === "privatelink" && allowedPrincipals === undefined) {
    return {
      what,
      got: "nothing, with frontDoor.exposure privatelink",
      allowed: "ARNs of the AWS accounts, users or roles that may ask for an endpoint",
      do: 'for example ["arn:aws:iam::111122223333:root"]',
    };
  }
  if (exposure === undefined || exposure === "privatelink" || allowedPrincipals === undefined) return undefined;
  return {
    what,
    got: `${shown(allowedPrincipals)} with frontDoor.exposure ${exposure}`,
    allowed: "nothing, but with frontDoor.exposure privatelink",
    do: "remove it: frontDoor.allowedCidrs says who may connect",
  };
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && others.every((other) => some.includes(other));
}
