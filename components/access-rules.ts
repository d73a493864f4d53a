/** The groups that traffic is decided by. */
export type GroupName =
  | "bastion"
  | "client-vpn"
  | "clients"
  | "database"
  | "database-users"
  | "endpoints"
  | "forwarder"
  | "front-door"
  | "target-sync";

/** Who connects: a group, or an IPv4 network. */
export type Origin = { readonly group: GroupName } | { readonly cidr: string };

/** What is connected to: a group, an IPv4 network, or S3's addresses in the region. */
export type Peer = Origin | { readonly prefixList: "s3" };

/** One thing that may connect to another on one TCP port, one of the two a group at least. Between two groups it takes a rule in both. */
export interface AccessRule {
  readonly from: Origin;
  readonly to: Peer;
  readonly port: number;
  /** Reaches AWS as the rule's description. */
  readonly because: string;
}

/** What the table is made for. */
export interface AccessRuleArgs {
  readonly databasePort: number;
  /** The forwarder inside the VPC; absent when it runs outside, where no group reaches it. */
  readonly forwarder?: {
    readonly pcePort: number;
    readonly pceCidrs: readonly string[];
    /** Whether flow logs are in S3. */
    readonly readsS3: boolean;
  };
  /** The load balancer before the database, and whether its target sync is inside the VPC; absent when there is none. */
  readonly frontDoor?:
    | { readonly port: number; readonly allowedCidrs: readonly string[]; readonly syncInVpc: boolean }
    | undefined;
  /** Whether there is a host that people get to the database through. @default false */
  readonly hasBastion?: boolean;
  /** Whether there is a Client VPN endpoint. @default false */
  readonly hasClientVpn?: boolean;
  /** The VPC's network, when it has interface endpoints: private DNS leads everybody in it to them. @default - it has none */
  readonly endpointClients?: string | undefined;
  /** The function that makes the database's users; absent when there is none. */
  readonly databaseUsers?: { readonly secretsThrough: WayToSecrets } | undefined;
}

/** How a function in the VPC gets to Secrets Manager: through NAT, or through an endpoint where there is none. */
export type WayToSecrets = "nat" | "endpoint";

/** The way that a network has. */
export function wayToSecrets(nat: "none" | "single" | "per-zone"): WayToSecrets {
  return nat === "none" ? "endpoint" : "nat";
}

const ANYWHERE: Peer = { cidr: "0.0.0.0/0" };

/** What each group is, as its description says in AWS. */
export const GROUP_DESCRIPTIONS: Readonly<Record<GroupName, string>> = {
  bastion: "The bastion: nothing connects to it, it connects to the database",
  "client-vpn": "People on the VPN: may connect to the database and nothing else",
  clients: "Whoever holds this group may connect to the database",
  database: "The database: reached by clients, reaches nothing",
  "database-users": "The function for database users: makes them, changes their passwords",
  endpoints: "Interface endpoints: services of AWS, inside the VPC",
  forwarder: "The flow forwarder: reads flow logs, sends them to the PCE",
  "front-door": "The load balancer: lets the allowed networks through to the database",
  "target-sync": "The target sync: looks for the primary, tells the load balancer",
};

/**
 * Every connection that a security group allows. Nothing connects out of the database's group, and nothing in by address: the front
 * door's group stands for its clients, also where the load balancer preserves their addresses.
 */
export function accessRules(args: AccessRuleArgs): readonly AccessRule[] {
  const { databasePort, forwarder, frontDoor, databaseUsers } = args;
  const database: Peer = { group: "database" };
  const rules: readonly AccessRule[] = [
    { from: { group: "clients" }, to: database, port: databasePort, because: "Queries of applications" },
    ...(forwarder === undefined ? [] : forwarderRules(forwarder)),
    ...(frontDoor === undefined ? [] : frontDoorRules(frontDoor, databasePort)),
    ...peopleRules(args),
    ...(databaseUsers === undefined ? [] : databaseUsersRules(databaseUsers.secretsThrough, databasePort)),
  ];
  // a PCE anywhere on port 443 asks for a rule that is there already, which AWS would refuse
  return rules.filter((rule, index) => rules.findIndex((other) => ruleKey(other) === ruleKey(rule)) === index);
}

