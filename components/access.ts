import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  type AccessRule,
  type AccessRuleArgs,
  accessRules,
  GROUP_DESCRIPTIONS,
  type GroupName,
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
}

type Groups = Readonly<Record<GroupName, aws.ec2.SecurityGroup | undefined>>;

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
  /** Absent without a front door. */
  readonly frontDoorGroupId?: pulumi.Output<string>;
  /** Absent when the target sync runs outside the VPC. */
  readonly targetSyncGroupId?: pulumi.Output<string>;

  constructor(name: string, args: AccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:network:Access", name, {}, opts);

    const clients = this.group(name, "clients", args.vpcId);
    const database = this.group(name, "database", args.vpcId);
    const forwarder = args.forwarder && this.group(name, "forwarder", args.vpcId);
    const frontDoor = args.frontDoor && this.group(name, "front-door", args.vpcId);
    const targetSync = args.frontDoor?.syncInVpc ? this.group(name, "target-sync", args.vpcId) : undefined;
    const groups: Groups = { clients, database, forwarder, "front-door": frontDoor, "target-sync": targetSync };
    for (const rule of rulesOf(args)) this.rule(name, rule, groups, args.forwarder?.s3PrefixListId);

    this.clientGroupId = clients.id;
    this.databaseGroupId = database.id;
    if (forwarder !== undefined) this.forwarderGroupId = forwarder.id;
    if (frontDoor !== undefined) this.frontDoorGroupId = frontDoor.id;
    if (targetSync !== undefined) this.targetSyncGroupId = targetSync.id;
    this.registerOutputs({
      clientGroupId: this.clientGroupId,
      databaseGroupId: this.databaseGroupId,
      forwarderGroupId: this.forwarderGroupId,
      frontDoorGroupId: this.frontDoorGroupId,
      targetSyncGroupId: this.targetSyncGroupId,
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

function rulesOf({ databasePort, forwarder, frontDoor }: AccessArgs): readonly AccessRule[] {
  const readsS3 = forwarder?.s3PrefixListId !== undefined;
  return accessRules({ databasePort, frontDoor, ...(forwarder && { forwarder: { ...forwarder, readsS3 } }) });
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
