import assert from "node:assert/strict";
import type { Properties } from "../../../sandbox/aws/provider/wire";
import {
  type DeployedInvokeConfig,
  invokeConfigFile,
  listPermissions,
  listRules,
  listRuleTargets,
  readRecord,
} from "../../../sandbox/aws/registry";
import { makeFunction, type TestFunction } from "./functions";
import { type StandIn, standIn, text } from "./stand-in";

const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const PERMISSION = "aws:lambda/permission:Permission";
const INVOKE_CONFIG = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";
const QUEUE = "aws:sqs/queue:Queue";

const pattern = { source: ["aws.rds"], detail: { EventCategories: ["failover", "failure"] } };

describe("EventBridge in the AWS stand-in", () => {
  let on: StandIn;
  let reader: TestFunction;
  before(async () => {
    on = await standIn();
    reader = await makeFunction(on, "reader");
  });

  const sendPolicy = (Resource: string, condition: Properties = {}): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource,
          ...condition,
        },
      ],
    });

  it("write a rule with its pattern down for the player, in its parts, and take it away with the rule", async () => {
    const rule = await on.make(RULE, "moved", { eventPattern: JSON.stringify(pattern), description: "moves" });

    assert.equal(text(rule, "arn"), `arn:aws:events:${on.region}:123456789012:rule/${rule.id}`);
    assert.deepEqual(await listRules(on.run), [
      { name: rule.id, arn: rule.outs["arn"], enabled: true, eventPattern: pattern },
    ]);
    await rule.delete();
    assert.deepEqual(await listRules(on.run), []);
  });

  it("write a schedule down, and change and switch it off in place", async () => {
    const before = { scheduleExpression: "rate(1 minute)" };
    const rule = await on.make(RULE, "often", before);

    const changed = await on.change(rule, RULE, "often", before, {
      scheduleExpression: "rate(15 minutes)",
      state: "DISABLED",
    });

    const [found] = await listRules(on.run);
    assert.deepEqual([found?.scheduleExpression, found?.enabled], ["rate(15 minutes)", false]);
    await changed.delete();
  });

  it("hold a rule while it has targets", async () => {
    const rule = await on.make(RULE, "often", { scheduleExpression: "rate(2 hours)" });
    const inputs = { rule: rule.id, arn: reader.arn, input: '{"trigger":"schedule"}' };
    const target = await on.make(TARGET, "often", inputs);
    const targetId = text(target, "targetId");
    assert.match(targetId, /^often-[0-9a-f]{7}$/);
    assert.deepEqual(await listRuleTargets(on.run), [{ ...inputs, targetId }]);

    await assert.rejects(rule.delete(), /can't be deleted since it has targets: often-/);

    await target.delete();
    await rule.delete();
    assert.deepEqual(await listRuleTargets(on.run), []);
  });

  const rules: readonly (readonly [string, Properties, RegExp])[] = [
    ["neither a pattern nor a schedule", {}, /has neither eventPattern nor scheduleExpression/],
    ["a pattern that is not JSON", { eventPattern: "{" }, /InvalidEventPatternException.*not JSON/],
    ["a pattern that is no object", { eventPattern: "[]" }, /must be an object/],
    [
      "a pattern whose value is not in a list",
      { eventPattern: '{"source":"aws.rds"}' },
      /"source" must be an object or an array/,
    ],
    ["a pattern with an empty list", { eventPattern: '{"detail":{"a":[]}}' }, /"detail.a" is an empty array/],
    [
      "a pattern over 2048 characters",
      { eventPattern: JSON.stringify({ source: ["x".repeat(2048)] }) },
      /2048 are allowed/,
    ],
    [
      "a content filter, which is not played",
      { eventPattern: '{"source":[{"prefix":"aws"}]}' },
      /plays event patterns of exact values/,
    ],
    ["1 minutes", { scheduleExpression: "rate(1 minutes)" }, /not valid: "rate\(1 minutes\)"; write rate\(1 minute\)/],
    ["2 minute", { scheduleExpression: "rate(2 minute)" }, /not valid/],
    ["0 minutes", { scheduleExpression: "rate(0 minutes)" }, /not valid/],
    ["seconds", { scheduleExpression: "rate(30 seconds)" }, /not valid/],
    ["a name over 64 characters", { name: "r".repeat(65), scheduleExpression: "rate(1 day)" }, /1 to 64/],
  ];
  for (const [what, inputs, message] of rules) {
    it(`refuse a rule with ${what}`, async () => {
      await assert.rejects(on.make(RULE, "bad", inputs), message);
    });
  }

  it("refuse a target of an unknown rule, a wrong input, a sixth target, and an id that is too long", async () => {
    const rule = await on.make(RULE, "full", { scheduleExpression: "rate(1 day)" });
    const inputs = { rule: rule.id, arn: reader.arn };

    await assert.rejects(on.make(TARGET, "bad", { ...inputs, rule: "none" }), /ResourceNotFoundException: rule none/);
    await assert.rejects(on.make(TARGET, "bad", { ...inputs, input: "{" }), /input is not JSON/);
    await assert.rejects(on.make(TARGET, "t".repeat(60), inputs), /is not valid; 1 to 64/);
    const age = { retryPolicy: { maximumEventAgeInSeconds: 59 } };
    await assert.rejects(on.make(TARGET, "bad", { ...inputs, ...age }), /60 to 86400, got 59/);
    const targets = [];
    for (const at of [1, 2, 3, 4, 5]) targets.push(await on.make(TARGET, `t${at}`, inputs));
    await assert.rejects(on.make(TARGET, "sixth", inputs), /LimitExceededException.*5 are allowed/);

    for (const each of [...targets, rule]) await each.delete();
  });

  it("refuse a dead-letter queue that EventBridge may not send to for this rule, or that is not there", async () => {
    const rule = await on.make(RULE, "often", { scheduleExpression: "rate(1 minute)" });
    const before = { name: "failed" };
    const queue = await on.make(QUEUE, "failed", before);
    const arn = text(queue, "arn");
    const target = (deadLetter: string) =>
      on.make(TARGET, "often", { rule: rule.id, arn: reader.arn, deadLetterConfig: { arn: deadLetter } });
    const elsewhere = { Condition: { ArnEquals: { "aws:SourceArn": `${text(rule, "arn")}-other` } } };

    await assert.rejects(target(`${arn}-none`), /is not a standard queue that exists/);
    await assert.rejects(target(arn), /does not let events.amazonaws.com send messages for \S+: there is no policy/);
    const shut = { ...before, policy: sendPolicy(arn, elsewhere) };
    const changed = await on.change(queue, QUEUE, "failed", before, shut);
    await assert.rejects(target(arn), /condition ArnEquals aws:SourceArn is not met/);
    await on.change(changed, QUEUE, "failed", shut, { ...before, policy: sendPolicy(arn) });
    const made = await target(arn);

    assert.equal((await listRuleTargets(on.run))[0]?.deadLetterArn, arn);
    for (const each of [made, rule, queue]) await each.delete();
  });

  it("refuse a dead-letter queue whose key EventBridge may not use", async () => {
    const root = {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:root" },
      Action: "kms:*",
      Resource: "*",
    };
    const key = await on.make("aws:kms/key:Key", "own", { policy: JSON.stringify({ Statement: [root] }) });
    const queue = await on.make(QUEUE, "sealed", { name: "sealed", kmsMasterKeyId: key.id, policy: sendPolicy("*") });
    const rule = await on.make(RULE, "often", { scheduleExpression: "rate(1 minute)" });
    const inputs = { rule: rule.id, arn: reader.arn, deadLetterConfig: { arn: text(queue, "arn") } };

    await assert.rejects(
      on.make(TARGET, "often", inputs),
      /key \S+ of queue \S+ does not let events.amazonaws.com do kms:GenerateDataKey, kms:Decrypt/,
    );

    for (const each of [rule, queue]) await each.delete();
  });

  describe("and asynchronous invocation", () => {
    const permission = (more: Properties = {}): Properties => ({
      function: reader.name,
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: `arn:aws:events:${on.region}:123456789012:rule/often`,
      ...more,
    });

    it("write down who may invoke a function, until the permission is taken away", async () => {
      const made = await on.make(PERMISSION, "rule", permission());

      const { function: functionName, ...rest } = permission();
      assert.deepEqual(await listPermissions(on.run), [{ functionName, statementId: made.id, ...rest }]);
      await made.delete();
      assert.deepEqual(await listPermissions(on.run), []);
    });

    it("refuse a permission of an unknown function, of another action, and a statement id twice", async () => {
      const refused = (more: Properties, message: RegExp) =>
        assert.rejects(on.make(PERMISSION, "bad", permission(more)), message);

      await refused({ function: "none" }, /ResourceNotFoundException/);
      await refused({ action: "s3:GetObject" }, /action "s3:GetObject" is not valid/);
      await refused({ sourceArn: "often" }, /source ARN "often" is not valid/);
      await refused({ sourceAccount: "1234" }, /12 digits/);
      const made = await on.make(PERMISSION, "one", permission({ statementId: "one" }));
      await refused({ statementId: "one" }, /ResourceConflictException/);
      await made.delete();
    });

    it("write down what becomes of failed invocations, once the role may send there", async () => {
      const queue = await on.make(QUEUE, "lost", { name: "lost" });
      const onFailure = { destination: text(queue, "arn") };
      const inputs = { functionName: reader.name, maximumEventAgeInSeconds: 3600, destinationConfig: { onFailure } };
      const config = () => on.make(INVOKE_CONFIG, "reader", inputs);
      const read = () => readRecord<DeployedInvokeConfig>(invokeConfigFile(on.run, reader.name));
      await assert.rejects(config(), /does not have permission for sqs:SendMessage on \S+:lost/);

      const Statement = [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: onFailure.destination }];
      const policy = JSON.stringify({ Version: "2012-10-17", Statement });
      await on.make("aws:iam/rolePolicy:RolePolicy", "reader", { role: reader.roleName, policy });
      const made = await config();

      const wanted = { functionName: reader.name, maximumRetryAttempts: 2, maximumEventAgeSeconds: 3600 };
      assert.deepEqual(await read(), { ...wanted, onFailureArn: onFailure.destination });
      await made.delete();
      assert.equal(await read(), undefined);
    });

    it("refuse more than 2 retries, an event age of less than a minute, and a queue that is not there", async () => {
      const refused = (more: Properties, message: RegExp) =>
        assert.rejects(on.make(INVOKE_CONFIG, "bad", { functionName: reader.name, ...more }), message);
      const none = `arn:aws:sqs:${on.region}:123456789012:none`;

      await refused({ maximumRetryAttempts: 3 }, /maximumRetryAttempts must be 0 to 2, got 3/);
      await refused({ maximumEventAgeInSeconds: 59 }, /maximumEventAgeInSeconds must be 60 to 21600, got 59/);
      await refused({ destinationConfig: { onFailure: { destination: none } } }, /none does not exist/);
    });

    it("go with their function", async () => {
      const short = await makeFunction(on, "short");
      await on.make(PERMISSION, "short", permission({ function: short.arn }));
      await on.make(INVOKE_CONFIG, "short", { functionName: short.arn, maximumRetryAttempts: 0 });
      assert.equal((await listPermissions(on.run)).length, 1);

      const urn = `urn:pulumi:dev::small::aws:lambda/function:Function::short`;
      await on.provider.delete(short.name, urn, {});

      assert.deepEqual(await listPermissions(on.run), []);
      assert.equal(await readRecord(invokeConfigFile(on.run, short.name)), undefined);
    });
  });
});
