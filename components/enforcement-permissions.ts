import type { Account } from "./account";
import { anyResource, type Statement } from "./policy-documents";

/** What an enforcement reads. */
export interface EnforcementSources {
  readonly secretArn: string;
  /** The secret's key, when it was made here. */
  readonly keyArn: string;
}

/** All that an enforcement may do to look, besides its log and traces; in an audit it may do nothing else. */
export function lookStatements({ secretArn, keyArn }: EnforcementSources): Statement[] {
  return [
    {
      sid: "ReadRules",
      actions: ["ec2:DescribeSecurityGroupRules"],
      resources: anyResource("EC2 has no resource to name for what only describes"),
    },
    { sid: "ReadPceCredentials", actions: ["secretsmanager:GetSecretValue"], resources: [secretArn] },
    { sid: "Decrypt", actions: ["kms:Decrypt"], resources: [keyArn] },
  ];
}

const AUTHORIZE = "AuthorizeSecurityGroupIngress";

/** Which rules an enforcement makes. */
export interface EnforcedRules {
  readonly groupId: string;
  /** The tag on each of them. */
  readonly tag: { readonly key: string; readonly value: string };
}

/**
 * All that an enforcement may do to make the rules what the policy says: in this group, with this tag on what it makes, and nothing
 * without it removed. EC2 asks for the group always, and for the rule itself when it is tagged or named by its id.
 */
export function changeStatements(account: Account, { groupId, tag }: EnforcedRules): Statement[] {
  const { partition, region, accountId } = account;
  const ec2 = (resource: string) => `arn:${partition}:ec2:${region}:${accountId}:${resource}`;
  const rules = [ec2("security-group-rule/*")];
  return [
    {
      sid: "ChangeTheGroup",
      actions: [`ec2:${AUTHORIZE}`, "ec2:RevokeSecurityGroupIngress"],
      resources: [ec2(`security-group/${groupId}`)],
    },
    {
      sid: "MakeTaggedRules",
      actions: [`ec2:${AUTHORIZE}`],
      resources: rules,
      conditions: { StringEquals: { [`aws:RequestTag/${tag.key}`]: tag.value } },
    },
    {
      sid: "RemoveTaggedRules",
      actions: ["ec2:RevokeSecurityGroupIngress"],
      resources: rules,
      conditions: { StringEquals: { [`aws:ResourceTag/${tag.key}`]: tag.value } },
    },
    {
      sid: "TagNewRules",
      actions: ["ec2:CreateTags"],
      resources: rules,
      conditions: { StringEquals: { "ec2:CreateAction": AUTHORIZE } },
    },
  ];
}
