import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { denyWithoutTls, type Statement } from "./policy-documents";

/** A bucket that a service of AWS writes logs into. */
export interface BucketGuardsArgs {
  readonly bucket: aws.s3.Bucket;
  /** The key of every object: the ARN, for log delivery takes neither an id nor an alias. */
  readonly keyArn: pulumi.Input<string>;
  readonly retentionDays: number;
}

// what an overwritten or deleted object can still be got back for, and what an upload that never finished is kept
const NONCURRENT_DAYS = 30;
const UNFINISHED_UPLOAD_DAYS = 7;

/**
 * Closes a bucket to the public and to ACLs, encrypts it, keeps old versions for a while, and expires objects: `${name}-public-access` and
 * so on. What is returned must be there before the bucket's policy is: S3 refuses two changes of one bucket's access at a time.
 */
export function bucketGuards(
  name: string,
  args: BucketGuardsArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { bucket } = args.bucket;
  const publicAccess = new aws.s3.BucketPublicAccessBlock(
    `${name}-public-access`,
    { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    opts,
  );
  const ownership = new aws.s3.BucketOwnershipControls(
    `${name}-ownership`,
    { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
    opts,
  );
  const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    {
      bucket,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.keyArn },
          bucketKeyEnabled: true,
        },
      ],
    },
    opts,
  );
  const versioning = new aws.s3.BucketVersioning(
    `${name}-versioning`,
    { bucket, versioningConfiguration: { status: "Enabled" } },
    opts,
  );
  new aws.s3.BucketLifecycleConfiguration(
    `${name}-lifecycle`,
    { bucket, rules: lifecycleRules(args.retentionDays) },
    // rules for old versions say nothing before there are versions
    { ...opts, dependsOn: [versioning] },
  );
  return [publicAccess, ownership, encryption, versioning];
}

function lifecycleRules(retentionDays: number) {
  const everything = { filter: { prefix: "" }, status: "Enabled" };
  return [
    {
      ...everything,
      id: "expire",
      expiration: { days: retentionDays },
      noncurrentVersionExpiration: { noncurrentDays: NONCURRENT_DAYS },
      abortIncompleteMultipartUpload: { daysAfterInitiation: UNFINISHED_UPLOAD_DAYS },
    },
    // S3 takes this only in a rule without days
    { ...everything, id: "remove-delete-markers", expiration: { expiredObjectDeleteMarker: true } },
  ];
}

/** The end of a bucket's policy: nobody comes without TLS 1.2. */
export function denyWithoutNewTls(bucketArn: string): Statement[] {
  const everything = [bucketArn, `${bucketArn}/*`];
  return [
    denyWithoutTls(["s3:*"], everything),
    {
      sid: "DenyOldTls",
      effect: "Deny",
      principal: "everyone",
      actions: ["s3:*"],
      resources: everything,
      conditions: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
    },
  ];
}
