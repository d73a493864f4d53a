import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CreateFlowLogsCommand, DeleteFlowLogsCommand, DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { GetQueueAttributesCommand, ListQueuesCommand } from "@aws-sdk/client-sqs";
import { deliverToLogGroups, flowLogsIntoGroups, type LogGroupFlowLog } from "../../sandbox/aws/flow-log-groups";
import { ACCOUNT_ID } from "../../sandbox/aws/moto";
import { awsClients } from "../../sandbox/aws/provider/clients";
import { listDatabases } from "../../sandbox/aws/registry";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { type ExpectedTraffic, sumExpected } from "../../sandbox/traffic/expected-traffic";
import { CUSTOM_FORMAT, type FlowFormat, V5_FORMAT } from "../../sandbox/traffic/flow-format";
import { generateTraffic } from "../../sandbox/traffic/traffic";

const FILE_SECONDS = 300;

const clientOf = ({ moto, region, admin }: Sandbox) => ({ endpoint: moto.url, region, credentials: admin });

/**
 * Writes two flow logs into the log group of the stack's: its own, and one of another format that nobody told the stack of, over the same
 * interfaces, so that the lines of both are mixed in one stream. Returns the truth.
 */
export async function deliverTwoFormats(sandbox: Sandbox): Promise<ExpectedTraffic> {
  const { region, run, runner } = sandbox;
  const [database] = await listDatabases(run.path);
  const own = await ownFlowLog(sandbox);
  const traffic = generateTraffic({
    seed: 20_260_303,
    startTime: Math.floor(Date.now() / 1000 / FILE_SECONDS - 2) * FILE_SECONDS,
    databases: [database?.primary.ip ?? ""],
    clientSubnets: ["10.0.112.0/20"],
    servicePort: database?.port ?? 0,
    conversations: 60,
    formats: [CUSTOM_FORMAT, V5_FORMAT],
    malformedLines: 0,
    account: ACCOUNT_ID,
    region,
  });
  await withOtherFlowLog(sandbox, own, V5_FORMAT, async (other) => {
    const deliveries = traffic.map(({ format, text }) => ({
      flowLog: format === V5_FORMAT ? other : own,
      lines: text.trimEnd().split("\n").slice(1),
    }));
    await deliverToLogGroups(deliveries, { ...clientOf(sandbox), runner });
    await runner.idle(120_000);
  });
  return sumExpected(traffic);
}

/** Writes a connection of each of these clients into the stack's log group, and does not wait for it. Returns the connections. */
export async function deliverConnections(sandbox: Sandbox, clients: readonly string[]): Promise<readonly string[]> {
  const flowLog = await ownFlowLog(sandbox);
  const start = Math.floor(Date.now() / 1000) - 60;
  const lines = clients.map((client, index) => {
    const interfaceId = `eni-${`${index}`.padStart(17, "0")}`;
    const values: Readonly<Record<string, string>> = {
      "interface-id": interfaceId,
      srcaddr: client,
      dstaddr: "10.0.128.5",
      srcport: "49152",
      dstport: "5432",
      protocol: "6",
      action: "ACCEPT",
      start: `${start}`,
      end: `${start + 59}`,
      "log-status": "OK",
    };
    return flowLog.fields.map((field) => values[field] ?? "-").join(" ");
  });
  await deliverToLogGroups([{ flowLog, lines }], { ...clientOf(sandbox), runner: sandbox.runner });
  return clients.map((client) => `${client},10.0.128.5,5432,6`);
}

async function ownFlowLog(sandbox: Sandbox): Promise<LogGroupFlowLog> {
  const [own] = await flowLogsIntoGroups(clientOf(sandbox));
  if (own === undefined) throw new Error("the stack has no flow log into a log group");
  return own;
}

async function withOtherFlowLog(
  sandbox: Sandbox,
  own: LogGroupFlowLog,
  { fields }: FlowFormat,
  use: (other: LogGroupFlowLog) => Promise<void>,
): Promise<void> {
  const { ec2 } = awsClients(clientOf(sandbox));
  const { Subnets: [subnet] = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const { FlowLogIds = [] } = await ec2.send(
    new CreateFlowLogsCommand({
      ResourceType: "VPC",
      ResourceIds: [subnet?.VpcId ?? ""],
      TrafficType: "ALL",
      LogGroupName: own.logGroup,
      DeliverLogsPermissionArn: own.roleArn,
      LogFormat: fields.map((field) => `\${${field}}`).join(" "),
      MaxAggregationInterval: 60,
    }),
  );
  await use({ ...own, flowLogId: FlowLogIds[0] ?? "", fields });
  await ec2.send(new DeleteFlowLogsCommand({ FlowLogIds }));
  ec2.destroy();
}

/** The queues that hold messages. */
export async function fullQueues(sandbox: Sandbox): Promise<readonly string[]> {
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
export async function alarmedQueues(sandbox: Sandbox): Promise<readonly (string | undefined)[]> {
  const { cloudWatch } = awsClients(clientOf(sandbox));
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({}));
  return MetricAlarms.filter(
    ({ MetricName, AlarmActions = [] }) =>
      MetricName === "ApproximateNumberOfMessagesVisible" && AlarmActions.length > 0,
  ).map(({ Dimensions }) => Dimensions?.find(({ Name }) => Name === "QueueName")?.Value);
}
