import type { Account } from "./account";
import { logGroups, THIS_KEY, through } from "./key-uses";
import { onBehalfOf, type Statement } from "./policy-documents";

/**
 * The audit trail's key: written by CloudTrail for this trail alone, read through S3 by whom IAM allows (CloudTrail guide, "Configure AWS KMS
 * key policies for CloudTrail").
 */
export function trailKeyUses(account: Account, trailName: string, logGroupName: string): Statement[] {
  const trail = trailArn(account, trailName);
  const cloudTrail = {
    principal: { service: "cloudtrail.amazonaws.com" },
    resources: THIS_KEY,
    conditions: onBehalfOf(account.accountId, trail),
  };
  return [
    {
      ...cloudTrail,
      sid: "TrailEncrypts",
      actions: ["kms:GenerateDataKey*"],
      conditions: { ...cloudTrail.conditions, StringLike: { "kms:EncryptionContext:aws:cloudtrail:arn": trail } },
    },
    // it reads back what a bucket key is asked for
    { ...cloudTrail, sid: "TrailChecks", actions: ["kms:Decrypt", "kms:DescribeKey"] },
    through(account, "s3", "ReadersThroughS3", ["kms:Decrypt"]),
    logGroups(account, [logGroupName]),
  ];
}

/** The ARN of a trail that may not exist yet. */
export function trailArn({ partition, region, accountId }: Account, name: string): string {
  return `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${name}`;
}
