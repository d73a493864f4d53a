import { createHash } from "node:crypto";
import {
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclCommand,
  DeleteNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  ReplaceNetworkAclAssociationCommand,
} from "@aws-sdk/client-ec2";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { canonical } from "../wire";
import type { World } from "../world";
import { arnOf } from "../world";
import { retag, tagged } from "./ec2-tags";

type InlineRule = NonNullable<Plain<aws.ec2.NetworkAclArgs>["ingress"]>[number];

const PROTOCOL_NUMBERS: Readonly<Record<string, string>> = { all: "-1", tcp: "6", udp: "17", icmp: "1" };

const networkAcl = resourceType<aws.ec2.NetworkAclArgs>({
  kind: "emulator",
  replaceOn: ["vpcId"],
  create: async (inputs, world) => {
    const { NetworkAcl: made } = await world.aws.ec2.send(
      new CreateNetworkAclCommand({ VpcId: inputs.vpcId, ...tagged("network-acl", inputs.tags) }),
    );
    const id = required(made?.NetworkAclId, "the network ACL's id");
    await putInlineRules(world, id, inputs);
    for (const subnetId of inputs.subnetIds ?? []) await associate(world, subnetId, id);
    return { id, outputs: aclOutputs(world, id, inputs) };
  },
  update: async (id, inputs, before, world) => {
    for (const [Egress, was, wanted] of directions(before, inputs)) {
      const kept = new Set(wanted.map(canonical));
      for (const rule of was.filter((each) => !kept.has(canonical(each)))) {
        await removeRule(world, id, Egress, rule.ruleNo);
      }
    }
    await putInlineRules(world, id, inputs, before);
    const wanted = inputs.subnetIds ?? [];
    for (const subnetId of (before.subnetIds ?? []).filter((each) => !wanted.includes(each)))
      await release(world, subnetId, id);
    for (const subnetId of wanted) await associate(world, subnetId, id);
    await retag(world, id, before.tags, inputs.tags);
    return aclOutputs(world, id, inputs);
  },
  delete: async (id, { subnetIds = [] }, world) => {
    for (const subnetId of subnetIds) await release(world, subnetId, id);
    await ifFound(world.aws.ec2.send(new DeleteNetworkAclCommand({ NetworkAclId: id })));
  },
});

const networkAclRule = resourceType<aws.ec2.NetworkAclRuleArgs>({
  kind: "emulator",
  // as in the AWS provider, the new rule comes first: a number that is taken is refused, unless the program asks for the other order
  create: async (inputs, world) => {
    const { networkAclId, egress = false, ruleNumber, protocol } = inputs;
    await addRule(world, networkAclId, egress, {
      ruleNo: ruleNumber,
      protocol,
      action: inputs.ruleAction,
      cidrBlock: inputs.cidrBlock,
      ipv6CidrBlock: inputs.ipv6CidrBlock,
      fromPort: inputs.fromPort ?? 0,
      toPort: inputs.toPort ?? 0,
    });
    const key = [networkAclId, ruleNumber, egress, protocol].join("-");
    return { id: `nacl-${createHash("sha256").update(key).digest().readUInt32BE(0)}`, outputs: { egress } };
  },
  delete: async (_id, { networkAclId, egress = false, ruleNumber }, world) => {
    await removeRule(world, networkAclId, egress, ruleNumber);
  },
});

const networkAclAssociation = resourceType<aws.ec2.NetworkAclAssociationArgs>({
  kind: "emulator",
  deleteBeforeReplace: true,
  create: async ({ networkAclId, subnetId }, world) => ({
    id: required(await associate(world, subnetId, networkAclId), "the association's id"),
    outputs: {},
  }),
  delete: async (_id, { networkAclId, subnetId }, world) => release(world, subnetId, networkAclId),
});

const aclOutputs = (world: World, id: string, inputs: Plain<aws.ec2.NetworkAclArgs>) => ({
  arn: arnOf(world, "ec2", `network-acl/${id}`),
  ownerId: world.account,
  subnetIds: inputs.subnetIds ?? [],
  ingress: inputs.ingress ?? [],
  egress: inputs.egress ?? [],
});

type AclRules = Pick<Plain<aws.ec2.NetworkAclArgs>, "ingress" | "egress">;

