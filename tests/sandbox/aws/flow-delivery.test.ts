import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { CreateFlowLogsCommand, CreateVpcCommand, DeleteFlowLogsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateKeyCommand, KMSClient, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { deliverFlowLogs, flowLogDestinations } from "../../../sandbox/aws/flow-delivery";
import { ACCOUNT_ID } from "../../../sandbox/aws/moto";
import { EmulatedAws, REGION } from "../../support/emulated-aws";

const BUCKET = "archive";
const TIME = new Date("2026-01-02T03:07:08Z");
const LOG_ARN = `arn:aws:logs:${REGION}:${ACCOUNT_ID}:*`;
const FIELDS = ["version", "srcaddr"];
const TEXT = "version srcaddr\n2 10.0.0.1\n";

const text = (...Statement: readonly object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });
const asDelivery = {
  Effect: "Allow",
  Principal: { Service: "delivery.logs.amazonaws.com" },
  Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT_ID }, ArnLike: { "aws:SourceArn": LOG_ARN } },
};
const MAY_PUT = { ...asDelivery, Action: "s3:PutObject", Resource: `arn:aws:s3:::${BUCKET}/db/AWSLogs/*` };
const MAY_CHECK = { ...asDelivery, Action: "s3:GetBucketAcl", Resource: `arn:aws:s3:::${BUCKET}` };
const MAY_ENCRYPT = { ...asDelivery, Action: "kms:GenerateDataKey*", Resource: "*" };
const asS3 = {
  Effect: "Allow",
  Principal: { Service: "s3.amazonaws.com" },
  Resource: "*",
  Condition: {
    ArnEquals: { "aws:SourceArn": `arn:aws:s3:::${BUCKET}` },
    StringEquals: { "aws:SourceAccount": ACCOUNT_ID },
  },
};
const MAY_SEND = { ...asS3, Action: "sqs:SendMessage" };
const MAY_SEAL = { ...asS3, Action: ["kms:GenerateDataKey*", "kms:Decrypt"] };
const ROOT = { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` }, Action: "kms:*", Resource: "*" };

describe("flow-log delivery", function () {
  this.timeout(60_000);
  let aws: EmulatedAws;
  let vpcId: string;
  let keyArn: string;
  let queueUrl: string;
  let ec2: EC2Client;
  let s3: S3Client;
  let sqs: SQSClient;
  let kms: KMSClient;

  before(async () => {
    aws = await EmulatedAws.start();
    ec2 = new EC2Client(aws.client);
    s3 = new S3Client(aws.client);
    sqs = new SQSClient(aws.client);
    kms = new KMSClient(aws.client);
    vpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc?.VpcId ?? "";
    keyArn = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
    const queueArn = await aws.queue("notifications", { KmsMasterKeyId: keyArn });
    queueUrl = `${aws.moto.url}/${ACCOUNT_ID}/notifications`;
    await s3.send(
      new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: keyArn } };
    await s3.send(
      new PutBucketEncryptionCommand({ Bucket: BUCKET, ServerSideEncryptionConfiguration: { Rules: [rule] } }),
    );
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: BUCKET,
        NotificationConfiguration: { QueueConfigurations: [{ QueueArn: queueArn, Events: ["s3:ObjectCreated:*"] }] },
      }),
    );
    await aws.turnOnAccessControl([]);
    for (const client of [ec2, s3, sqs, kms]) client.destroy();
    ec2 = new EC2Client(aws.client);
    s3 = new S3Client(aws.client);
    sqs = new SQSClient(aws.client);
    kms = new KMSClient(aws.client);
  });
  beforeEach(() => policies({}));
  after(async () => {
    for (const client of [ec2, s3, sqs, kms]) client.destroy();
    await aws.stop();
  });

  /** Sets the three policies on the way; all let delivery through unless one is given. */
  async function policies({
    bucket = text(MAY_PUT, MAY_CHECK),
    queue = text(MAY_SEND),
    key = text(ROOT, MAY_ENCRYPT, MAY_SEAL),
  }): Promise<void> {
    await s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: bucket }));
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { Policy: queue } }));
    await kms.send(new PutKeyPolicyCommand({ KeyId: keyArn, PolicyName: "default", Policy: key }));
  }

  /** The one flow log of a test, made with `options` and removed after `use`. */
  async function withFlowLog<T>(
    options: { hive?: boolean; hourly?: boolean; destination?: string },
    use: (destination: Awaited<ReturnType<typeof flowLogDestinations>>[number]) => Promise<T>,
  ): Promise<T> {
    const { FlowLogIds = [] } = await ec2.send(
      new CreateFlowLogsCommand({
        ResourceIds: [vpcId],
        ResourceType: "VPC",
        TrafficType: "ALL",
        LogDestinationType: "s3",
        LogDestination: options.destination ?? `arn:aws:s3:::${BUCKET}/db/`,
        LogFormat: FIELDS.map((field) => `$\{${field}}`).join(" "),
        MaxAggregationInterval: 60,
        DestinationOptions: {
          FileFormat: "plain-text",
          HiveCompatiblePartitions: options.hive ?? false,
          PerHourPartition: options.hourly ?? false,
        },
      }),
    );
    try {
      const [found] = await flowLogDestinations(aws.client);
      assert.ok(found);
      return await use(found);
    } finally {
      await ec2.send(new DeleteFlowLogsCommand({ FlowLogIds }));
    }
  }

  async function received(): Promise<readonly string[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    return Messages.map(({ Body = "" }) => Body);
  }

  it("reads from the emulator where each flow log goes, and how", async () => {
    await withFlowLog({ hive: true, hourly: true }, async (destination) => {
      assert.deepEqual(
        { ...destination, flowLogId: "" },
        {
          flowLogId: "",
          resourceId: vpcId,
          bucket: BUCKET,
          prefix: "db",
          account: ACCOUNT_ID,
          region: REGION,
          fields: FIELDS,
          fileFormat: "plain-text",
          layout: "hive-hourly",
          aggregationSeconds: 60,
          trafficType: "ALL",
        },
      );
      assert.match(destination.flowLogId, /^fl-/);
    });
  });

  const layouts = [
    { hive: false, hourly: false, folder: `db/AWSLogs/${ACCOUNT_ID}/vpcflowlogs/${REGION}/2026/01/02/` },
    { hive: false, hourly: true, folder: `db/AWSLogs/${ACCOUNT_ID}/vpcflowlogs/${REGION}/2026/01/02/03/` },
    {
      hive: true,
      hourly: false,
      folder: `db/AWSLogs/aws-account-id=${ACCOUNT_ID}/aws-service=vpcflowlogs/aws-region=${REGION}/year=2026/month=01/day=02/`,
    },
  ];
  for (const { folder, ...options } of layouts) {
    it(`delivers gzipped text under ${folder} and notifies the queue`, async () => {
      await received();

      const [key = ""] = await withFlowLog(options, (to) =>
        deliverFlowLogs(to, [{ body: TEXT, time: TIME }], aws.client),
      );

      assert.ok(key.startsWith(folder));
      assert.match(key, /_20260102T0305Z_[0-9a-f]{8}\.log\.gz$/);
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
      assert.equal(gunzipSync((await Body?.transformToByteArray()) ?? "").toString(), TEXT);
      const [message = "{}"] = await received();
      const { object, bucket } = JSON.parse(message).Records[0].s3;
      assert.equal(bucket.name, BUCKET);
      assert.equal(decodeURIComponent(object.key.replaceAll("+", " ")), key);
      assert.equal(object.key.includes("="), false);
    });
  }

  it("delivers bytes as they are, and several objects of the same five minutes", async () => {
    const broken = Uint8Array.of(0x1f, 0x8b, 8, 0);

    const keys = await withFlowLog({}, (to) =>
      deliverFlowLogs(
        to,
        [
          { body: broken, time: TIME },
          { body: TEXT, time: TIME, hash: "cafe" },
        ],
        aws.client,
      ),
    );

    assert.equal(new Set(keys).size, 2);
    assert.match(keys[1] ?? "", /_cafe\.log\.gz$/);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: keys[0] }));
    assert.deepEqual(await Body?.transformToByteArray(), broken);
  });

  const refusals = [
    {
      name: "the bucket policy names another folder",
      given: { bucket: text({ ...MAY_PUT, Resource: "arn:aws:s3:::archive/x/*" }, MAY_CHECK) },
      says: /bucket archive does not let delivery\.logs\.amazonaws\.com do s3:PutObject/,
    },
    {
      name: "the bucket policy lacks the check of its owner",
      given: { bucket: text(MAY_PUT) },
      says: /s3:GetBucketAcl/,
    },
    {
      name: "the bucket's key is closed to delivery",
      given: { key: text(ROOT, MAY_SEAL) },
      says: /delivery\.logs\.amazonaws\.com do kms:GenerateDataKey/,
    },
    {
      name: "the queue's policy is for another bucket",
      given: { queue: text({ ...MAY_SEND, Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:s3:::other" } } }) },
      says: /queue .*:notifications does not let s3\.amazonaws\.com do sqs:SendMessage: condition ArnEquals aws:SourceArn/,
    },
    {
      name: "the queue's key is closed to S3",
      given: { key: text(ROOT, MAY_ENCRYPT) },
      says: /s3\.amazonaws\.com do kms:Decrypt/,
    },
  ];
  for (const { name, given, says } of refusals) {
    it(`delivers nothing when ${name}`, async () => {
      await policies(given);

      const delivery = withFlowLog({}, (to) => deliverFlowLogs(to, [{ body: TEXT, time: TIME }], aws.client));

      await assert.rejects(delivery, says);
    });
  }

  it("finds no destination when there is no flow log", async () => {
    assert.deepEqual(await flowLogDestinations(aws.client), []);
  });
});
