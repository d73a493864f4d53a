import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { LambdaRunner } from "../../../sandbox/aws/lambda-runner";
import { ACCOUNT_ID } from "../../../sandbox/aws/moto";
import { queueUrl } from "../../../sandbox/aws/queue-url";
import { type DeployedFunction, lambdaApiFile, readRecord } from "../../../sandbox/aws/registry";
import { deployInvokeConfig } from "../../support/deployed-events";
import { deployFunction, EmulatedAws, outcomes, REGION } from "../../support/emulated-aws";

const MINUTE_MS = 300;
const FAILS = "exports.handler = async () => { throw new RangeError('too far') }";
const TAKES_200_MS =
  "exports.handler = (event) => new Promise((done) => { console.log(event.name); setTimeout(done, 200); })";

interface FailureRecord {
  readonly timestamp: string;
  readonly requestContext: { readonly condition: string; readonly approximateInvokeCount: number };
  readonly responsePayload: { readonly trace: readonly string[] };
}

describe("asynchronous invocations", function () {
  this.timeout(30_000);
  let aws: EmulatedAws;
  let maySend: string;
  let mayNotSend: string;
  let runner: LambdaRunner | undefined;
  let count = 0;

  before(async () => {
    aws = await EmulatedAws.start();
    await aws.logGroup("/aws/lambda/fixture");
    const logs = { Action: "logs:*", Resource: "*" };
    const failures = `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:failures-*`;
    maySend = await aws.role("sender", [logs, { Action: "sqs:SendMessage", Resource: failures }]);
    mayNotSend = await aws.role("no-sender", [logs]);
    await aws.turnOnAccessControl([]);
  });
  afterEach(async () => {
    await runner?.stop();
    runner = undefined;
  });
  after(() => aws.stop());

  interface Deployment {
    readonly roleArn?: string;
    readonly reservedConcurrency?: number;
    readonly maximumEventAgeSeconds?: number;
    readonly maximumRetryAttempts?: number;
  }

  async function deploy(code: string, { roleArn = maySend, reservedConcurrency, ...config }: Deployment = {}) {
    count += 1;
    const run = await aws.runFolder();
    const onFailureArn = await aws.queue(`failures-${count}`);
    const reserved = reservedConcurrency === undefined ? {} : { reservedConcurrency };
    const deployed = await deployFunction(run, code, { roleArn, ...reserved });
    await deployInvokeConfig(run, deployed.name, { onFailureArn, ...config });
    runner = await aws.startRunner(run, { minuteMs: MINUTE_MS });
    return { run, lambda: runner, deployed, onFailureArn };
  }

  async function records(queueArn: string): Promise<readonly FailureRecord[]> {
    const sqs = new SQSClient(aws.client);
    const request = { QueueUrl: queueUrl(aws.moto.url, queueArn), MaxNumberOfMessages: 10 };
    const { Messages: messages = [] } = await sqs.send(new ReceiveMessageCommand(request));
    sqs.destroy();
    return messages.map(({ Body: body = "" }) => JSON.parse(body) as FailureRecord);
  }

  const requestIds = (lambda: LambdaRunner): readonly string[] => lambda.invocations().map((each) => each.requestId);
  const gaps = (lambda: LambdaRunner): readonly number[] => {
    const starts = lambda.invocations().map(({ startedAt }) => startedAt.getTime());
    return starts.slice(1).map((start, index) => (start - (starts[index] ?? 0)) / MINUTE_MS);
  };

  it("run once when they succeed, and leave no record", async () => {
    const { lambda, deployed } = await deploy("exports.handler = async () => {}");

    const requestId = lambda.invokeAsync(deployed.name, { a: 1 });
    await lambda.idle();

    assert.deepEqual(requestIds(lambda), [requestId]);
    assert.equal(await lambda.deadLetters(), 0);
  });

  it("are tried again after one minute and two more, then recorded in the on-failure queue as Lambda records them", async () => {
    const { lambda, deployed, onFailureArn } = await deploy(FAILS);
    await lambda.invoke(deployed.name, {}); // warm from here on, so that the times are those of the retries

    const requestId = lambda.invokeAsync(deployed.name, { a: 1 });
    await lambda.idle();

    assert.deepEqual(outcomes(lambda.invocations()), ["error", "error", "error", "error"]);
    const [, first = 0, second = 0] = gaps(lambda);
    assert.ok(first >= 0.99 && second >= 1.99 && first < second, `after ${first} and ${second} minutes`);
    assert.deepEqual([...new Set(requestIds(lambda).slice(1))], [requestId]);
    assert.equal(await lambda.deadLetters(), 1);
    const [record] = await records(onFailureArn);
    assert.ok(record);
    assert.match(record.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.match(record.responsePayload.trace[0] ?? "", /^RangeError: too far/);
    assert.deepEqual(
      { ...record, timestamp: "", responsePayload: { ...record.responsePayload, trace: [] } },
      {
        version: "1.0",
        timestamp: "",
        requestContext: {
          requestId,
          functionArn: `${deployed.arn}:$LATEST`,
          condition: "RetriesExhausted",
          approximateInvokeCount: 3,
        },
        requestPayload: { a: 1 },
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        responsePayload: { errorType: "RangeError", errorMessage: "too far", trace: [] },
      },
    );
  });

  it("are tried as often as the function's settings say", async () => {
    const { lambda, deployed } = await deploy(FAILS, { maximumRetryAttempts: 0 });

    lambda.invokeAsync(deployed.name, {});
    await lambda.idle();

    assert.equal(lambda.invocations().length, 1);
    assert.equal(await lambda.deadLetters(), 1);
  });

  it("show a role that may not send to the on-failure queue as an error of the runner", async () => {
    const { lambda, deployed } = await deploy(FAILS, { maximumRetryAttempts: 0, roleArn: mayNotSend });

    lambda.invokeAsync(deployed.name, {});

    await assert.rejects(lambda.idle(), /can not send a failed event of fixture to .*:failures-\d+: .*sqs:SendMessage/);
    assert.equal(await lambda.deadLetters(), 0);
  });

  it("wait at reserved concurrency 1 for what runs, whoever invoked it, and all run in the end", async () => {
    const { lambda, deployed } = await deploy(TAKES_200_MS, { reservedConcurrency: 1 });

    const direct = lambda.invoke(deployed.name, { name: "direct" });
    for (const name of ["a", "b", "c"]) lambda.invokeAsync(deployed.name, { name });
    await direct;
    await lambda.idle();

    assert.deepEqual(outcomes(lambda.invocations()), ["success", "success", "success", "success"]);
    assert.ok(
      gaps(lambda).every((gap) => gap * MINUTE_MS >= 200),
      `starts apart: ${gaps(lambda).join(", ")} minutes`,
    );
  });

  it("count no try while they are throttled, and are given up when they are too old", async () => {
    const { lambda, deployed, onFailureArn } = await deploy(
      "exports.handler = () => new Promise((done) => setTimeout(done, 1_500))",
      { reservedConcurrency: 1, maximumEventAgeSeconds: 120 },
    );

    const running = lambda.invoke(deployed.name, {});
    await sleep(50);
    lambda.invokeAsync(deployed.name, { late: true });
    await running;
    await lambda.idle();

    assert.equal(lambda.invocations().length, 1);
    const [record, ...others] = await records(onFailureArn);
    assert.deepEqual(others, []);
    assert.equal(record?.requestContext.condition, "EventAgeExceeded");
    assert.equal(record?.requestContext.approximateInvokeCount, 0);
    assert.equal(record?.responsePayload, undefined);
  });

  it("are not tried again beyond their greatest age", async () => {
    const { lambda, deployed, onFailureArn } = await deploy(FAILS, { maximumEventAgeSeconds: 150 });
    await lambda.invoke(deployed.name, {});

    const requestId = lambda.invokeAsync(deployed.name, {});
    await lambda.idle();

    const tries = requestIds(lambda).filter((each) => each === requestId).length;
    assert.equal(tries, 2, "the second retry would come after three minutes");
    const [record] = await records(onFailureArn);
    assert.equal(record?.requestContext.condition, "EventAgeExceeded");
  });

  it("come through Lambda's API too, at the address that the run folder names while Lambda runs", async () => {
    const { run, lambda, deployed } = await deploy("exports.handler = async (event) => event", {
      reservedConcurrency: 1,
    });
    const address = await readRecord<{ url: string }>(lambdaApiFile(run));
    assert.equal(address?.url, lambda.url);
    const url = `${address.url}/2015-03-31/functions/${deployed.name}/invocations`;

    const now = await fetch(url, { method: "POST", body: '{"a":1}' });
    const later = await fetch(url, { method: "POST", body: "{}", headers: { "x-amz-invocation-type": "Event" } });
    await lambda.idle();

    assert.deepEqual(await now.json(), { a: 1 });
    assert.equal(later.status, 202);
    assert.equal(lambda.invocations().length, 2);
    await lambda.stop();
    assert.equal(await readRecord(lambdaApiFile(run)), undefined);
  });

  it("of a function that was deployed this moment are known to the API", async () => {
    const { run, lambda } = await deploy("exports.handler = async () => 'old'");
    const roleArn = maySend;
    const code = (answer: string) => `exports.handler = async () => '${answer}'`;
    const call = async (name: string): Promise<unknown> =>
      (await fetch(`${lambda.url}/2015-03-31/functions/${name}/invocations`, { method: "POST" })).json();

    await deployFunction(run, code("new"), { name: "another", roleArn, logGroup: "/aws/lambda/fixture" });

    assert.equal(await call("another"), "new");
    const changed: Partial<DeployedFunction> = { memoryMb: 512, logGroup: "/aws/lambda/fixture" };
    await deployFunction(run, code("newer"), { name: "another", roleArn, ...changed });
    assert.equal(await call("another"), "newer");
  });

  it("can't be made of a function that is not deployed", async () => {
    const { lambda } = await deploy(FAILS);

    assert.throws(() => lambda.invokeAsync("other", {}), /No function named other is deployed; deployed: fixture/);
  });
});
