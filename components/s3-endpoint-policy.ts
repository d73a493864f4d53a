import type { Account } from "./account";
import { anyResource, policyDocument } from "./policy-documents";

/**
 * What may pass the S3 endpoint of a private network: everything with the account's own buckets, and from other buckets only reading.
 * Without a policy, the endpoint would let whoever reads the database write it to a bucket of their own. Reading stays open because
 * container layers and Amazon Linux packages come from buckets that AWS owns, under names that change.
 */
export function s3EndpointPolicy({ accountId }: Account): string {
  return policyDocument([
    {
      sid: "OwnBuckets",
      principal: { aws: "*" },
      actions: ["s3:AbortMultipartUpload", "s3:Delete*", "s3:Get*", "s3:List*", "s3:Put*", "s3:RestoreObject"],
      resources: anyResource("the condition says which: all of this account and no other"),
      conditions: { StringEquals: { "aws:ResourceAccount": accountId } },
    },
    {
      sid: "ReadOthers",
      principal: { aws: "*" },
      actions: ["s3:GetObject"],
      resources: anyResource("packages and container layers come from buckets of AWS whose names change"),
    },
  ]);
}
