/** The groups that traffic is decided by. */
export type GroupName = "clients" | "database" | "forwarder";

/** The far end of a rule: another group, an IPv4 network, or S3's addresses in the region. */
export type Peer = { readonly group: GroupName } | { readonly cidr: string } | { readonly prefixList: "s3" };

/** One thing that may connect to another on one TCP port. Between two groups it takes a rule in both. */
export interface AccessRule {
  readonly from: GroupName;
  readonly to: Peer;
  readonly port: number;
  /** Reaches AWS as the rule's description. */
  readonly because: string;
}

/** What the table is made for. */
export interface AccessRuleArgs {
  readonly databasePort: number;
  /** The forwarder inside the VPC; absent when it runs outside, where no group reaches it. */
  readonly forwarder?: { readonly pcePort: number; readonly pceCidrs: readonly string[] };
}

/** What each group is, as its description says in AWS. */
export const GROUP_DESCRIPTIONS: Readonly<Record<GroupName, string>> = {
  clients: "Whoever holds this group may connect to the database",
  database: "The database: reached by clients, reaches nothing",
  forwarder: "The flow forwarder: reads flow logs, sends them to the PCE",
};

/** Every connection that a security group allows. Nothing connects out of the database's group, and nothing in by address. */
export function accessRules({ databasePort, forwarder }: AccessRuleArgs): readonly AccessRule[] {
  const rules: readonly AccessRule[] = [
    { from: "clients", to: { group: "database" }, port: databasePort, because: "Queries of applications" },
    ...(forwarder === undefined ? [] : forwarderRules(forwarder.pcePort, forwarder.pceCidrs)),
  ];
  // a PCE anywhere on port 443 asks for a rule that is there already, which AWS would refuse
  return rules.filter((rule, index) => rules.findIndex((other) => ruleKey(other) === ruleKey(rule)) === index);
}

function forwarderRules(pcePort: number, pceCidrs: readonly string[]): AccessRule[] {
  return [
    { from: "forwarder", to: { prefixList: "s3" }, port: 443, because: "Reading flow logs, through the S3 endpoint" },
    // Secrets Manager has no prefix list. Queue, logs and metrics need no rule: Lambda sees to them outside the VPC
    { from: "forwarder", to: { cidr: "0.0.0.0/0" }, port: 443, because: "Reading the PCE credentials, through NAT" },
    ...pceCidrs.map(
      (cidr): AccessRule => ({ from: "forwarder", to: { cidr }, port: pcePort, because: "Sending flows to the PCE" }),
    ),
  ];
}

/** What a rule is called among the rules of a stack. Stable: made of what the rule allows, not of its place in the table. */
export function ruleKey({ from, to, port }: AccessRule): string {
  const peer = "group" in to ? to.group : "cidr" in to ? to.cidr.replace("/", "-") : to.prefixList;
  return `${from}-to-${peer}-${port}`;
}
