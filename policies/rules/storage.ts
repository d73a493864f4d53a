import { listOf, unless } from "../judging";
import type { Judged, ResourceRule, Rule, StackRule } from "../rule";
import { faultOfAccess } from "../statements";

// `BucketV2` and `…V2` are the same resources in version 6 of the provider
const twice = (kind: string): readonly string[] =>
  [kind, `${kind}V2`].map((each) => `aws:s3/${each.charAt(0).toLowerCase()}${each.slice(1)}:${each}`);

const BUCKETS = twice("Bucket");
const ENCRYPTION = twice("BucketServerSideEncryptionConfiguration");
const LIFECYCLE = twice("BucketLifecycleConfiguration");
const VERSIONING = twice("BucketVersioning");
const PUBLIC_ACCESS = ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"];
const OWNERSHIP = ["aws:s3/bucketOwnershipControls:BucketOwnershipControls"];
const POLICY = ["aws:s3/bucketPolicy:BucketPolicy"];

const FLAGS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

// counted, not matched: in a preview, which bucket a resource is for is not known yet
function forEachBucket(types: readonly string[], what: string): StackRule["judgeStack"] {
  const count = (resources: readonly Judged[], wanted: readonly string[]): number =>
    resources.filter(({ type }) => wanted.includes(type)).length;
  return (resources) => {
    const missing = count(resources, BUCKETS) - count(resources, types);
    return missing > 0 ? [`${missing} of the stack's buckets: no ${what}`] : [];
  };
}

const completeness: readonly StackRule[] = [
  {
    name: "buckets-have-public-access-blocks",
    level: "mandatory",
    row: 53,
    says: "Each bucket has a public access block of its own",
    remedy: "Add an aws.s3.BucketPublicAccessBlock",
    judgeStack: forEachBucket(PUBLIC_ACCESS, "public access block"),
  },
  {
    name: "buckets-have-encryption",
    level: "mandatory",
    row: 54,
    says: "Each bucket says how it encrypts",
    remedy: "Add an aws.s3.BucketServerSideEncryptionConfiguration",
    judgeStack: forEachBucket(ENCRYPTION, "encryption"),
  },
  {
    name: "buckets-have-policies",
    level: "mandatory",
    row: 55,
    says: "Each bucket has a policy",
    remedy: "Add an aws.s3.BucketPolicy that denies what comes without TLS",
    judgeStack: forEachBucket(POLICY, "policy"),
  },
  {
    name: "buckets-have-versions",
    level: "advisory",
    row: 56,
    says: "What is overwritten or deleted in a bucket can be had back",
    remedy: "Add an aws.s3.BucketVersioning",
    judgeStack: forEachBucket(VERSIONING, "versions"),
  },
  {
    name: "buckets-have-lifecycles",
    level: "advisory",
    row: 57,
    says: "What a bucket holds ends some day",
    remedy: "Add an aws.s3.BucketLifecycleConfiguration",
    judgeStack: forEachBucket(LIFECYCLE, "lifecycle"),
  },
  {
    name: "buckets-have-one-owner",
    level: "mandatory",
    row: 58,
    says: "A bucket's objects are all its owner's",
    remedy: "Add an aws.s3.BucketOwnershipControls with BucketOwnerEnforced",
    judgeStack: forEachBucket(OWNERSHIP, "ownership controls"),
  },
];

const each: readonly ResourceRule[] = [
  {
    name: "bucket-not-public",
    level: "mandatory",
    row: 53,
    types: PUBLIC_ACCESS,
    says: "Neither an ACL nor a policy can open a bucket to everyone",
    remedy: `Set ${FLAGS.join(", ")} to true`,
    judge: (props) => FLAGS.map((flag) => unless(props, flag, true)).find((wrong) => wrong !== undefined),
  },
  {
    name: "bucket-encrypted-with-a-key",
    level: "mandatory",
    row: 54,
    types: ENCRYPTION,
    says: "A bucket encrypts with a key of your own, and asks KMS once for many objects",
    remedy: "Set sseAlgorithm to aws:kms, kmsMasterKeyId, and bucketKeyEnabled to true",
    judge: (props) => {
      const [rule = {}] = listOf(props["rules"]);
      const [by = {}] = listOf(rule["applyServerSideEncryptionByDefault"]);
      if (!/^aws:kms/.test(String(by["sseAlgorithm"]))) return `sseAlgorithm is ${String(by["sseAlgorithm"])}`;
      return by["kmsMasterKeyId"] === undefined ? "kmsMasterKeyId is not set" : unless(rule, "bucketKeyEnabled", true);
    },
  },
  {
    name: "bucket-refuses-plain-text",
    level: "mandatory",
    row: 55,
    types: POLICY,
    says: "A bucket refuses requests without TLS, and lets nobody in without a condition",
    remedy: "Deny everyone everything where aws:SecureTransport is false",
    judge: (props) => faultOfAccess(props["policy"]),
  },
];

export const storageRules: readonly Rule[] = [...each, ...completeness];
