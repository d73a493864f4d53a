import type { BucketLocationConstraint } from "@aws-sdk/client-s3";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  PutBucketTaggingCommand,
} from "@aws-sdk/client-s3";
import type * as aws from "@pulumi/aws";
import { ifFound } from "../found";
import type { ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { tagList } from "../tags";
import type { World } from "../world";

// source: S3 user guide, "General purpose bucket naming rules"
const BUCKET_NAME =
  /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?<!-s3alias|--ol-s3|--x-s3)$/;

const bucket = resourceType<aws.s3.BucketArgs>({
  kind: "emulator",
  autoname: { property: "bucket", maxLength: 63, lowerCase: true },
  replaceOn: ["bucket", "bucketPrefix", "objectLockEnabled"],
  create: async (inputs, world, { name }) => {
    const Bucket = inputs.bucket ?? name;
    requireBucketName(Bucket);
    requireSeparateParts(inputs);
    // us-east-1 is the one region that must not be named
    const LocationConstraint = world.region as BucketLocationConstraint;
    const elsewhere = world.region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint } };
    await world.aws.s3.send(
      new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: inputs.objectLockEnabled, ...elsewhere }),
    );
    await setTags(world, Bucket, inputs.tags);
    return {
      id: Bucket,
      outputs: {
        bucket: Bucket,
        arn: `arn:aws:s3:::${Bucket}`,
        bucketDomainName: `${Bucket}.s3.amazonaws.com`,
        bucketRegionalDomainName: `${Bucket}.s3.${world.region}.amazonaws.com`,
        bucketRegion: world.region,
        forceDestroy: inputs.forceDestroy ?? false,
        objectLockEnabled: inputs.objectLockEnabled ?? false,
      },
    };
  },
  update: async (id, inputs, _before, world) => {
    requireSeparateParts(inputs);
    await setTags(world, id, inputs.tags);
    return { forceDestroy: inputs.forceDestroy ?? false };
  },
  delete: async (id, { forceDestroy = false }, world) => {
    if (forceDestroy) await empty(world, id);
    // a bucket that holds something is AWS's reason to refuse: BucketNotEmpty
    await ifFound(world.aws.s3.send(new DeleteBucketCommand({ Bucket: id })));
  },
});

function requireBucketName(name: string): void {
  if (BUCKET_NAME.test(name)) return;
  throw new RefusedError(
    "InvalidBucketName",
    `bucket name "${name}" is not valid; 3 to 63 of a-z, 0-9, dots and hyphens, a letter or digit first and last`,
  );
}

// deprecated inputs of the bucket itself; AWS provider v7 has a resource for each, and the stand-in knows only those
function requireSeparateParts(inputs: Readonly<Record<string, unknown>>): void {
  const inline = [
    "acl",
    "accelerationStatus",
    "corsRules",
    "grants",
    "lifecycleRules",
    "logging",
    "objectLockConfiguration",
    "policy",
    "replicationConfiguration",
    "requestPayer",
    "serverSideEncryptionConfiguration",
    "versioning",
    "website",
  ].filter((key) => inputs[key] !== undefined);
  if (inline.length > 0) {
    throw new Error(
      `the sandbox does not know the bucket's own ${inline.join(", ")}; use the separate bucket resources`,
    );
  }
}

async function setTags({ aws: { s3 } }: World, Bucket: string, tags: Readonly<Record<string, string>> | undefined) {
  const TagSet = tagList(tags);
  await (TagSet.length === 0
    ? ifFound(s3.send(new DeleteBucketTaggingCommand({ Bucket })))
    : s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } })));
}

/** Deletes every version of every object, a page at a time. */
async function empty({ aws: { s3 } }: World, Bucket: string): Promise<void> {
  for (;;) {
    const page = await ifFound(s3.send(new ListObjectVersionsCommand({ Bucket })));
    const found = [...(page?.Versions ?? []), ...(page?.DeleteMarkers ?? [])];
    if (found.length === 0) return;
    const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const { Errors: errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    const [error] = errors;
    if (error !== undefined)
      throw new RefusedError(error.Code ?? "DeleteFailed", `${error.Key ?? ""}: ${error.Message ?? ""}`);
  }
}

/** Buckets. */
export const BUCKET_TYPES: ResourceTypes = { "aws:s3/bucket:Bucket": bucket };
