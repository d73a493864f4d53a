import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { ReceiveMessageCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { BusEvent } from "../../../sandbox/aws/event-bus";
import type { LambdaRunner } from "../../../sandbox/aws/lambda-runner";
import { ACCOUNT_ID } from "../../../sandbox/aws/moto";
import { queueUrl } from "../../../sandbox/aws/queue-url";
import {
  type DeployedPermission,
  type DeployedRule,
  type DeployedRuleTarget,
  removeRecord,
  ruleFile,
} from "../../../sandbox/aws/registry";
import { deployPermission, deployRule, deployTarget, ruleArn } from "../../support/deployed-events";
import { deployFunction, EmulatedAws, REGION } from "../../support/emulated-aws";

const EVENT: BusEvent = {
  source: "aws.rds",
  "detail-type": "RDS DB Instance Event",
  detail: { EventCategories: ["failover"] },
};

describe("EventBridge", function () {
  this.timeout(30_000);
  let aws: EmulatedAws;
  let roleArn: string;
  let runner: LambdaRunner | undefined;
  let count = 0;

  before(async () => {
    aws = await EmulatedAws.start();
    await aws.logGroup("/aws/lambda/fixture");
    roleArn = await aws.role("fixture", [{ Action: "logs:*", Resource: "*" }]);
    await aws.turnOnAccessControl([]);
  });
  afterEach(async () => {
    await runner?.stop();
    runner = undefined;
  });
  after(() => aws.stop());

  interface Deployment {
    readonly rule?: Partial<DeployedRule>;
    readonly target?: Partial<DeployedRuleTarget>;
    /** @default - one that lets the rule in; "none" for none */
    readonly permission?: Partial<DeployedPermission> | "none";
  }

  /** A rule with a function as its target; the runner starts first, so everything is taken up as an update brings it. */
  async function deploy({ rule: more = {}, target = {}, permission = {} }: Deployment = {}) {
    const run = await aws.runFolder();
    const lambda = await aws.startRunner(run, { minuteMs: 150 });
    runner = lambda;
    const deployed = await deployFunction(
      run,
      "exports.handler = async (event) => console.log(JSON.stringify(event))",
      {
        roleArn,
      },
    );
    const rule = await deployRule(run, more);
    if (permission !== "none") await deployPermission(run, deployed.name, rule, permission);
    await deployTarget(run, rule, deployed, target);
    return { run, lambda, rule, deployed };
  }

  /** A dead-letter queue that lets EventBridge in, for this rule. */
  async function deadLetterQueue(from = ruleArn("rule"), attributes: Readonly<Record<string, string>> = {}) {
    count += 1;
    const arn = await aws.queue(`dead-events-${count}`, attributes);
    const statement = {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: arn,
      Condition: { ArnEquals: { "aws:SourceArn": from }, StringEquals: { "aws:SourceAccount": ACCOUNT_ID } },
    };
    const sqs = new SQSClient(aws.client);
    const Attributes = { Policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) };
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl(aws.moto.url, arn), Attributes }));
    sqs.destroy();
    return arn;
  }

  async function received(queueArn: string) {
    const sqs = new SQSClient(aws.client);
    const request = { QueueUrl: queueUrl(aws.moto.url, queueArn), MessageAttributeNames: ["All"] };
    const { Messages: messages = [] } = await sqs.send(new ReceiveMessageCommand(request));
    sqs.destroy();
    return messages;
  }

  const logged = async (lambda: LambdaRunner, run: string): Promise<readonly Record<string, unknown>[]> => {
    await lambda.idle();
    const text = await readFile(join(run, "logs", "fixture.log"), "utf8");
    return text
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it("hands an event that a rule matches to the rule's target, completed as AWS does", async () => {
    const { run, lambda, rule } = await deploy();

    assert.deepEqual(await lambda.putEvent(EVENT), [rule.name]);

    const [event = {}] = await logged(lambda, run);
    assert.match(String(event["id"]), /^[0-9a-f-]{36}$/);
    assert.match(String(event["time"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.deepEqual(
      { ...event, id: "", time: "" },
      { ...EVENT, version: "0", account: ACCOUNT_ID, region: REGION, resources: [], id: "", time: "" },
    );
  });

  it("hands a target its own input in place of the event", async () => {
    const { run, lambda } = await deploy({ target: { input: '{"trigger":"event"}' } });

    await lambda.putEvent(EVENT);

    assert.deepEqual(await logged(lambda, run), [{ trigger: "event" }]);
  });

  it("invokes nothing for an event that no enabled rule matches", async () => {
    const { run, lambda } = await deploy();
    await deployRule(run, { name: "disabled", enabled: false });

    assert.deepEqual(await lambda.putEvent({ ...EVENT, source: "aws.ec2" }), []);
    await lambda.idle();
    await deployRule(run, { enabled: false });

    assert.deepEqual(await lambda.putEvent(EVENT), []);
    await lambda.idle();
    assert.deepEqual(lambda.invocations(), []);
  });

  it("tells of a pattern that is not played as soon as the rule is there", async () => {
    const { lambda } = await deploy({ rule: { eventPattern: { source: [{ prefix: "aws." }] } } });
    await sleep(100);

    await assert.rejects(lambda.idle(), /EventBridge can not play rule rule: the pattern\.source is not played/);
  });

  const LETTING_IN: readonly (readonly [string, Partial<DeployedPermission>])[] = [
    ["names the account too", { sourceAccount: ACCOUNT_ID }],
    ["names rules by a pattern", { sourceArn: ruleArn("*") }],
  ];
  for (const [what, permission] of LETTING_IN) {
    it(`is let in by a permission that ${what}`, async () => {
      const { lambda } = await deploy({ permission });

      await lambda.putEvent(EVENT);
      await lambda.idle();

      assert.equal(lambda.invocations().length, 1);
    });
  }

  const SHUTTING_OUT: readonly (readonly [string, Partial<DeployedPermission> | "none"])[] = [
    ["is not there", "none"],
    ["is for another rule", { sourceArn: ruleArn("other") }],
    ["is for another account", { sourceAccount: "210987654321" }],
    ["is for another service", { principal: "s3.amazonaws.com" }],
    ["is for another action", { action: "lambda:GetFunction" }],
  ];
  for (const [what, permission] of SHUTTING_OUT) {
    it(`sends the event to the dead-letter queue when the permission ${what}, and tells`, async () => {
      const deadLetterArn = await deadLetterQueue();
      const { lambda, rule, deployed } = await deploy({ permission, target: { deadLetterArn } });

      await lambda.putEvent(EVENT);

      await assert.rejects(
        lambda.idle(),
        /can not deliver an event of rule rule to .*:fixture: no permission of fixture/,
      );
      assert.deepEqual(lambda.invocations(), []);
      assert.equal(await lambda.deadLetters(), 1);
      const [message] = await received(deadLetterArn);
      const attribute = (name: string) => message?.MessageAttributes?.[name]?.StringValue;
      assert.equal((JSON.parse(message?.Body ?? "{}") as BusEvent).source, "aws.rds");
      assert.deepEqual(["RULE_ARN", "TARGET_ARN", "ERROR_CODE"].map(attribute), [
        rule.arn,
        deployed.arn,
        "NO_PERMISSIONS",
      ]);
    });
  }

  it("sends the event to the dead-letter queue when the function is not there", async () => {
    const deadLetterArn = await deadLetterQueue();
    const arn = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:gone`;
    const { lambda } = await deploy({ target: { arn, deadLetterArn } });

    await lambda.putEvent(EVENT);

    await assert.rejects(lambda.idle(), /function:gone is not there/);
    assert.equal((await received(deadLetterArn))[0]?.MessageAttributes?.["ERROR_CODE"]?.StringValue, "NO_RESOURCE");
  });

  it("loses the event, and tells why, when the dead-letter queue's policy is for another rule", async () => {
    const deadLetterArn = await deadLetterQueue(ruleArn("other"));
    const { lambda } = await deploy({ permission: "none", target: { deadLetterArn } });

    await lambda.putEvent(EVENT);

    await assert.rejects(lambda.idle(), /it is lost: the policy of queue .* does not let events\.amazonaws\.com/);
    assert.deepEqual(await received(deadLetterArn), []);
  });

  it("loses the event when the dead-letter queue's key is closed to it", async () => {
    const kms = new KMSClient(aws.client);
    const key = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
    kms.destroy();
    const deadLetterArn = await deadLetterQueue(ruleArn("rule"), { KmsMasterKeyId: key });
    const { lambda } = await deploy({ permission: "none", target: { deadLetterArn } });

    await lambda.putEvent(EVENT);

    await assert.rejects(lambda.idle(), /it is lost: the policy of key .* does not let events\.amazonaws\.com/);
  });

  it("loses the event when there is no dead-letter queue", async () => {
    const { lambda } = await deploy({ permission: "none" });

    await lambda.putEvent(EVENT);

    await assert.rejects(lambda.idle(), /it is lost, there is no dead-letter queue/);
  });

  it("invokes by schedule in played minutes, from when the rule is there until it is gone", async () => {
    const { run, lambda, rule } = await deploy({ rule: { scheduleExpression: "rate(2 minutes)" } });

    while (lambda.invocations().length < 2) await sleep(20);
    await removeRecord(ruleFile(run, rule.name));
    await sleep(100);
    await lambda.idle();
    const { length } = lambda.invocations();
    await sleep(450);

    assert.equal(lambda.invocations().length, length);
    const [event] = await logged(lambda, run);
    assert.equal(event?.["source"], "aws.events");
    assert.equal(event?.["detail-type"], "Scheduled Event");
    assert.deepEqual([event?.["detail"], event?.["resources"]], [{}, [rule.arn]]);
  });
});
