import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type AccessRule, accessRules, GROUP_DESCRIPTIONS, type GroupName, ruleKey } from "./access-rules";

/** Who is to be let in where. */
export interface AccessArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly databasePort: number;
  /** @default - no group for the forwarder, which then runs outside the VPC */
  readonly forwarder?: {
    readonly pcePort: number;
    /** Where in the internet, or beyond a VPN, the PCE is. */
    readonly pceCidrs: readonly string[];
    readonly s3PrefixListId: pulumi.Input<string>;
  };
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
  /** Absent when the forwarder runs outside the VPC. */
  readonly forwarderGroupId?: pulumi.Output<string>;

  constructor(name: string, args: AccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:network:Access", name, {}, opts);

    const clients = this.group(name, "clients", args.vpcId);
    const database = this.group(name, "database", args.vpcId);
    const forwarder = args.forwarder && this.group(name, "forwarder", args.vpcId);
    const groups: Groups = { clients, database, ...(forwarder && { forwarder }) };
    for (const rule of accessRules(args)) this.rule(name, rule, groups, args.forwarder?.s3PrefixListId);

    this.clientGroupId = clients.id;
    this.databaseGroupId = database.id;
    if (forwarder !== undefined) this.forwarderGroupId = forwarder.id;
    this.registerOutputs({
      clientGroupId: this.clientGroupId,
      databaseGroupId: this.databaseGroupId,
      forwarderGroupId: this.forwarderGroupId,
    });
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
    const traffic = { ipProtocol: "tcp", fromPort: port, toPort: port, description: because };
    const ruleName = `${name}-${ruleKey(rule)}`;
    const near = groupOf(groups, from);
    const far = "group" in to ? groupOf(groups, to.group) : undefined;
    new aws.vpc.SecurityGroupEgressRule(
      `${ruleName}-out`,
      {
        ...traffic,
        securityGroupId: near.id,
        ...(far && { referencedSecurityGroupId: far.id }),
        ...("cidr" in to && { cidrIpv4: to.cidr }),
        ...("prefixList" in to && s3PrefixListId !== undefined && { prefixListId: s3PrefixListId }),
        tags: { Name: ruleName },
      },
      { parent: this },
    );
    if (far === undefined) return;
    new aws.vpc.SecurityGroupIngressRule(
      `${ruleName}-in`,
      { ...traffic, securityGroupId: far.id, referencedSecurityGroupId: near.id, tags: { Name: ruleName } },
      { parent: this },
    );
  }
}

function groupOf(groups: Groups, name: GroupName): aws.ec2.SecurityGroup {
  const group = groups[name];
  if (group === undefined)
    throw new Error(`the table of access rules names the group ${name}, which this stack doesn't make`);
  return group;
}
