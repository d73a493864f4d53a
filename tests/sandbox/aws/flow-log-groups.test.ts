import assert from "node:assert/strict";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateFlowLogsCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { deliverToLogGroups, flowLogsIntoGroups, type LogGroupFlowLog } from "../../../sandbox/aws/flow-log-groups";
import type { LogEvents } from "../../../sandbox/aws/log-subscriptions";
import { ACCOUNT_ID } from "../../../sandbox/aws/moto";
import { EmulatedAws, REGION } from "../../support/emulated-aws";

const GROUP = "dev/flows";
const NOW = Math.floor(Date.now() / 1000);

describe("the delivery of flow logs into log groups", function () {
  this.timeout(30_000);
  let aws: EmulatedAws;
  let writer: string;
  let published: LogEvents[];

  before(async () => {
    aws = await EmulatedAws.start();
    await aws.logGroup(GROUP);
    const mayWrite = {
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:${GROUP}:*`,
    };
    writer = await aws.role("writer", [mayWrite], "vpc-flow-logs.amazonaws.com");
    await aws.role("stranger", [mayWrite]);
    await aws.role("reader", [{ ...mayWrite, Action: "logs:CreateLogStream" }], "vpc-flow-logs.amazonaws.com");
    await aws.turnOnAccessControl([]);
  });
  beforeEach(() => {
    published = [];
  });
  after(() => aws.stop());

  const flowLog = (more: Partial<LogGroupFlowLog> = {}): LogGroupFlowLog => ({
    flowLogId: "fl-1",
    logGroup: GROUP,
    roleArn: writer,
    fields: ["interface-id", "start", "srcaddr"],
    trafficType: "ALL",
    ...more,
  });
  const runner = {
    publishLogEvents: async (written: LogEvents) => {
      published.push(written);
      return ["all"];
    },
  };
  const deliver = (...deliveries: Parameters<typeof deliverToLogGroups>[0]) =>
    deliverToLogGroups(deliveries, { ...aws.client, runner });

  it("is asked of EC2: group, role and format of each flow log", async () => {
    const ec2 = new EC2Client(aws.client);
    const { Vpc: vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    await ec2.send(
      new CreateFlowLogsCommand({
        ResourceType: "VPC",
        ResourceIds: [vpc?.VpcId ?? ""],
        TrafficType: "ALL",
        LogDestinationType: "cloud-watch-logs",
        LogGroupName: GROUP,
        DeliverLogsPermissionArn: writer,
        LogFormat: `\${interface-id} \${start} \${srcaddr}`,
        MaxAggregationInterval: 60,
      }),
    );
    ec2.destroy();

    const [found, ...others] = await flowLogsIntoGroups(aws.client);

    assert.deepEqual({ ...found, flowLogId: "fl-1" }, flowLog());
    assert.deepEqual(others, []);
  });

  it("writes a stream for each interface, the events at their records' start, and hands each stream on as one", async () => {
    const other = flowLog({ flowLogId: "fl-2", fields: ["start", "interface-id"] });

    const streams = await deliver(
      { flowLog: flowLog(), lines: [`eni-1 ${NOW} 10.0.0.1`, `eni-2 ${NOW} 10.0.0.2`, `eni-1 ${NOW - 60} -`] },
      { flowLog: other, lines: [`${NOW} eni-1`] },
    );

    assert.deepEqual(streams, ["eni-1-all", "eni-2-all"]);
    assert.deepEqual(
      published.map(({ logStream, events }) => [logStream, events.map(({ message }) => message)]),
      [
        ["eni-1-all", [`eni-1 ${NOW} 10.0.0.1`, `eni-1 ${NOW - 60} -`, `${NOW} eni-1`]],
        ["eni-2-all", [`eni-2 ${NOW} 10.0.0.2`]],
      ],
    );
    const logs = new CloudWatchLogsClient(aws.client);
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: GROUP, logStreamNames: ["eni-1-all"] }),
    );
    logs.destroy();
    assert.deepEqual(
      events.map(({ timestamp, message }) => [timestamp, message]),
      [
        [1_000 * (NOW - 60), `eni-1 ${NOW - 60} -`],
        [1_000 * NOW, `eni-1 ${NOW} 10.0.0.1`],
        [1_000 * NOW, `${NOW} eni-1`],
      ],
    );
  });

  for (const [name, says] of [
    [
      "stranger",
      /VPC flow logs can not run fl-1 under .*stranger: .*Let vpc-flow-logs\.amazonaws\.com do sts:AssumeRole/,
    ],
    ["reader", /not authorized to perform: logs:PutLogEvents/],
  ] as const) {
    it(`delivers nothing under a role that may not: ${name}`, async () => {
      const roleArn = `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;

      await assert.rejects(deliver({ flowLog: flowLog({ roleArn }), lines: [`eni-3 ${NOW} -`] }), says);
      assert.deepEqual(published, []);
    });
  }
});
