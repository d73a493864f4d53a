import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DescribeKeyCommand, GetKeyRotationStatusCommand } from "@aws-sdk/client-kms";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { openLedger, readProviderSummary } from "../../../sandbox/aws/provider/ledger";
import { awsProvider } from "../../../sandbox/aws/provider/provider";
import { recordedType } from "../../../sandbox/aws/provider/recorded";
import { decode } from "../../../sandbox/aws/provider/wire";
import { type StandIn, standIn, text, urnOf } from "./stand-in";

const OWNER = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" };
const policyOf = (...Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const secretOf = (value: string) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

describe("the AWS stand-in", () => {
  let on: StandIn;
  before(async () => {
    on = await standIn();
  });

  it("refuses a resource type that it does not know, by name, and says what to do", async () => {
    const made = on.make("aws:redshift/cluster:Cluster", "it", {});

    await assert.rejects(
      made,
      /does not know the resource type aws:redshift\/cluster:Cluster; nothing was made; add it to/,
    );
  });

  it("refuses a function that it does not know, by name", async () => {
    await assert.rejects(on.provider.invoke("aws:ec2/getAmi:getAmi", {}), /function aws:ec2\/getAmi:getAmi; add it/);
  });

  it("keeps secrets marked in the state, and out of its log and its records", async () => {
    const value = "correct horse battery staple";
    const types = { "aws:x/y:Y": recordedType({ service: "x", path: "y/" }) };
    const provider = awsProvider({
      types,
      invokes: {},
      ledger: openLedger(on.run),
      openWorld: async () => ({
        aws: on.aws,
        awsIn: () => on.aws,
        account: "1",
        region: "r",
        run: on.run,
        now: () => new Date(0),
        hex: () => "0",
      }),
      hex: () => "0",
      log: (line) => lines.push(line),
    });
    const lines: string[] = [];
    const secret = await on.make("aws:secretsmanager/secret:Secret", "s", {});
    const version = await on.make("aws:secretsmanager/secretVersion:SecretVersion", "s", {
      secretId: secret.id,
      secretString: secretOf(value),
    });
    const { outs } = await provider.create(urnOf("aws:x/y:Y", "y"), { password: secretOf(value), open: "seen" });

    const { SecretString } = await on.aws.secrets.send(new GetSecretValueCommand({ SecretId: secret.id }));
    assert.equal(SecretString, value);
    for (const state of [version.outs, outs as Record<string, unknown>]) {
      const { plain, secret: marked } = decode(state);
      const holding = Object.keys(plain).filter((key) => JSON.stringify(plain[key]).includes(value));
      assert.deepEqual(
        holding.filter((key) => !marked.has(key)),
        [],
      );
    }
    const folder = join(on.run, "recorded");
    const records = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
    assert.match(records.join(), /"open": "seen"/);
    assert.ok(![...records, ...lines, ...on.log].some((each) => each.includes(value)));
  });

  it("counts what stands, by where it lives", async () => {
    const fresh = await standIn();
    const queue = await fresh.make("aws:sqs/queue:Queue", "q", {});
    const filter = await fresh.make("aws:rds/eventSubscription:EventSubscription", "e", {});

    const both = await readProviderSummary(fresh.run);
    assert.deepEqual([both.emulator, both.played, both.recorded], [1, 0, 1]);
    assert.deepEqual(both.types["aws:sqs/queue:Queue"], { kind: "emulator", count: 1 });
    await queue.delete();
    await filter.delete();
    assert.deepEqual(await readProviderSummary(fresh.run), { emulator: 0, played: 0, recorded: 0, types: {} });
  });
});

describe("KMS, logs and alarms in the AWS stand-in", () => {
  let on: StandIn;
  before(async () => {
    on = await standIn();
  });

  it("makes a key that rotates, and schedules its deletion", async () => {
    const inputs = { enableKeyRotation: true, deletionWindowInDays: 7, policy: policyOf(OWNER) };
    const key = await on.make("aws:kms/key:Key", "k", inputs);

    const { KeyRotationEnabled } = await on.aws.kms.send(new GetKeyRotationStatusCommand({ KeyId: key.id }));
    assert.equal(KeyRotationEnabled, true);
    await key.delete();
    const { KeyMetadata } = await on.aws.kms.send(new DescribeKeyCommand({ KeyId: key.id }));
    assert.equal(KeyMetadata?.KeyState, "PendingDeletion");
  });

  it("refuses a key policy that locks its owner out, or names a role that does not exist", async () => {
    const role = { ...OWNER, Principal: { AWS: "arn:aws:iam::123456789012:role/none" } };
    const service = { ...OWNER, Principal: { Service: "s3.amazonaws.com" } };
    const make = (policy: string) => on.make("aws:kms/key:Key", "k", { policy });

    await assert.rejects(
      make(policyOf(service)),
      /will not allow you to update the key policy in the future: no statement lets \S+:root do/,
    );
    await assert.rejects(make(policyOf(OWNER, role)), /invalid principals: role \S+ does not exist/);
  });

  it("refuses a log group whose key does not let CloudWatch Logs in for that group", async () => {
    const forGroup = (name: string) => ({
      Effect: "Allow",
      Principal: { Service: `logs.${on.region}.amazonaws.com` },
      Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*"],
      Resource: "*",
      Condition: {
        ArnEquals: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${on.region}:123456789012:log-group:${name}` },
      },
    });
    const key = await on.make("aws:kms/key:Key", "k", { policy: policyOf(OWNER, forGroup("/mine")) });
    const make = (name: string) =>
      on.make("aws:cloudwatch/logGroup:LogGroup", "l", { name, kmsKeyId: text(key, "arn"), retentionInDays: 365 });

    await assert.rejects(
      make("/other"),
      /AccessDeniedException: .*does not let logs\.\S+ do kms:Encrypt, .*: condition ArnEquals kms:EncryptionContext:aws:logs:arn is/,
    );
    await (await make("/mine")).delete();
  });

  it("refuses a retention that CloudWatch Logs has not", async () => {
    await assert.rejects(
      on.make("aws:cloudwatch/logGroup:LogGroup", "l", { retentionInDays: 364 }),
      /one of .*got 364/,
    );
  });

  it("makes an alarm to a topic, and refuses one to a topic that does not exist", async () => {
    const topic = await on.make("aws:sns/topic:Topic", "t", {});
    const inputs = {
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 1,
      metricName: "Errors",
      namespace: "AWS/Lambda",
      period: 60,
      statistic: "Sum",
      threshold: 0,
      treatMissingData: "notBreaching",
    };
    const alarm = await on.make("aws:cloudwatch/metricAlarm:MetricAlarm", "a", { ...inputs, alarmActions: [topic.id] });
    const nowhere = { ...inputs, alarmActions: [`${topic.id}-none`] };

    assert.match(text(alarm, "arn"), /:alarm:a-/);
    await assert.rejects(on.make("aws:cloudwatch/metricAlarm:MetricAlarm", "b", nowhere), /does not exist/);
    await alarm.delete();
    const inbox = { topic: topic.id, protocol: "email", endpoint: "ops@example.com" };
    const subscription = await on.make("aws:sns/topicSubscription:TopicSubscription", "s", inbox);
    assert.equal(subscription.outs["pendingConfirmation"], true);
    await subscription.delete();
    await topic.delete();
  });
});
