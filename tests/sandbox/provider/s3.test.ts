import assert from "node:assert/strict";
import {
  GetBucketNotificationConfigurationCommand,
  HeadBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { makeNet } from "./networking";
import { type StandIn, standIn, text } from "./stand-in";

const statement = (Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

describe("S3 in the AWS stand-in", () => {
  let on: StandIn;
  before(async () => {
    on = await standIn();
  });

  const makeBucket = (name: string, inputs = {}) => on.make("aws:s3/bucket:Bucket", name, inputs);
  const makeQueue = (name: string, inputs = {}) => on.make("aws:sqs/queue:Queue", name, inputs);
  const sendFor = (queueArn: string, bucketArn: string) =>
    statement([
      {
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queueArn,
        Condition: { ArnEquals: { "aws:SourceArn": bucketArn }, StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
    ]);

  it("refuses to delete a bucket that holds something, and empties every version of it with forceDestroy", async () => {
    const strict = await makeBucket("strict");
    const loose = await makeBucket("loose", { forceDestroy: true });
    for (const Bucket of [strict.id, loose.id]) {
      const VersioningConfiguration = { Status: "Enabled" as const };
      await on.aws.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      for (const Body of ["1", "2"]) await on.aws.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body }));
    }

    await assert.rejects(strict.delete(), /BucketNotEmpty/);
    await loose.delete();

    await assert.rejects(on.aws.s3.send(new HeadBucketCommand({ Bucket: loose.id })), { name: "NotFound" });
  });

  it("refuses a notification before the queue's policy lets S3 in, and takes it afterwards", async () => {
    const bucket = await makeBucket("noted");
    const queue = await makeQueue("noted");
    const queueArn = text(queue, "arn");
    const inputs = {
      bucket: bucket.id,
      queues: [{ queueArn, events: ["s3:ObjectCreated:*"], filterSuffix: ".log.gz" }],
    };
    const notify = () => on.make("aws:s3/bucketNotification:BucketNotification", "noted", inputs);
    const policyFor = (bucketArn: string) =>
      on.make("aws:sqs/queuePolicy:QueuePolicy", "noted", { queueUrl: queue.id, policy: sendFor(queueArn, bucketArn) });

    await assert.rejects(
      notify(),
      /InvalidArgument: .*does not let s3.amazonaws.com send messages for \S+: there is no policy/,
    );
    await policyFor("arn:aws:s3:::another");
    await assert.rejects(notify(), /: condition \w+ aws:SourceArn is not met; make the queue policy first/);

    await policyFor(text(bucket, "arn"));
    await notify();
    const found = await on.aws.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket.id }));
    assert.equal(found.QueueConfigurations?.[0]?.QueueArn, queueArn);
  });

  it("keeps a queue's policy when another of the queue's attributes changes, until the policy is taken away", async () => {
    const queue = await makeQueue("kept");
    const policy = await on.make("aws:sqs/queuePolicy:QueuePolicy", "kept", {
      ...{ queueUrl: queue.id, policy: sendFor(text(queue, "arn"), "arn:aws:s3:::any") },
    });
    const policyNow = async () => {
      const request = new GetQueueAttributesCommand({ QueueUrl: queue.id, AttributeNames: ["Policy"] });
      return (await on.aws.sqs.send(request)).Attributes?.Policy;
    };

    await on.change(queue, "aws:sqs/queue:Queue", "kept", {}, { visibilityTimeoutSeconds: 90 });
    assert.match((await policyNow()) ?? "", /sqs:SendMessage/);

    await policy.delete();
    assert.equal(await policyNow(), undefined);
  });

  it("refuses a notification to a queue whose key S3 may not use", async () => {
    const owner = {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:root" },
      Action: "kms:*",
      Resource: "*",
    };
    const forS3 = {
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: "*",
    };
    const key = await on.make("aws:kms/key:Key", "k", { policy: statement([owner]) });
    const bucket = await makeBucket("sealed");
    const queue = await makeQueue("sealed", { kmsMasterKeyId: key.id });
    const queueArn = text(queue, "arn");
    const policy = sendFor(queueArn, text(bucket, "arn"));
    await on.make("aws:sqs/queuePolicy:QueuePolicy", "sealed", { queueUrl: queue.id, policy });
    const inputs = { bucket: bucket.id, queues: [{ queueArn, events: ["s3:ObjectCreated:*"] }] };
    const notify = () => on.make("aws:s3/bucketNotification:BucketNotification", "sealed", inputs);

    await assert.rejects(
      notify(),
      /does not let s3.amazonaws.com do kms:GenerateDataKey, kms:Decrypt: no statement lets s3/,
    );

    await on.change(key, "aws:kms/key:Key", "k", { policy: statement([owner]) }, { policy: statement([owner, forS3]) });
    await notify();
  });

  it("refuses a flow log before the bucket's policy lets the delivery in, and takes it afterwards", async () => {
    const { subnetIds } = await makeNet(on, ["a"]);
    const bucket = await makeBucket("flows");
    const arn = text(bucket, "arn");
    const inputs = { subnetId: subnetIds[0], logDestination: arn, logDestinationType: "s3", trafficType: "ALL" };
    const log = () => on.make("aws:ec2/flowLog:FlowLog", "flows", inputs);
    const from = {
      Principal: { Service: "delivery.logs.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
    };
    const policyWith = (folder: string) => ({
      bucket: bucket.id,
      policy: statement([
        { ...from, Effect: "Allow", Action: "s3:PutObject", Resource: `${arn}/${folder}/*` },
        { ...from, Effect: "Allow", Action: "s3:GetBucketAcl", Resource: arn },
      ]),
    });
    const token = "aws:s3/bucketPolicy:BucketPolicy";

    await assert.rejects(log(), /LogDestinationPermissionIssueException: .*s3:PutObject and s3:GetBucketAcl/);
    const wrong = policyWith("AWSLogs/999999999999");
    const policy = await on.make(token, "flows", wrong);
    await assert.rejects(
      log(),
      /do s3:PutObject: no statement lets delivery.logs.amazonaws.com do s3:PutObject on \S+\/AWSLogs\/123456789012\/v/,
    );

    await on.change(policy, token, "flows", wrong, policyWith("AWSLogs/123456789012"));
    const made = await log();
    assert.match(made.id, /^fl-/);
    assert.equal(made.outs["maxAggregationInterval"], 600);
    await made.delete();
  });

  it("puts and removes each setting of a bucket", async () => {
    const bucket = (await makeBucket("settings")).id;
    const settings = [
      ["BucketVersioning", { versioningConfiguration: { status: "Enabled" } }],
      ["BucketPublicAccessBlock", { blockPublicAcls: true, blockPublicPolicy: true }],
      [
        "BucketServerSideEncryptionConfiguration",
        { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }] },
      ],
      ["BucketOwnershipControls", { rule: { objectOwnership: "BucketOwnerEnforced" } }],
      [
        "BucketLifecycleConfiguration",
        {
          rules: [
            {
              id: "expire",
              status: "Enabled",
              filter: {},
              expiration: { days: 400 },
              noncurrentVersionExpiration: { noncurrentDays: 30 },
              abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
            },
          ],
        },
      ],
    ] as const;

    for (const [type, inputs] of settings) {
      const token = `aws:s3/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`;
      await (await on.make(token, "it", { bucket, ...inputs })).delete();
    }
  });

  it("refuses names that S3 would refuse", async () => {
    for (const bucket of ["Upper", "a", "192.168.0.1", "a..b", "-a-b"]) {
      await assert.rejects(makeBucket("bad", { bucket }), /InvalidBucketName/, bucket);
    }
  });
});
