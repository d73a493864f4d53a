import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { LambdaRunner, LambdaRunnerOptions } from "../../../sandbox/aws/lambda-runner";
import { eventSourceFile, removeRecord } from "../../../sandbox/aws/registry";
import { deployEventSource, deployFunction, EmulatedAws, outcomes } from "../../support/emulated-aws";
import { isRunning } from "../../support/processes";

const LOG_GROUP = "/aws/lambda/fixture";

describe("the Lambda runner", function () {
  this.timeout(60_000);
  let aws: EmulatedAws;
  let roleArn: string;
  let runner: LambdaRunner | undefined;
  let count = 0;

  before(async () => {
    aws = await EmulatedAws.start();
    await aws.logGroup(LOG_GROUP);
    roleArn = await aws.role("fixture", [
      {
        Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        Resource: "arn:aws:sqs:*:*:work-*",
      },
      { Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: `arn:aws:logs:*:*:log-group:${LOG_GROUP}:*` },
    ]);
    await aws.turnOnAccessControl([roleArn]);
  });
  afterEach(async () => {
    await runner?.stop();
    runner = undefined;
  });
  after(() => aws.stop());

  /** A function of `code` fed by a queue of its own whose dead-letter queue takes a message after two tries. */
  async function deploy(code: string, more: Parameters<typeof deployEventSource>[3] = {}, timeoutSeconds = 5) {
    count += 1;
    const run = await aws.runFolder();
    const dead = await aws.queue(`dead-${count}`);
    const queue = await aws.queue(`work-${count}`, {
      VisibilityTimeout: "30",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead, maxReceiveCount: 2 }),
    });
    const deployed = await deployFunction(run, code, { roleArn, timeoutSeconds, environment: { OWN: "own value" } });
    await deployEventSource(run, deployed, queue, more);
    return { run, queue, deployed };
  }

  async function start(run: string, more: Partial<LambdaRunnerOptions> = {}): Promise<LambdaRunner> {
    runner = await aws.startRunner(run, { returnAfterSeconds: 0, ...more });
    return runner;
  }

  it("hands messages to the deployed code and deletes what succeeded", async () => {
    const { run, queue, deployed } = await deploy(
      "exports.handler = async (event) => console.log(JSON.stringify(event.Records[0]))",
    );
    await aws.send(queue, "first");

    const lambda = await start(run);
    await lambda.idle();

    assert.deepEqual(outcomes(lambda.invocations()), ["success"]);
    assert.equal(await lambda.deadLetters(), 0);
    const log = await readFile(join(run, "logs", `${deployed.name}.log`), "utf8");
    const record = JSON.parse(log.split("\n").find((line) => line.startsWith("{")) ?? "{}");
    assert.equal(record.body, "first");
    assert.equal(record.eventSource, "aws:sqs");
    assert.equal(record.eventSourceARN, queue);
    assert.equal(record.attributes.ApproximateReceiveCount, "1");
  });

  it("keeps a process warm between invocations", async () => {
    const { run, queue } = await deploy("let n = 0; exports.handler = async () => console.log('call ' + ++n)");
    const lambda = await start(run);
    await aws.send(queue, "a");
    await lambda.idle();
    await aws.send(queue, "b");
    await lambda.idle();

    const [first, second] = lambda.invocations();
    assert.deepEqual([first?.coldStart, second?.coldStart], [true, false]);
    assert.equal(first?.pid, second?.pid);
    assert.match(await readFile(join(run, "logs", "fixture.log"), "utf8"), /call 1[\s\S]*call 2/);
  });

  it("gives the function its own variables, those of Lambda, and none of the parent's", async () => {
    process.env["PARENT_SECRET"] = "leaked";
    const { run, deployed } = await deploy("exports.handler = async () => process.env");
    const lambda = await start(run);

    const end = await lambda.invoke(deployed.name, {});

    delete process.env["PARENT_SECRET"];
    assert.equal(end.outcome, "success");
    const env = (end as { answer: Record<string, string> }).answer;
    assert.equal(env["OWN"], "own value");
    assert.equal(env["AWS_ENDPOINT_URL"], aws.moto.url);
    assert.equal(env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "256");
    assert.deepEqual(
      Object.keys(env).filter((name) => !/^(AWS_|LAMBDA_|_HANDLER$|LANG$|PATH$|TZ$|NODE_PATH$|OWN$)/.test(name)),
      [],
    );
  });

  it("gives the handler a context whose time runs out with the function's timeout", async () => {
    const { run, deployed } = await deploy(
      "exports.handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis(), event })",
    );
    const lambda = await start(run);

    const end = await lambda.invoke(deployed.name, { hello: 1 });

    const answer = (end as { answer: Record<string, unknown> }).answer;
    assert.ok(Number(answer["left"]) > 3_000 && Number(answer["left"]) <= 5_000);
    assert.equal(answer["functionName"], "fixture");
    assert.equal(answer["invokedFunctionArn"], deployed.arn);
    assert.deepEqual(answer["event"], { hello: 1 });
    assert.equal(answer["awsRequestId"], lambda.invocations()[0]?.requestId);
  });

  it("returns only the named messages of a partial failure, and moves them to the dead-letter queue at last", async () => {
    const { run, queue } = await deploy(`exports.handler = async ({ Records }) => ({
      batchItemFailures: Records.filter((each) => each.body === "bad").map((each) => ({ itemIdentifier: each.messageId })) })`);
    await aws.send(queue, "good", "bad", "good");

    const lambda = await start(run);
    await lambda.idle();

    assert.equal(await lambda.deadLetters(), 1);
    assert.equal(lambda.invocations().length, 2);
  });

  it("ignores the failure list when the event source does not ask for it", async () => {
    const { run, queue } = await deploy(
      "exports.handler = async ({ Records }) => ({ batchItemFailures: [{ itemIdentifier: Records[0].messageId }] })",
      { functionResponseTypes: [] },
    );
    await aws.send(queue, "a");

    const lambda = await start(run);
    await lambda.idle();

    assert.equal(await lambda.deadLetters(), 0);
  });

  it("fails the whole batch on an answer of the wrong shape, and says so", async () => {
    const { run, queue } = await deploy("exports.handler = async () => ({ batchItemFailures: [{ id: 'x' }] })");
    await aws.send(queue, "a", "b");

    const lambda = await start(run);

    await assert.rejects(lambda.idle(), /fails the whole batch of fixture: an itemIdentifier is missing/);
  });

  it("returns the batch of a function that throws, with the reason kept", async () => {
    const { run, queue } = await deploy("exports.handler = async () => { throw new RangeError('too far') }");
    await aws.send(queue, "a");

    const lambda = await start(run);
    await lambda.idle();

    assert.deepEqual(outcomes(lambda.invocations()), ["error", "error"]);
    assert.equal(lambda.invocations()[0]?.reason, "RangeError: too far");
    assert.equal(await lambda.deadLetters(), 1);
  });

  it("kills a function at its timeout, returns its batch and starts a new process", async () => {
    const { run, queue } = await deploy("exports.handler = () => { for (;;); }", {}, 1);
    await aws.send(queue, "a");

    const lambda = await start(run);
    await lambda.idle();

    assert.deepEqual(outcomes(lambda.invocations()), ["timeout", "timeout"]);
    assert.match(lambda.invocations()[0]?.reason ?? "", /timed out after 1\.00 seconds/);
    const pids = lambda.invocations().map(({ pid }) => pid ?? 0);
    assert.notEqual(pids[0], pids[1]);
    assert.deepEqual(pids.map(isRunning), [false, false]);
    assert.equal(await lambda.deadLetters(), 1);
  });

  it("returns the batch of a process that crashes", async () => {
    const { run, queue } = await deploy("exports.handler = async () => process.exit(3)");
    await aws.send(queue, "a");

    const lambda = await start(run);
    await lambda.idle();

    assert.deepEqual(outcomes(lambda.invocations()), ["crash", "crash"]);
    assert.match(lambda.invocations()[0]?.reason ?? "", /exit status 3/);
  });

  it("reports code that can not be loaded as an error of the invocation", async () => {
    const { run, deployed } = await deploy("exports.other = 1");
    const lambda = await start(run);

    const end = await lambda.invoke(deployed.name, {});

    assert.ok(end.outcome === "error");
    assert.equal(end.reason, "TypeError: index.handler is undefined or not exported");
  });

  it("never has more invocations at once than the event source allows", async () => {
    const { run, queue } = await deploy(
      `const { appendFileSync } = require("node:fs"); const mark = (what) => appendFileSync("../../marks", what);
       exports.handler = async () => { mark("<"); await new Promise((done) => setTimeout(done, 150)); mark(">"); }`,
      { batchSize: 1, maximumConcurrency: 2 },
    );
    await aws.send(queue, "a", "b", "c", "d");

    const lambda = await start(run);
    await lambda.idle();

    const marks = await readFile(join(run, "marks"), "utf8");
    let open = 0;
    const most = Math.max(...[...marks].map((mark) => (open += mark === "<" ? 1 : -1)));
    assert.equal(most, 2);
    assert.equal(lambda.invocations().length, 4);
  });

  it("leaves a failed message to the queue's own visibility timeout unless told otherwise", async () => {
    const { run, queue } = await deploy("exports.handler = async () => { throw new Error('no') }");
    await aws.send(queue, "a");

    runner = await aws.startRunner(run);

    await assert.rejects(
      runner.idle(1_500),
      /1 messages still wait for a function; the last failure was fixture: Error: no/,
    );
    assert.equal(runner.invocations().length, 1);
  });

  it("sums embedded metrics and writes the output to the function's log group", async () => {
    const line = JSON.stringify({ _aws: { CloudWatchMetrics: [{ Metrics: [{ Name: "Records" }] }] }, Records: 5 });
    const { run, deployed } = await deploy(
      `exports.handler = async () => { console.log(${JSON.stringify(line)}); console.error("to stderr"); }`,
    );
    const lambda = await start(run);

    await lambda.invoke(deployed.name, {});
    await lambda.invoke(deployed.name, {});

    assert.deepEqual(lambda.metrics(), { Records: 10 });
    const logs = new CloudWatchLogsClient(aws.client);
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: LOG_GROUP, filterPattern: '"to stderr"' }),
    );
    logs.destroy();
    assert.ok(events.length >= 2);
  });

  it("stops polling when the event source is removed", async () => {
    const { run, queue, deployed } = await deploy("exports.handler = async () => {}");
    const lambda = await start(run);
    await removeRecord(eventSourceFile(run, `source-of-${deployed.name}`));
    await sleep(300);

    await aws.send(queue, "a");
    await sleep(300);

    assert.deepEqual(lambda.invocations(), []);
  });

  it("leaves no process behind when it is stopped in the middle of an invocation", async () => {
    const { run, deployed } = await deploy("exports.handler = () => new Promise((done) => setTimeout(done, 60_000))");
    const lambda = await start(run);
    const invoked = lambda.invoke(deployed.name, {});
    await sleep(300);

    await lambda.stop();

    assert.equal((await invoked).outcome, "crash");
    assert.equal(isRunning(lambda.invocations()[0]?.pid ?? 0), false);
  });

  it("refuses a function whose timeout the queue's visibility does not cover", async () => {
    const { run } = await deploy("exports.handler = async () => {}", {}, 31);

    const lambda = await start(run);

    await assert.rejects(lambda.idle(), /visibility timeout of 30 s is less than the timeout of fixture, 31 s/);
  });
});