const directions = (before: AclRules, wanted: AclRules) =>
  [
    [false, before.ingress ?? [], wanted.ingress ?? []],
    [true, before.egress ?? [], wanted.egress ?? []],
  ] as const;

async function putInlineRules(world: World, id: string, wanted: AclRules, before: AclRules = {}): Promise<void> {
  for (const [egress, was, rules] of directions(before, wanted)) {
    const standing = new Set(was.map(canonical));
    for (const rule of rules.filter((each) => !standing.has(canonical(each)))) await addRule(world, id, egress, rule);
  }
}

async function addRule(
  { aws: { ec2 } }: World,
  NetworkAclId: string,
  Egress: boolean,
  rule: InlineRule,
): Promise<void> {
  if (rule.ruleNo < 1 || rule.ruleNo > 32766) {
    throw new RefusedError("InvalidParameterValue", `rule number must be 1 to 32766, got ${rule.ruleNo}`);
  }
  if (rule.cidrBlock === undefined && rule.ipv6CidrBlock === undefined) {
    throw new RefusedError(
      "MissingParameter",
      `rule ${rule.ruleNo} has no address range; give cidrBlock or ipv6CidrBlock`,
    );
  }
  const protocol = PROTOCOL_NUMBERS[rule.protocol] ?? rule.protocol;
  await ec2.send(
    new CreateNetworkAclEntryCommand({
      NetworkAclId,
      Egress,
      RuleNumber: rule.ruleNo,
      Protocol: protocol,
      RuleAction: rule.action.toLowerCase() === "allow" ? "allow" : "deny",
      CidrBlock: rule.cidrBlock,
      Ipv6CidrBlock: rule.ipv6CidrBlock,
      PortRange: protocol === "-1" ? undefined : { From: rule.fromPort, To: rule.toPort },
    }),
  );
}

async function removeRule(
  { aws: { ec2 } }: World,
  NetworkAclId: string,
  Egress: boolean,
  RuleNumber: number,
): Promise<void> {
  await ifFound(ec2.send(new DeleteNetworkAclEntryCommand({ NetworkAclId, Egress, RuleNumber })));
}

// a subnet always has exactly one ACL, so to associate is to replace
async function associate(world: World, subnetId: string, aclId: string): Promise<string | undefined> {
  const { ec2 } = world.aws;
  const ofSubnet = [{ Name: "association.subnet-id", Values: [subnetId] }];
  const { NetworkAcls: acls = [] } = await ec2.send(new DescribeNetworkAclsCommand({ Filters: ofSubnet }));
  const current = acls.flatMap((each) => each.Associations ?? []).find((each) => each.SubnetId === subnetId);
  if (current?.NetworkAclId === aclId) return current.NetworkAclAssociationId;
  const AssociationId = required(current?.NetworkAclAssociationId, `the ACL association of subnet ${subnetId}`);
  const made = await ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId: aclId }));
  return made.NewAssociationId;
}

/** Gives a subnet back to its VPC's default ACL, unless another ACL has taken it already. */
async function release(world: World, subnetId: string, aclId: string): Promise<void> {
  const { ec2 } = world.aws;
  const found = await ifFound(ec2.send(new DescribeNetworkAclsCommand({ NetworkAclIds: [aclId] })));
  const [acl] = found?.NetworkAcls ?? [];
  if (!acl?.Associations?.some((each) => each.SubnetId === subnetId)) return;
  const { NetworkAcls: defaults = [] } = await ec2.send(
    new DescribeNetworkAclsCommand({
      Filters: [
        { Name: "vpc-id", Values: [acl.VpcId ?? ""] },
        { Name: "default", Values: ["true"] },
      ],
    }),
  );
  await associate(world, subnetId, required(defaults[0]?.NetworkAclId, "the VPC's default network ACL"));
}

/** Network ACLs, their rules and which subnets they guard. */
export const NETWORK_ACL_TYPES: ResourceTypes = {
  "aws:ec2/networkAcl:NetworkAcl": networkAcl,
  "aws:ec2/networkAclRule:NetworkAclRule": networkAclRule,
  "aws:ec2/networkAclAssociation:NetworkAclAssociation": networkAclAssociation,
};
