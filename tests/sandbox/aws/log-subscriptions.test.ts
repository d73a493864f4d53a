import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import type { LambdaRunner } from "../../../sandbox/aws/lambda-runner";
import { ACCOUNT_ID } from "../../../sandbox/aws/moto";
import {
  type DeployedPermission,
  type DeployedSubscription,
  permissionFile,
  removeRecord,
  subscriptionFile,
  writeRecord,
} from "../../../sandbox/aws/registry";
import { deployFunction, EmulatedAws, REGION } from "../../support/emulated-aws";

const GROUP = "dev/flows";
const DATA = "exports.handler = async (event) => console.log(JSON.stringify(event))";

interface Message {
  readonly messageType: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
  readonly logEvents: readonly { readonly id: string; readonly timestamp: number; readonly message: string }[];
}

describe("CloudWatch Logs' subscriptions", function () {
  this.timeout(30_000);
  let aws: EmulatedAws;
  let roleArn: string;
  let runner: LambdaRunner | undefined;

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

  /** The runner starts first, so everything is taken up as an update brings it. */
  async function deploy(permission: Partial<DeployedPermission> | "none" = {}) {
    const run = await aws.runFolder();
    const lambda = await aws.startRunner(run, { minuteMs: 100 });
    runner = lambda;
    const deployed = await deployFunction(run, DATA, { roleArn });
    if (permission !== "none") {
      await writeRecord(permissionFile(run, deployed.name, "logs"), {
        functionName: deployed.name,
        statementId: "logs",
        principal: "logs.amazonaws.com",
        action: "lambda:InvokeFunction",
        sourceArn: `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:${GROUP}:*`,
        sourceAccount: ACCOUNT_ID,
        ...permission,
      } satisfies DeployedPermission);
    }
    const subscription: DeployedSubscription = { logGroup: GROUP, name: "all", destinationArn: deployed.arn };
    await writeRecord(subscriptionFile(run, GROUP, "all"), subscription);
    return { run, lambda, deployed };
  }

  const publish = (lambda: LambdaRunner, messages: readonly string[], logGroup = GROUP) =>
    lambda.publishLogEvents({
      logGroup,
      logStream: "eni-1-all",
      events: messages.map((message, index) => ({ timestamp: 1_700_000_000_000 + index, message })),
    });

  const messagesIn = async (lambda: LambdaRunner, run: string, count: number): Promise<readonly Message[]> => {
    while (lambda.invocations().length < count && lambda.errors().length === 0) await sleep(20);
    await lambda.idle();
    const text = await readFile(join(run, "logs", "fixture.log"), "utf8");
    return text
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => (JSON.parse(line) as { awslogs: { data: string } }).awslogs.data)
      .map((data) => JSON.parse(gunzipSync(Buffer.from(data, "base64")).toString()) as Message);
  };

  it("send a message without events of the group as soon as they are there", async () => {
    const { run, lambda } = await deploy();

    const [message, ...others] = await messagesIn(lambda, run, 1);

    assert.equal(message?.messageType, "CONTROL_MESSAGE");
    assert.deepEqual(others, []);
  });

  it("send what is written into their group, in order and as it is, and of no other group", async () => {
    const { run, lambda } = await deploy();
    await messagesIn(lambda, run, 1);

    assert.deepEqual(await publish(lambda, ["2 eni-1 a", "2 eni-1 b"]), ["all"]);
    assert.deepEqual(await publish(lambda, ["no"], "dev/flow"), []);

    const [, message, ...others] = await messagesIn(lambda, run, 2);
    const { logEvents = [], ...about } = message ?? {};
    assert.deepEqual(about, {
      messageType: "DATA_MESSAGE",
      owner: ACCOUNT_ID,
      logGroup: GROUP,
      logStream: "eni-1-all",
      subscriptionFilters: ["all"],
    });
    assert.deepEqual(
      logEvents.map(({ timestamp, message: text }) => [timestamp, text]),
      [
        [1_700_000_000_000, "2 eni-1 a"],
        [1_700_000_000_001, "2 eni-1 b"],
      ],
    );
    assert.match(logEvents[0]?.id ?? "", /^\d{56}$/);
    assert.deepEqual(others, []);
  });

  it("send many events in several messages, each event once", async () => {
    const { run, lambda } = await deploy();
    const lines = Array.from({ length: 2_500 }, (_, index) => `line ${index}`);
    await publish(lambda, lines);

    const messages = await messagesIn(lambda, run, 4);

    const data = messages.filter(({ messageType }) => messageType === "DATA_MESSAGE");
    assert.ok(data.length > 1, `${data.length} messages`);
    const sent = data.flatMap(({ logEvents }) => logEvents);
    assert.deepEqual(new Set(sent.map(({ message }) => message)), new Set(lines));
    assert.equal(new Set(sent.map(({ id }) => id)).size, lines.length);
  });

  it("are let in by a permission that has the region in the service's name", async () => {
    const { run, lambda } = await deploy({ principal: `logs.${REGION}.amazonaws.com` });

    assert.equal((await messagesIn(lambda, run, 1)).length, 1);
  });

  for (const [what, permission] of [
    ["is not there", "none"],
    ["is for another group", { sourceArn: `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:dev/flow:*` }],
  ] as const) {
    it(`lose events, and tell, when the permission ${what}`, async () => {
      const { lambda } = await deploy(permission);

      await publish(lambda, ["lost"]);

      await assert.rejects(lambda.idle(), /CloudWatch Logs can not send events of dev\/flows to all, they are lost/);
      assert.deepEqual(lambda.invocations(), []);
    });
  }

  it("send nothing any more once they are taken away", async () => {
    const { run, lambda } = await deploy();
    await messagesIn(lambda, run, 1);
    await removeRecord(subscriptionFile(run, GROUP, "all"));

    assert.deepEqual(await publish(lambda, ["nobody"]), []);
  });
});
