import assert from "node:assert/strict";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { LambdaRunner } from "../../../sandbox/aws/lambda-runner";
import { ACCOUNT_ID } from "../../../sandbox/aws/moto";
import { queueUrl } from "../../../sandbox/aws/queue-url";
import { deployInvokeConfig } from "../../support/deployed-events";
import { deployEventSource, deployFunction, EmulatedAws, outcomes, REGION } from "../../support/emulated-aws";

const FAILS = "exports.handler = async () => { throw new RangeError('too far') }";

describe("events that a function with a dead-letter queue failed on", function () {
  this.timeout(30_000);
  let aws: EmulatedAws;
  let maySend: string;
  let mayTakeBack: string;
  let mayNotSend: string;
  let runner: LambdaRunner | undefined;
  let count = 0;

  before(async () => {
    aws = await EmulatedAws.start();
    await aws.logGroup("/aws/lambda/fixture");
    const logs = { Action: "logs:*", Resource: "*" };
    const failures = `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:failures-*`;
    maySend = await aws.role("sender", [logs, { Action: "sqs:SendMessage", Resource: failures }]);
    const takeBack = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
    mayTakeBack = await aws.role("taker", [logs, { Action: takeBack, Resource: failures }]);
    mayNotSend = await aws.role("no-sender", [logs]);
    await aws.turnOnAccessControl([]);
  });
  afterEach(async () => {
    await runner?.stop();
    runner = undefined;
  });
  after(() => aws.stop());

  /** Deploys a failing function whose failed events go to a queue, and to no other. */
  async function deployFailing({ attributes = {}, roleArn = maySend, code = FAILS, isPolled = false } = {}) {
    count += 1;
    const run = await aws.runFolder();
    const deadLetterArn = await aws.queue(`failures-${count}`, attributes);
    const deployed = await deployFunction(run, code, { roleArn, deadLetterArn });
    await deployInvokeConfig(run, deployed.name, { maximumRetryAttempts: 1 });
    if (isPolled) await deployEventSource(run, deployed, deadLetterArn);
    const lambda = await aws.startRunner(run, { minuteMs: 50 });
    runner = lambda;
    return { lambda, deployed, deadLetterArn };
  }

  it("end there as they are, and why in attributes", async () => {
    const { lambda, deployed, deadLetterArn } = await deployFailing();

    const requestId = lambda.invokeAsync(deployed.name, { awslogs: { data: "H4sI" } });
    await lambda.idle();

    assert.equal(lambda.invocations().length, 2);
    assert.equal(await lambda.deadLetters(), 1);
    const sqs = new SQSClient(aws.client);
    const QueueUrl = queueUrl(aws.moto.url, deadLetterArn);
    const request = new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["All"] });
    const { Messages: [message] = [] } = await sqs.send(request);
    sqs.destroy();
    assert.equal(message?.Body, '{"awslogs":{"data":"H4sI"}}');
    const attributes = Object.entries(message?.MessageAttributes ?? {});
    assert.deepEqual(Object.fromEntries(attributes.map(([name, { StringValue: value }]) => [name, value])), {
      RequestID: requestId,
      ErrorCode: "200",
      ErrorMessage: "too far",
    });
  });

  it("are lost, and the runner says so, when the role may not send there", async () => {
    const { lambda, deployed } = await deployFailing({ roleArn: mayNotSend });

    lambda.invokeAsync(deployed.name, {});

    await assert.rejects(lambda.idle(), /can not send a failed event of fixture to .*sqs:SendMessage/);
  });

  it("are lost when the queue's key does not let the role in, whatever the role may do", async () => {
    const kms = new KMSClient(aws.client);
    const root = `arn:aws:iam::${ACCOUNT_ID}:root`;
    const nobody = { Effect: "Allow", Principal: { AWS: root }, Action: "kms:Describe*", Resource: "*" };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [nobody] });
    const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({ Policy }));
    kms.destroy();
    const { lambda, deployed } = await deployFailing({ attributes: { KmsMasterKeyId: key?.Arn ?? "" } });

    lambda.invokeAsync(deployed.name, {});

    await assert.rejects(lambda.idle(), /can not send a failed event of fixture to .*kms:GenerateDataKey/);
  });

  it("come back through an event source of the same queue, and are work to be done and no dead letters then", async () => {
    const code = "exports.handler = async (event) => { if (!event.Records) throw new Error('not yet') }";
    const { lambda, deployed } = await deployFailing({ code, roleArn: mayTakeBack, isPolled: true });

    lambda.invokeAsync(deployed.name, { a: 1 });
    await lambda.idle();

    assert.deepEqual(outcomes(lambda.invocations()), ["error", "error", "success"]);
    assert.equal(await lambda.deadLetters(), 0);
  });
});