function forwarderRules({ pcePort, pceCidrs, readsS3 }: NonNullable<AccessRuleArgs["forwarder"]>): AccessRule[] {
  const from: Origin = { group: "forwarder" };
  const toS3: AccessRule = {
    from,
    to: { prefixList: "s3" },
    port: 443,
    because: "Reading flow logs, through the S3 endpoint",
  };
  return [
    ...(readsS3 ? [toS3] : []),
    // Secrets Manager has no prefix list, and EC2, which knows the formats of flow logs in a log group, neither. Queue, logs and metrics
    // need no rule: Lambda sees to them outside the VPC
    { from, to: ANYWHERE, port: 443, because: "Reading the PCE credentials, through NAT" },
    ...pceCidrs.map((cidr): AccessRule => ({ from, to: { cidr }, port: pcePort, because: "Sending flows to the PCE" })),
  ];
}

function frontDoorRules(
  { port, allowedCidrs, syncInVpc }: NonNullable<AccessRuleArgs["frontDoor"]>,
  databasePort: number,
): AccessRule[] {
  const door: Origin = { group: "front-door" };
  const sync: AccessRule = {
    from: { group: "target-sync" },
    to: ANYWHERE,
    port: 443,
    because: "Asking EC2 and Elastic Load Balancing, through NAT",
  };
  return [
    ...allowedCidrs.map(
      (cidr): AccessRule => ({ from: { cidr }, to: door, port, because: "Clients of the front door" }),
    ),
    { from: door, to: { group: "database" }, port: databasePort, because: "Queries and health checks, front door" },
    ...(syncInVpc ? [sync] : []),
  ];
}

function peopleRules({ databasePort, hasBastion, hasClientVpn, endpointClients }: AccessRuleArgs): AccessRule[] {
  const bastion: Origin = { group: "bastion" };
  const database: Peer = { group: "database" };
  const endpoints: Peer = { group: "endpoints" };
  return [
    ...(hasBastion
      ? [
          { from: bastion, to: database, port: databasePort, because: "Queries of people, through a session" },
          { from: bastion, to: endpoints, port: 443, because: "Sessions, their logs and their key" },
        ]
      : []),
    ...(hasClientVpn
      ? [
          {
            from: { group: "client-vpn" },
            to: database,
            port: databasePort,
            because: "Queries of people on the VPN",
          } as const,
        ]
      : []),
    // not only for whom the endpoints are made: without this rule the others would lose the service that they reach through NAT
    ...(endpointClients === undefined
      ? []
      : [
          {
            from: { cidr: endpointClients },
            to: endpoints,
            port: 443,
            because: "Private DNS leads the VPC to the endpoints",
          },
        ]),
  ];
}

function databaseUsersRules(secretsThrough: WayToSecrets, databasePort: number): AccessRule[] {
  const from: Origin = { group: "database-users" };
  const because = secretsThrough === "nat" ? "Reading and writing secrets, through NAT" : "Reading and writing secrets";
  return [
    { from, to: { group: "database" }, port: databasePort, because: "Making users" },
    { from, to: secretsThrough === "nat" ? ANYWHERE : { group: "endpoints" }, port: 443, because },
  ];
}

/** The groups that the rules name, each once. */
export function groupsOf(rules: readonly AccessRule[]): readonly GroupName[] {
  const ends = rules.flatMap(({ from, to }): readonly Peer[] => [from, to]);
  return [...new Set(ends.flatMap((end) => ("group" in end ? [end.group] : [])))];
}

/** What a rule is called among the rules of a stack. Stable: made of what the rule allows, not of its place in the table. */
export function ruleKey({ from, to, port }: AccessRule): string {
  return `${nameOf(from)}-to-${nameOf(to)}-${port}`;
}

function nameOf(peer: Peer): string {
  return "group" in peer ? peer.group : "cidr" in peer ? peer.cidr.replace("/", "-") : peer.prefixList;
}
