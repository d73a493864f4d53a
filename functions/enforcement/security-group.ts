import {
  AuthorizeSecurityGroupIngressCommand,
  type EC2Client,
  paginateDescribeSecurityGroupRules,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
  type TagSpecification,
} from "@aws-sdk/client-ec2";
import { type Block, cidrOf, parseRange } from "./address-ranges";
import type { GroupRule } from "./plan";

/** The ingress rules of one security group. */
export interface SecurityGroup {
  /** All of them, whoever made them. */
  rules(abortSignal: AbortSignal): Promise<readonly GroupRule[]>;
  /** Lets these networks in on the port, by one call: AWS does all of it or nothing. */
  authorize(blocks: readonly Block[], abortSignal: AbortSignal): Promise<void>;
  /** Removes these rules, by one call. */
  revoke(rules: readonly GroupRule[], abortSignal: AbortSignal): Promise<void>;
}

/** Which group, and how its own rules are known again. */
export interface SecurityGroupOptions {
  readonly groupId: string;
  readonly port: number;
  /** The value of `OWNER_TAG` on what is made here. */
  readonly owner: string;
}

/** The tag that tells rules that this function made from all others. */
export const OWNER_TAG = "rds-sightline:made-by";

/** For people; what a rule is, its tag says. */
const DESCRIPTION = "Client of the database, by the active policy in Illumio";

// AWS's own largest page
const PAGE_SIZE = 1_000;

/** The group in EC2. */
export function ec2SecurityGroup(ec2: EC2Client, { groupId, port, owner }: SecurityGroupOptions): SecurityGroup {
  return {
    rules: async (abortSignal) => {
      const rules: GroupRule[] = [];
      const paginator = paginateDescribeSecurityGroupRules(
        { client: ec2, pageSize: PAGE_SIZE },
        { Filters: [{ Name: "group-id", Values: [groupId] }] },
        { abortSignal },
      );
      for await (const { SecurityGroupRules: page = [] } of paginator)
        rules.push(...page.filter(({ IsEgress }) => IsEgress !== true).map((rule) => read(rule, owner)));
      return rules;
    },
    authorize: async (blocks, abortSignal) => {
      const rangesOf = (wanted: 4 | 6) => blocks.filter(({ family }) => family === wanted).map(cidrOf);
      const [ipv4, ipv6] = [rangesOf(4), rangesOf(6)];
      const permission = {
        IpProtocol: "tcp",
        FromPort: port,
        ToPort: port,
        ...(ipv4.length > 0 && { IpRanges: ipv4.map((CidrIp) => ({ CidrIp, Description: DESCRIPTION })) }),
        ...(ipv6.length > 0 && { Ipv6Ranges: ipv6.map((CidrIpv6) => ({ CidrIpv6, Description: DESCRIPTION })) }),
      };
      const tag: TagSpecification = {
        ResourceType: "security-group-rule",
        Tags: [{ Key: OWNER_TAG, Value: owner }],
      };
      const request = { GroupId: groupId, IpPermissions: [permission], TagSpecifications: [tag] };
      await ec2.send(new AuthorizeSecurityGroupIngressCommand(request), { abortSignal });
    },
    revoke: async (rules, abortSignal) => {
      const SecurityGroupRuleIds = rules.map(({ id }) => id);
      const request = { GroupId: groupId, SecurityGroupRuleIds };
      await ec2.send(new RevokeSecurityGroupIngressCommand(request), { abortSignal });
    },
  };
}

function read(rule: SecurityGroupRule, owner: string): GroupRule {
  const { SecurityGroupRuleId: id = "", IpProtocol: protocol = "", FromPort = -1, ToPort = -1, Tags = [] } = rule;
  const cidr = rule.CidrIpv4 ?? rule.CidrIpv6;
  const range = cidr === undefined ? undefined : parseRange(cidr);
  if (id === "" || (cidr !== undefined && range === undefined))
    throw new Error(`EC2 described a rule that is not understood: ${id || "without an id"}, ${cidr ?? "no network"}`);
  return {
    id,
    protocol,
    fromPort: FromPort,
    toPort: ToPort,
    isOwn: Tags.some(({ Key, Value }) => Key === OWNER_TAG && Value === owner),
    ...(range && { range }),
  };
}

/** Whether somebody changed the group since it was looked at: another look tells what is left to do. */
export function isOvertaken(error: unknown): boolean {
  return ["InvalidPermission.Duplicate", "InvalidPermission.NotFound", "InvalidSecurityGroupRuleId.NotFound"].includes(
    nameOf(error),
  );
}

/** Whether the account's quota is smaller than the one that is set. */
export function isOverQuota(error: unknown): boolean {
  return nameOf(error) === "RulesPerSecurityGroupLimitExceeded";
}

/** Whether the function may not do it: for seconds after a permission was given, IAM does not know it everywhere. */
export function isDenied(error: unknown): boolean {
  return nameOf(error) === "UnauthorizedOperation";
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
