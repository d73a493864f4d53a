import type { LifecycleRule, LifecycleRuleFilter, TransitionStorageClass } from "@aws-sdk/client-s3";
import { DeleteBucketLifecycleCommand, PutBucketLifecycleConfigurationCommand } from "@aws-sdk/client-s3";
import type * as aws from "@pulumi/aws";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError } from "../resource-type";
import { tagList } from "../tags";
import { bucketPart } from "./bucket-part";

type Rule = NonNullable<Plain<aws.s3.BucketLifecycleConfigurationArgs>["rules"]>[number];

const lifecycle = bucketPart<aws.s3.BucketLifecycleConfigurationArgs>({
  put: async ({ bucket: Bucket, rules = [] }, { aws: { s3 } }) => {
    const LifecycleConfiguration = { Rules: rules.map(lifecycleRule) };
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  },
  remove: async ({ bucket: Bucket }, { aws: { s3 } }) => s3.send(new DeleteBucketLifecycleCommand({ Bucket })),
});

function lifecycleRule(rule: Rule): LifecycleRule {
  const { expiration, noncurrentVersionExpiration: noncurrent, abortIncompleteMultipartUpload: abort } = rule;
  const actions = [expiration, noncurrent, abort, rule.transitions?.[0], rule.noncurrentVersionTransitions?.[0]];
  if (actions.every((each) => each === undefined)) {
    throw new RefusedError("InvalidRequest", `lifecycle rule ${rule.id} does nothing; give it an action`);
  }
  return {
    ID: rule.id,
    Status: rule.status === "Enabled" ? "Enabled" : "Disabled",
    Filter: filterOf(rule),
    Expiration: expiration && {
      Days: expiration.days,
      Date: expiration.date === undefined ? undefined : new Date(expiration.date),
      ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker,
    },
    NoncurrentVersionExpiration: noncurrent && {
      NoncurrentDays: noncurrent.noncurrentDays,
      NewerNoncurrentVersions: noncurrent.newerNoncurrentVersions,
    },
    AbortIncompleteMultipartUpload: abort && { DaysAfterInitiation: abort.daysAfterInitiation },
    Transitions: rule.transitions?.map((each) => ({
      Days: each.days,
      StorageClass: each.storageClass as TransitionStorageClass,
    })),
    NoncurrentVersionTransitions: rule.noncurrentVersionTransitions?.map((each) => ({
      NoncurrentDays: each.noncurrentDays,
      StorageClass: each.storageClass as TransitionStorageClass,
    })),
  };
}

function filterOf({ filter, prefix }: Rule): LifecycleRuleFilter {
  if (filter?.and !== undefined) return { And: { Prefix: filter.and.prefix, Tags: tagList(filter.and.tags) } };
  if (filter?.tag !== undefined) return { Tag: { Key: filter.tag.key, Value: filter.tag.value } };
  return { Prefix: filter?.prefix ?? prefix ?? "" };
}

/** Lifecycle rules of buckets. */
export const LIFECYCLE_TYPES: ResourceTypes = {
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lifecycle,
};
