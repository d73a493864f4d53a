import assert from "node:assert/strict";
import { readConfig } from "../../functions/flow-forwarder/config";
import { arnOf, comesBefore, statementsOf } from "../support/components";
import { type Changes, environmentOf, LOG_GROUP, QUEUE, recordForwarder } from "../support/flow-forwarder";

const FUNCTION = "aws:lambda/function:Function";
const FUNCTION_NAME = "rds-sightline-dev-flow-forwarder";
const SECRET = arnOf("secretsmanager", "secret:forwarder-pce-secret-AbCdEf");

const recorded = (changes: Changes = {}) => recordForwarder({ ...changes, source: { logGroup: LOG_GROUP } });

describe("a flow forwarder of a log group", () => {
  it("is made of what one of a bucket is made of, a subscription in place of the notification, and two more alarms", async () => {
    const ofBucket = (await recordForwarder()).names();
    const names = (await recorded()).names();

    assert.deepEqual(
      ofBucket.filter((name) => !names.includes(name)),
      ["forwarder-notification", "forwarder-recursion"],
    );
    assert.deepEqual(
      names.filter((name) => !ofBucket.includes(name)),
      [
        "forwarder-alarm-lost-events",
        "forwarder-alarm-waiting-events",
        "forwarder-retries",
        "forwarder-subscription",
        "forwarder-subscription-permission",
      ],
    );
  });

  it("is invoked with every event of the group, which alone may invoke it", async () => {
    const made = await recorded();

    assert.deepEqual(made.named("forwarder-subscription").inputs, {
      logGroup: "flows",
      filterPattern: "",
      destinationArn: arnOf("lambda", `function:${FUNCTION_NAME}`),
    });
    assert.deepEqual(made.all("aws:lambda/permission:Permission"), [made.named("forwarder-subscription-permission")]);
    assert.deepEqual(made.named("forwarder-subscription-permission").inputs, {
      action: "lambda:InvokeFunction",
      function: FUNCTION_NAME,
      principal: "logs.amazonaws.com",
      sourceArn: `${LOG_GROUP.logGroupArn}:*`,
      sourceAccount: "111122223333",
    });
    assert.ok(comesBefore(made, "forwarder-subscription-permission", "forwarder-subscription"));
  });

  it("has what Lambda failed on three times, or kept for six hours, put into its own queue, as it is", async () => {
    const made = await recorded();

    assert.deepEqual(made.one(FUNCTION).inputs["deadLetterConfig"], { targetArn: QUEUE });
    assert.deepEqual(made.named("forwarder-retries").inputs, {
      functionName: FUNCTION_NAME,
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 6 * 3_600,
    });
    for (const before of ["forwarder-lambda-policy", "forwarder-objects-queue"]) {
      assert.ok(comesBefore(made, before, "forwarder-lambda-function"), before);
    }
    assert.ok(comesBefore(made, "forwarder-retries", "forwarder-subscription"));
  });

  it("has a queue that takes the largest event there is, and lets in nobody but who IAM allows", async () => {
    const made = await recorded();

    for (const name of ["forwarder-objects-queue", "forwarder-objects-dead-letters"]) {
      assert.equal(made.named(name).inputs["maxMessageSize"], 2 ** 20, name);
      assert.deepEqual(
        statementsOf(made.named(`${name}-policy`)).map(({ Sid }) => Sid),
        ["DenyWithoutTls"],
      );
    }
    assert.ok(!("maxMessageSize" in (await recordForwarder()).named("forwarder-objects-queue").inputs));
  });

  it("may take from its queue, send failures there, read its secret, use the messages key and ask for formats, and nothing else", async () => {
    const statements = statementsOf((await recorded()).named("forwarder-lambda-policy"));

    assert.deepEqual(
      statements.map(({ Sid, Effect, Action, Resource }) => [Sid, Effect, Action, Resource]),
      [
        ["TakeFromQueue", "Allow", ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], [QUEUE]],
        ["KeepFailures", "Allow", ["sqs:SendMessage"], [QUEUE]],
        ["ReadPceCredentials", "Allow", ["secretsmanager:GetSecretValue"], [SECRET]],
        ["Decrypt", "Allow", ["kms:Decrypt"], ["messages-key-arn"]],
        ["EncryptMessages", "Allow", ["kms:GenerateDataKey"], ["messages-key-arn"]],
        ["LearnFormats", "Allow", ["ec2:DescribeFlowLogs"], "*"],
        [
          "OwnLog",
          "Allow",
          ["logs:CreateLogStream", "logs:PutLogEvents"],
          [arnOf("logs", `log-group:/aws/lambda/${FUNCTION_NAME}:*`)],
        ],
        ["Traces", "Allow", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"],
      ],
    );
  });

  it("knows the group, and the format of the stack's own lines, which have no header", async () => {
    const environment = environmentOf(await recorded({ settings: { quarantine: true } }));

    assert.equal(environment["FLOW_LOG_GROUP"], "flows");
    assert.deepEqual(readConfig(environment).format, LOG_GROUP.fields);
    assert.ok(!("QUARANTINE_BUCKET" in environment));
    for (const name of ["FLOW_LOG_GROUP", "FLOW_LOG_FORMAT"]) {
      assert.ok(!(name in environmentOf(await recordForwarder())), name);
    }
  });

  for (const { maximumConcurrency, fromQueue } of [
    { maximumConcurrency: 2, fromQueue: 2 },
    { maximumConcurrency: 5, fromQueue: 2 },
    { maximumConcurrency: 10, fromQueue: 5 },
  ]) {
    it(`runs ${maximumConcurrency} times at once, ${fromQueue} of them for the queue, and keeps to the PCE's requests`, async () => {
      const made = await recorded({ settings: { maximumConcurrency } });

      assert.equal(made.one(FUNCTION).inputs["reservedConcurrentExecutions"], maximumConcurrency);
      assert.deepEqual(made.named("forwarder-mapping").inputs["scalingConfig"], { maximumConcurrency: fromQueue });
      assert.ok(readConfig(environmentOf(made)).requestsPerMinute * maximumConcurrency <= 500);
    });
  }

  it("reserves nothing where its objects come from a queue, which limits them", async () => {
    const { inputs } = (await recordForwarder()).one(FUNCTION);

    assert.ok(!("reservedConcurrentExecutions" in inputs) && !("deadLetterConfig" in inputs));
  });

  it("can be in a VPC, too", async () => {
    const made = await recorded({ network: { subnetIds: ["subnet-1"], securityGroupId: "sg-1" } });

    assert.deepEqual(made.one(FUNCTION).inputs["vpcConfig"], { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] });
  });
});
