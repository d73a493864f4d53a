import type { IpPermission, SecurityGroup } from "@aws-sdk/client-ec2";
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { canonical } from "../wire";
import type { World } from "../world";
import { arnOf } from "../world";
import { retag, tagged } from "./ec2-tags";
import { requireNoInterfaces } from "./vpc-types";

type Rules = Pick<Plain<aws.ec2.SecurityGroupArgs>, "ingress" | "egress">;
type Rule = NonNullable<Rules["ingress"]>[number];

// source: EC2 API, CreateSecurityGroup: up to 255 of these
const DESCRIPTION = /^[a-zA-Z0-9. _:/()#,@[\]+=&;{}!$*-]{1,255}$/;

const securityGroup = resourceType<aws.ec2.SecurityGroupArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 255 },
  replaceOn: ["name", "namePrefix", "description", "vpcId"],
  create: async (inputs, world, self) => {
    const description = inputs.description ?? "Managed by Pulumi";
    requireDescription(description);
    const { ec2 } = world.aws;
    const made = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: inputs.name ?? self.name,
        Description: description,
        VpcId: inputs.vpcId,
        ...tagged("security-group", inputs.tags),
      }),
    );
    const id = required(made.GroupId, "the security group's id");
    // the AWS provider takes away the "allow all" egress rule that EC2 puts in
    await setRules(world, await describeGroup(world, id), inputs);
    return { id, outputs: { ...groupOutputs(world, id, inputs), description } };
  },
  update: async (id, inputs, before, world) => {
    if (canonical([inputs.ingress, inputs.egress]) !== canonical([before.ingress, before.egress])) {
      await setRules(world, await describeGroup(world, id), inputs);
    }
    await retag(world, id, before.tags, inputs.tags);
    return groupOutputs(world, id, inputs);
  },
  delete: async (id, _state, world) => {
    await requireNoInterfaces(world, "group-id", id, `security group ${id}`);
    await ifFound(world.aws.ec2.send(new DeleteSecurityGroupCommand({ GroupId: id })));
  },
});

const defaultSecurityGroup = resourceType<aws.ec2.DefaultSecurityGroupArgs>({
  kind: "emulator",
  replaceOn: ["vpcId"],
  create: async (inputs, world) => {
    const { SecurityGroups: found = [] } = await world.aws.ec2.send(
      new DescribeSecurityGroupsCommand({
        Filters: [
          { Name: "vpc-id", Values: [inputs.vpcId ?? ""] },
          { Name: "group-name", Values: ["default"] },
        ],
      }),
    );
    const group = required(found[0], `the default security group of ${inputs.vpcId ?? "the default VPC"}`);
    const id = required(group.GroupId, "the security group's id");
    await setRules(world, group, inputs);
    await retag(world, id, {}, inputs.tags);
    return { id, outputs: { ...groupOutputs(world, id, inputs), name: "default", description: group.Description } };
  },
  update: async (id, inputs, before, world) => {
    await setRules(world, await describeGroup(world, id), inputs);
    await retag(world, id, before.tags, inputs.tags);
    return groupOutputs(world, id, inputs);
  },
  // nobody can delete a VPC's default group: it goes with the VPC
  delete: async () => undefined,
});

/** Refuses a description that EC2 would refuse. */
export function requireDescription(description: string | undefined): void {
  if (description === undefined || DESCRIPTION.test(description)) return;
  throw new RefusedError(
    "InvalidParameterValue",
    `description "${description}" is not valid; up to 255 of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$* are allowed`,
  );
}

const groupOutputs = (world: World, id: string, { ingress = [], egress = [] }: Rules) => ({
  arn: arnOf(world, "ec2", `security-group/${id}`),
  ownerId: world.account,
  ingress,
  egress,
});

async function describeGroup({ aws: { ec2 } }: World, id: string): Promise<SecurityGroup> {
  const { SecurityGroups: found } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
  return required(found?.[0], `security group ${id}`);
}

async function setRules({ aws: { ec2 } }: World, group: SecurityGroup, { ingress = [], egress = [] }: Rules) {
  const { GroupId, IpPermissions: inbound = [], IpPermissionsEgress: outbound = [] } = group;
  if (inbound.length > 0) await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: inbound }));
  if (outbound.length > 0) await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: outbound }));
  const allowIn = ingress.map((rule) => permission(rule, GroupId));
  const allowOut = egress.map((rule) => permission(rule, GroupId));
  if (allowIn.length > 0) await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: allowIn }));
  if (allowOut.length > 0)
    await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: allowOut }));
}

function permission(rule: Rule, ownId: string | undefined): IpPermission {
  requireDescription(rule.description);
  const Description = rule.description;
  const groups = [...(rule.securityGroups ?? []), ...(rule.self === true && ownId !== undefined ? [ownId] : [])];
  return {
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    IpRanges: (rule.cidrBlocks ?? []).map((CidrIp) => ({ CidrIp, Description })),
    Ipv6Ranges: (rule.ipv6CidrBlocks ?? []).map((CidrIpv6) => ({ CidrIpv6, Description })),
    PrefixListIds: (rule.prefixListIds ?? []).map((PrefixListId) => ({ PrefixListId, Description })),
    UserIdGroupPairs: groups.map((GroupId) => ({ GroupId, Description })),
  };
}

/** Security groups; their separate rules are next door. */
export const SECURITY_GROUP_TYPES: ResourceTypes = {
  "aws:ec2/securityGroup:SecurityGroup": securityGroup,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": defaultSecurityGroup,
};
