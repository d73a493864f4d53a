import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { SQSClient } from "@aws-sdk/client-sqs";
import { deadLetterArnOf, drainQueue } from "../../../sandbox/aws/dead-letters";
import type { LambdaRunner } from "../../../sandbox/aws/lambda-runner";
import { deployEventSource, deployFunction, EmulatedAws, outcomes } from "../../support/emulated-aws";

describe("a worker that is lost in the middle of an invocation", function () {
  this.timeout(30_000);
  let aws: EmulatedAws;
  let roleArn: string;
  let runner: LambdaRunner | undefined;
  let count = 0;

  before(async () => {
    aws = await EmulatedAws.start();
    await aws.logGroup("/aws/lambda/fixture");
    roleArn = await aws.role("worker", [{ Action: ["sqs:*", "logs:*"], Resource: "*" }]);
    await aws.turnOnAccessControl([roleArn]);
  });
  afterEach(() => runner?.stop());
  after(() => aws.stop());

  /** A function that is slow with a message the first time, and quick with it afterwards. */
  async function deploySlow(maxReceiveCount: number) {
    count += 1;
    const run = await aws.runFolder();
    const dead = await aws.queue(`dead-${count}`);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead, maxReceiveCount });
    const queue = await aws.queue(`work-${count}`, { VisibilityTimeout: "2", RedrivePolicy });
    const code = `exports.handler = async ({ Records: [{ attributes }] }) => {
      if (attributes.ApproximateReceiveCount === "1") await new Promise((done) => setTimeout(done, 1_500));
    }`;
    const deployed = await deployFunction(run, code, { roleArn, timeoutSeconds: 2 });
    await deployEventSource(run, deployed, queue, {});
    runner = await aws.startRunner(run, { returnAfterSeconds: 0 });
    await aws.send(queue, "the message");
    while (!(await runner.lose(deployed.name, 0))) await sleep(50);
    await runner.idle(15_000);
    return { lambda: runner, queue };
  }

  it("crashes that invocation, and its message is tried by another worker", async () => {
    const { lambda } = await deploySlow(3);

    assert.deepEqual(outcomes(lambda.invocations()), ["crash", "success"]);
    assert.equal(await lambda.deadLetters(), 0);
  });

  it("counts as a try: a message that may be tried once is in the dead-letter queue, which can be drained", async () => {
    const { lambda, queue } = await deploySlow(1);

    assert.equal(await lambda.deadLetters(), 1);
    const sqs = new SQSClient(aws.client);
    const dead = (await deadLetterArnOf(sqs, aws.moto.url, queue)) ?? "";
    assert.deepEqual(await drainQueue(sqs, aws.moto.url, dead), ["the message"]);
    assert.deepEqual(await drainQueue(sqs, aws.moto.url, dead), []);
    assert.equal(await deadLetterArnOf(sqs, aws.moto.url, dead), undefined);
    sqs.destroy();
  });
});
