import type { IpPermission } from "@aws-sdk/client-ec2";
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import type { Plain, ResourceType, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { World } from "../world";
import { arnOf } from "../world";
import { retag, tagged } from "./ec2-tags";
import { requireDescription } from "./security-group-types";

type RuleArgs = aws.vpc.SecurityGroupIngressRuleArgs | aws.vpc.SecurityGroupEgressRuleArgs;

/** A separate rule of a security group, inbound or outbound. */
function ruleType(isEgress: boolean): ResourceType {
  return resourceType<RuleArgs>({
    kind: "emulator",
    // the AWS provider changes rules in place; the emulator can only for address ranges, so here they are replaced,
    // the old one first: two rules that differ in their description only are duplicates to EC2
    replaceOn: [
      "securityGroupId",
      "description",
      "ipProtocol",
      "fromPort",
      "toPort",
      "cidrIpv4",
      "cidrIpv6",
      "prefixListId",
      "referencedSecurityGroupId",
    ],
    deleteBeforeReplace: true,
    create: async (inputs, world) => {
      requireDescription(inputs.description);
      const request = {
        GroupId: inputs.securityGroupId,
        IpPermissions: [permission(inputs)],
        ...tagged("security-group-rule", inputs.tags),
      };
      const { ec2 } = world.aws;
      const { SecurityGroupRules: made } = isEgress
        ? await ec2.send(new AuthorizeSecurityGroupEgressCommand(request))
        : await ec2.send(new AuthorizeSecurityGroupIngressCommand(request));
      const id = required(made?.[0]?.SecurityGroupRuleId, "the rule's id");
      return { id, outputs: { arn: arnOf(world, "ec2", `security-group-rule/${id}`), securityGroupRuleId: id } };
    },
    update: async (id, inputs, before, world) => {
      await retag(world, id, before.tags, inputs.tags);
      return {};
    },
    delete: async (id, state, world) => {
      if (!(await stands(world, id, state.securityGroupId))) return;
      const request = { GroupId: state.securityGroupId, IpPermissions: [permission(state)] };
      const { ec2 } = world.aws;
      await ifFound<unknown>(
        isEgress
          ? ec2.send(new RevokeSecurityGroupEgressCommand(request))
          : ec2.send(new RevokeSecurityGroupIngressCommand(request)),
      );
    },
  });
}

async function stands({ aws: { ec2 } }: World, id: string, groupId: string): Promise<boolean> {
  const found = await ifFound(
    ec2.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [groupId] }] })),
  );
  return found?.SecurityGroupRules?.some((each) => each.SecurityGroupRuleId === id) ?? false;
}

function permission(inputs: Plain<RuleArgs>): IpPermission {
  const { description: Description, cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId } = inputs;
  const peers = [cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId].filter((each) => each !== undefined);
  if (peers.length !== 1) {
    throw new RefusedError(
      "InvalidParameterCombination",
      `a rule has exactly one of cidrIpv4, cidrIpv6, prefixListId and referencedSecurityGroupId, got ${peers.length}`,
    );
  }
  return {
    IpProtocol: inputs.ipProtocol,
    FromPort: inputs.fromPort,
    ToPort: inputs.toPort,
    IpRanges: cidrIpv4 === undefined ? undefined : [{ CidrIp: cidrIpv4, Description }],
    Ipv6Ranges: cidrIpv6 === undefined ? undefined : [{ CidrIpv6: cidrIpv6, Description }],
    PrefixListIds: prefixListId === undefined ? undefined : [{ PrefixListId: prefixListId, Description }],
    UserIdGroupPairs:
      referencedSecurityGroupId === undefined ? undefined : [{ GroupId: referencedSecurityGroupId, Description }],
  };
}

/** Separate security-group rules. */
export const SECURITY_GROUP_RULE_TYPES: ResourceTypes = {
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ruleType(false),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ruleType(true),
};
