import assert from "node:assert/strict";
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { GetQueueAttributesCommand, ListQueuesCommand } from "@aws-sdk/client-sqs";
import { awsClients } from "../../sandbox/aws/provider/clients";
import { listSubscriptions } from "../../sandbox/aws/registry";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { deliverConnections, deliverTwoFormats } from "../support/log-group-traffic";
import { suiteSandbox } from "../support/suite-sandbox";

const IN_A_LOG_GROUP = {
  "rds-sightline:flowLogs": { destination: "cloud-watch-logs", scope: "vpc" },
  "rds-sightline:frontDoor": {},
  // the longest there is: the longer a try may take, the fewer of them until a dead letter
  "rds-sightline:forwarder": { timeoutSeconds: 900 },
};

describe("Flow logs in a log group, deployed by the real engine", function () {
  this.timeout(120_000);
  let sandbox: Sandbox;

  suiteSandbox("flow-log-group", { returnAfterSeconds: 0, minuteMs: 200 }, async (opened) => {
    sandbox = opened;
    await sandbox.operate("up", { config: IN_A_LOG_GROUP });
  });

  it("reach the PCE through the subscription, those of another flow log in the same streams, too", async () => {
    const expected = await deliverTwoFormats(sandbox);

    assert.deepEqual(new Set(sandbox.pce.flows().keys()), expected.connections);
    assert.deepEqual([sandbox.runner.errors(), await sandbox.moto.denials()], [[], []]);
  });

  it("wait in the queue when Lambda has failed three times, and reach the PCE from there", async () => {
    const before = sandbox.runner.invocations().length;
    // of each invocation two: it reads the key anew before it takes the first for an answer
    sandbox.pce.inject(...Array.from({ length: 6 }, () => ({ kind: "status", status: 401 }) as const));
    const [connection = ""] = await deliverConnections(sandbox, ["10.0.64.9"]);
    await sandbox.runner.idle();

    const outcomes = sandbox.runner.invocations().map(({ outcome }) => outcome);
    assert.deepEqual(outcomes.slice(before), ["error", "error", "error", "success"]);
    assert.ok(sandbox.pce.flows().has(connection));
    assert.equal(await sandbox.runner.deadLetters(), 0);
  });

  it("are dead letters when they fail for good, which an alarm tells", async () => {
    const { logGroup = "" } = (await listSubscriptions(sandbox.run.path))[0] ?? {};
    const nonsense = { timestamp: Date.now(), message: "no flow log wrote this" };
    await sandbox.runner.publishLogEvents({ logGroup, logStream: "somebody-else", events: [nonsense] });
    await sandbox.runner.idle();

    const [queue] = await fullQueues(sandbox);
    assert.match(queue ?? "", /dead-letters/);
    assert.ok((await alarmedQueues(sandbox)).includes(queue), `no alarm for ${queue}`);
    assert.deepEqual([sandbox.runner.errors(), await sandbox.moto.denials()], [[], []]);
  });
});

const clientOf = ({ moto, region, admin }: Sandbox) => ({ endpoint: moto.url, region, credentials: admin });

async function fullQueues(sandbox: Sandbox): Promise<readonly string[]> {
  const { sqs } = awsClients(clientOf(sandbox));
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const AttributeNames = ["ApproximateNumberOfMessages" as const];
  const counted = QueueUrls.map(async (QueueUrl) => {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    return { name: QueueUrl.split("/").at(-1) ?? "", messages: Number(Attributes?.["ApproximateNumberOfMessages"]) };
  });
  return (await Promise.all(counted)).filter(({ messages }) => messages > 0).map(({ name }) => name);
}

/** The queues whose messages an alarm with an action counts. */
async function alarmedQueues(sandbox: Sandbox): Promise<readonly (string | undefined)[]> {
  const { cloudWatch } = awsClients(clientOf(sandbox));
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({}));
  return MetricAlarms.filter(
    ({ MetricName, AlarmActions = [] }) =>
      MetricName === "ApproximateNumberOfMessagesVisible" && AlarmActions.length > 0,
  ).map(({ Dimensions }) => Dimensions?.find(({ Name }) => Name === "QueueName")?.Value);
}
