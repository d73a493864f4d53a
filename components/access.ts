import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  type AccessRule,
  type AccessRuleArgs,
  accessRules,
  GROUP_DESCRIPTIONS,
  type GroupName,
  groupsOf,
  type Peer,
  ruleKey,
} from "./access-rules";

/** Who is to be let in where. */
export interface AccessArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly databasePort: number;
  /** @default - no group for the forwarder, which then runs outside the VPC */
  readonly forwarder?: {
    readonly pcePort: number;
    /** Where in the internet, or beyond a VPN, the PCE is. */
    readonly pceCidrs: readonly string[];
    /** Absent: it reads nothing from S3. */
    readonly s3PrefixListId?: pulumi.Input<string>;
  };
  /** @default - no group for a load balancer, nor for its target sync */
  readonly frontDoor?: AccessRuleArgs["frontDoor"];
  /** The ways in for people, and what those need. @default - none of them */
  readonly people?: Pick<AccessRuleArgs, "hasBastion" | "hasClientVpn" | "endpointClients">;
  /** @default - no group for the function that makes users */
  readonly databaseUsers?: AccessRuleArgs["databaseUsers"];
}

type Groups = Readonly<Partial<Record<GroupName, aws.ec2.SecurityGroup>>>;

/**
 * Every security group of the stack and every rule, made from the table in access-rules.ts. The groups hold no rules of their own, so
 * that table is all there is; AWS's first rule of a new group, everything out, is revoked.
 */
export class Access extends pulumi.ComponentResource {
  /** Whatever holds this group may connect to the database. */
  readonly clientGroupId: pulumi.Output<string>;
  /** The database's own, without any egress rule. */
  readonly databaseGroupId: pulumi.Output<string>;
  /** Every group by its name: those that no rule of the table names are absent. */
  readonly groupIds: Readonly<Partial<Record<GroupName, pulumi.Output<string>>>>;

  constructor(name: string, args: AccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:network:Access", name, {}, opts);

    const rules = rulesOf(args);
    const clients = this.group(name, "clients", args.vpcId);
    const database = this.group(name, "database", args.vpcId);
    const others = groupsOf(rules).filter((group) => group !== "clients" && group !== "database");
    const made = others.map((group) => [group, this.group(name, group, args.vpcId)] as const);
    const groups: Groups = { clients, database, ...Object.fromEntries(made) };
    for (const rule of rules) this.rule(name, rule, groups, args.forwarder?.s3PrefixListId);

    this.clientGroupId = clients.id;
    this.databaseGroupId = database.id;
    this.groupIds = Object.fromEntries(Object.entries(groups).map(([group, { id }]) => [group, id]));
    this.registerOutputs({ groupIds: this.groupIds });
  }

  private group(name: string, group: GroupName, vpcId: pulumi.Input<string>): aws.ec2.SecurityGroup {
    const groupName = `${name}-${group}`;
    return new aws.ec2.SecurityGroup(
      groupName,
      // groups that name each other could otherwise not be deleted
      { vpcId, description: GROUP_DESCRIPTIONS[group], revokeRulesOnDelete: true, tags: { Name: groupName } },
      { parent: this },
    );
  }

  private rule(name: string, rule: AccessRule, groups: Groups, s3PrefixListId: pulumi.Input<string> | undefined): void {
    const { from, to, port, because } = rule;
    const ruleName = `${name}-${ruleKey(rule)}`;
    const traffic = {
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      description: because,
      tags: { Name: ruleName },
    };
    const far = (peer: Peer) => farEnd(peer, groups, s3PrefixListId);
    if ("group" in from) {
      const securityGroupId = groupOf(groups, from.group).id;
      new aws.vpc.SecurityGroupEgressRule(
        `${ruleName}-out`,
        { ...traffic, securityGroupId, ...far(to) },
        { parent: this },
      );
    }
    if ("group" in to) {
      const securityGroupId = groupOf(groups, to.group).id;
      new aws.vpc.SecurityGroupIngressRule(
        `${ruleName}-in`,
        { ...traffic, securityGroupId, ...far(from) },
        { parent: this },
      );
    }
  }
}

function rulesOf({ databasePort, forwarder, frontDoor, databaseUsers, people }: AccessArgs): readonly AccessRule[] {
  const readsS3 = forwarder?.s3PrefixListId !== undefined;
  return accessRules({
    ...people,
    databasePort,
    frontDoor,
    databaseUsers,
    ...(forwarder && { forwarder: { ...forwarder, readsS3 } }),
  });
}

// exactly one of the inputs that name a rule's other end
function farEnd(
  peer: Peer,
  groups: Groups,
  s3PrefixListId: pulumi.Input<string> | undefined,
): Pick<aws.vpc.SecurityGroupEgressRuleArgs, "referencedSecurityGroupId" | "cidrIpv4" | "prefixListId"> {
  if ("group" in peer) return { referencedSecurityGroupId: groupOf(groups, peer.group).id };
  if ("cidr" in peer) return { cidrIpv4: peer.cidr };
  if (s3PrefixListId === undefined)
    throw new Error("the table of access rules names S3's prefix list, which was not given");
  return { prefixListId: s3PrefixListId };
}

function groupOf(groups: Groups, name: GroupName): aws.ec2.SecurityGroup {
  const group = groups[name];
  if (group === undefined)
    throw new Error(`the table of access rules names the group ${name}, which this stack doesn't make`);
  return group;
}
