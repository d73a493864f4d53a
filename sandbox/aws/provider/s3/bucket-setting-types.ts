import type { ObjectOwnership, ServerSideEncryption } from "@aws-sdk/client-s3";
import {
  DeleteBucketEncryptionCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketLoggingCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import type * as aws from "@pulumi/aws";
import { requireKey } from "../kms/keys";
import type { ResourceTypes } from "../resource-type";
import { bucketPart } from "./bucket-part";

const versioning = bucketPart<aws.s3.BucketVersioningArgs>({
  put: async ({ bucket: Bucket, versioningConfiguration: { status } }, { aws: { s3 } }) => {
    const Status = status === "Enabled" ? "Enabled" : "Suspended";
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  },
  // versioning can be suspended, never taken back
  remove: async ({ bucket: Bucket }, { aws: { s3 } }) =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } })),
});

const publicAccessBlock = bucketPart<aws.s3.BucketPublicAccessBlockArgs>({
  put: async (inputs, { aws: { s3 } }) =>
    s3.send(
      new PutPublicAccessBlockCommand({
        Bucket: inputs.bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: inputs.blockPublicAcls ?? false,
          BlockPublicPolicy: inputs.blockPublicPolicy ?? false,
          IgnorePublicAcls: inputs.ignorePublicAcls ?? false,
          RestrictPublicBuckets: inputs.restrictPublicBuckets ?? false,
        },
      }),
    ),
  remove: async ({ bucket: Bucket }, { aws: { s3 } }) => s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
});

const encryption = bucketPart<aws.s3.BucketServerSideEncryptionConfigurationArgs>({
  put: async ({ bucket: Bucket, rules }, world) => {
    const keys = rules.flatMap((rule) => rule.applyServerSideEncryptionByDefault?.kmsMasterKeyId ?? []);
    for (const key of keys) await requireKey(world, key, "KMS.NotFoundException");
    const Rules = rules.map(({ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled }) => ({
      ...(byDefault === undefined
        ? {}
        : {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: byDefault.sseAlgorithm as ServerSideEncryption,
              KMSMasterKeyID: byDefault.kmsMasterKeyId,
            },
          }),
      BucketKeyEnabled: bucketKeyEnabled,
    }));
    const ServerSideEncryptionConfiguration = { Rules };
    await world.aws.s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  },
  remove: async ({ bucket: Bucket }, { aws: { s3 } }) => s3.send(new DeleteBucketEncryptionCommand({ Bucket })),
});

const ownershipControls = bucketPart<aws.s3.BucketOwnershipControlsArgs>({
  put: async ({ bucket: Bucket, rule }, { aws: { s3 } }) => {
    const Rules = [{ ObjectOwnership: rule.objectOwnership as ObjectOwnership }];
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules } }));
  },
  remove: async ({ bucket: Bucket }, { aws: { s3 } }) => s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket })),
});

const policy = bucketPart<aws.s3.BucketPolicyArgs>({
  json: ["policy"],
  put: async ({ bucket: Bucket, policy: document }, { aws: { s3 } }) => {
    const Policy = typeof document === "string" ? document : JSON.stringify(document);
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  },
  remove: async ({ bucket: Bucket }, { aws: { s3 } }) => s3.send(new DeleteBucketPolicyCommand({ Bucket })),
});

const logging = bucketPart<aws.s3.BucketLoggingArgs>({
  put: async ({ bucket: Bucket, targetBucket: TargetBucket, targetPrefix: TargetPrefix }, { aws: { s3 } }) => {
    const BucketLoggingStatus = { LoggingEnabled: { TargetBucket, TargetPrefix } };
    await s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus }));
  },
  remove: async ({ bucket: Bucket }, { aws: { s3 } }) =>
    s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} })),
});

/** The settings of a bucket that are resources of their own. */
export const BUCKET_SETTING_TYPES: ResourceTypes = {
  "aws:s3/bucketVersioning:BucketVersioning": versioning,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": publicAccessBlock,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": encryption,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ownershipControls,
  "aws:s3/bucketPolicy:BucketPolicy": policy,
  "aws:s3/bucketLogging:BucketLogging": logging,
};
