import assert from "node:assert/strict";
import { CloudWatchLogsClient, CreateLogStreamCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateKeyCommand, KMSClient, ListKeysCommand, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { LambdaRunner } from "../../../sandbox/aws/lambda-runner";
import { ACCOUNT_ID } from "../../../sandbox/aws/moto";
import { deployEventSource, deployFunction, EmulatedAws, REGION, type Statement } from "../../support/emulated-aws";

const BUCKET = "archive";
const LOGS: Statement = {
  Action: "logs:*",
  Resource: `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:/aws/lambda/fixture:*`,
};
const READ_OBJECT: Statement = { Action: "s3:GetObject", Resource: `arn:aws:s3:::${BUCKET}/db/*` };
const LIST_BUCKET: Statement = { Action: "s3:ListBucket", Resource: `arn:aws:s3:::${BUCKET}` };
const WORK: Statement = {
  Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  Resource: `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:sealed`,
};
const ROLES = ["nothing", "whole", "no-key", "lister", "elsewhere", "through-s3", "through-sqs", "no-delete"] as const;

describe("access control", function () {
  this.timeout(60_000);
  let aws: EmulatedAws;
  let runner: LambdaRunner | undefined;
  let keyArn: string;
  let secretArn: string;
  let queueArn: string;
  const roles = new Map<string, string>();
  const role = (name: (typeof ROLES)[number]): string => roles.get(name) ?? "";

  before(async () => {
    aws = await EmulatedAws.start();
    const kms = new KMSClient(aws.client);
    keyArn = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
    kms.destroy();
    const s3 = new S3Client(aws.client);
    await s3.send(
      new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: keyArn } };
    await s3.send(
      new PutBucketEncryptionCommand({ Bucket: BUCKET, ServerSideEncryptionConfiguration: { Rules: [rule] } }),
    );
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "db/one", Body: "1" }));
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "other/one", Body: "1" }));
    s3.destroy();
    const secrets = new SecretsManagerClient(aws.client);
    secretArn =
      (await secrets.send(new CreateSecretCommand({ Name: "pce", SecretString: "{}", KmsKeyId: keyArn }))).ARN ?? "";
    secrets.destroy();
    queueArn = await aws.queue("sealed", { KmsMasterKeyId: keyArn });
    await aws.logGroup("/aws/lambda/fixture");

    const decrypt: Statement = { Action: "kms:Decrypt", Resource: keyArn };
    const readSecret: Statement = { Action: "secretsmanager:GetSecretValue", Resource: secretArn };
    const only = (service: string): Statement => ({
      ...decrypt,
      Condition: { StringEquals: { "kms:ViaService": `${service}.${REGION}.amazonaws.com` } },
    });
    const statements: Record<(typeof ROLES)[number], readonly Statement[]> = {
      nothing: [],
      whole: [READ_OBJECT, WORK, LOGS, readSecret, decrypt],
      "no-key": [READ_OBJECT, WORK, LOGS, readSecret],
      lister: [READ_OBJECT, LIST_BUCKET],
      elsewhere: [
        { ...readSecret, Resource: `${secretArn.slice(0, -6)}abcdef` },
        { ...LOGS, Resource: "arn:aws:logs:*:*:log-group:/aws/lambda/fixture" },
      ],
      "through-s3": [READ_OBJECT, readSecret, only("s3")],
      "through-sqs": [READ_OBJECT, WORK, LOGS, only("sqs")],
      "no-delete": [{ ...WORK, Action: ["sqs:ReceiveMessage", "sqs:GetQueueAttributes"] }, LOGS, decrypt],
    };
    const ofEc2 = await aws.role("of-ec2", [], "ec2.amazonaws.com");
    await assert.rejects(aws.turnOnAccessControl([ofEc2]), /can not run fixture under .*role\/of-ec2/);
    for (const name of ROLES) roles.set(name, await aws.role(name, statements[name]));
    await aws.turnOnAccessControl([...roles.values()]);
  });
  afterEach(async () => {
    await runner?.stop();
    runner = undefined;
  });
  after(() => aws.stop());

  const read = async (name: (typeof ROLES)[number], Key = "db/one"): Promise<string> => {
    const s3 = new S3Client(aws.as(role(name)));
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
      return (await Body?.transformToString()) ?? "";
    } finally {
      s3.destroy();
    }
  };
  const secret = async (name: (typeof ROLES)[number]): Promise<unknown> => {
    const secrets = new SecretsManagerClient(aws.as(role(name)));
    return secrets.send(new GetSecretValueCommand({ SecretId: secretArn })).finally(() => secrets.destroy());
  };

  it("lets a role do what its policy names, and nothing beside it", async () => {
    assert.equal(await read("whole"), "1");
    await assert.rejects(read("whole", "other/one"), { name: "AccessDenied" });
    await assert.rejects(read("nothing"), { name: "AccessDenied" });
  });

  it("lets the admin do everything and a stranger nothing", async () => {
    const admin = new KMSClient(aws.client);
    await admin.send(new ListKeysCommand({}));
    const stranger = new KMSClient({ ...aws.client, credentials: { accessKeyId: "any", secretAccessKey: "any" } });
    await assert.rejects(stranger.send(new ListKeysCommand({})), /security token|invalid/i);
    admin.destroy();
    stranger.destroy();
  });

  it("refuses an encrypted object to a role without the key", async () => {
    await assert.rejects(read("no-key"), { name: "AccessDenied" });
    assert.ok((await aws.moto.denials()).some((each) => each.includes("role/no-key") && each.includes("kms:Decrypt")));
  });

  it("honours kms:ViaService: a key for S3 opens objects, not secrets, and the other way round", async () => {
    assert.equal(await read("through-s3"), "1");
    await assert.rejects(secret("through-s3"), /AccessDenied|not authorized/);
    await assert.rejects(read("through-sqs"), { name: "AccessDenied" });
  });

  it("judges a secret by its ARN and by its key", async () => {
    await secret("whole");
    await assert.rejects(secret("elsewhere"), /AccessDenied|not authorized/);
    await assert.rejects(secret("no-key"), /kms:Decrypt/);
  });

  it("judges a log group by its ARN", async () => {
    const make = async (name: (typeof ROLES)[number]) => {
      const logs = new CloudWatchLogsClient(aws.as(role(name)));
      const request = { logGroupName: "/aws/lambda/fixture", logStreamName: `of ${name}` };
      return logs.send(new CreateLogStreamCommand(request)).finally(() => logs.destroy());
    };
    await make("whole");
    await assert.rejects(make("elsewhere"), /logs:CreateLogStream/);
  });

  it("answers 403 for an object that is gone unless the role may list the bucket, as S3 does", async () => {
    await assert.rejects(read("whole", "db/gone"), { name: "AccessDenied" });
    await assert.rejects(read("lister", "db/gone"), { name: "NoSuchKey" });
  });

  it("asks the key policy too", async () => {
    const kms = new KMSClient(aws.client);
    const before = {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
      Action: "kms:*",
      Resource: "*",
    };
    const deny = { Effect: "Deny", Principal: { AWS: role("whole") }, Action: "kms:Decrypt", Resource: "*" };
    const put = (...Statement: object[]) =>
      kms.send(
        new PutKeyPolicyCommand({ KeyId: keyArn, PolicyName: "default", Policy: JSON.stringify({ Statement }) }),
      );

    await put(before, deny);

    await assert.rejects(read("whole"), { name: "AccessDenied" });
    await put(before);
    assert.equal(await read("whole"), "1");
    kms.destroy();
  });

  const cases = [
    { role: "no-key", says: /receive from .*:sealed.*kms:Decrypt/ },
    { role: "nothing", says: /sqs:GetQueueAttributes/ },
    { role: "no-delete", says: /delete from .*:sealed.*sqs:DeleteMessage/ },
  ] as const;
  for (const { role: name, says } of cases) {
    it(`shows in the Lambda runner when the role is "${name}"`, async () => {
      await aws.send(queueArn, "a");
      const run = await aws.runFolder();
      const deployed = await deployFunction(run, "exports.handler = async () => {}", { roleArn: role(name) });
      await deployEventSource(run, deployed, queueArn);
      runner = await aws.startRunner(run, { returnAfterSeconds: 0 });

      await assert.rejects(runner.idle(10_000), says);
    });
  }

  it("shows in the Lambda runner when the log group can not be written", async () => {
    const run = await aws.runFolder();
    const deployed = await deployFunction(run, "exports.handler = async () => {}", { roleArn: role("elsewhere") });
    runner = await aws.startRunner(run);

    await runner.invoke(deployed.name, {});

    await assert.rejects(runner.idle(), /can not write to the log group \/aws\/lambda\/fixture.*logs:CreateLogStream/);
  });

  it("reaches the function's own calls: a denied GetObject fails its invocation", async () => {
    const run = await aws.runFolder();
    const code = `const { S3Client, GetObjectCommand } = require("@aws-sdk/client-s3");
      exports.handler = () => new S3Client({}).send(new GetObjectCommand({ Bucket: "${BUCKET}", Key: "other/one" })).then(() => "read");`;
    const deployed = await deployFunction(run, code, { roleArn: role("whole"), timeoutSeconds: 15 });
    runner = await aws.startRunner(run);

    const end = await runner.invoke(deployed.name, {});

    assert.ok(end.outcome === "error");
    assert.equal(end.reason, "AccessDenied: Access Denied");
  });
});
