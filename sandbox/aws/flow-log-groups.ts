/** Plays the delivery of VPC flow logs into log groups: under the role of each flow log, and on to the groups' subscriptions. */
import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeFlowLogsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { fieldsOfFormat } from "../../flow-logs/formats";
import type { FlowDeliveryOptions } from "./flow-delivery";
import type { LambdaRunner } from "./lambda-runner";
import type { LogEvent } from "./log-subscriptions";
import { ACCOUNT_ID } from "./moto";
import { RoleSessions } from "./role-sessions";

const FLOW_LOGS = { name: "VPC flow logs", principal: "vpc-flow-logs.amazonaws.com" };
const UNNAMED = "eni-00000000000000000"; // a format need not say which interface it is about; the stream does
const EVENTS_PER_PUT = 1_000; // CloudWatch takes 10,000 and 1 MB

/** A flow log that delivers into a log group. */
export interface LogGroupFlowLog {
  readonly flowLogId: string;
  readonly logGroup: string;
  /** The role that it writes under. */
  readonly roleArn: string;
  /** Field names in order. */
  readonly fields: readonly string[];
  readonly trafficType: "ACCEPT" | "REJECT" | "ALL";
}

/** What one flow log has to say. */
export interface LogGroupDelivery {
  readonly flowLog: LogGroupFlowLog;
  /** In its format, without a header. */
  readonly lines: readonly string[];
}

/** What delivery into log groups works with. */
export interface LogGroupDeliveryOptions extends FlowDeliveryOptions {
  readonly runner: Pick<LambdaRunner, "publishLogEvents">;
}

/** The flow logs that deliver into log groups, sorted by id. */
export async function flowLogsIntoGroups(options: FlowDeliveryOptions): Promise<readonly LogGroupFlowLog[]> {
  const ec2 = new EC2Client({ ...options });
  try {
    const { FlowLogs: found = [] } = await ec2.send(
      new DescribeFlowLogsCommand({ Filter: [{ Name: "log-destination-type", Values: ["cloud-watch-logs"] }] }),
    );
    return found
      .map(({ FlowLogId = "", LogGroupName = "", DeliverLogsPermissionArn = "", LogFormat = "", TrafficType }) => ({
        flowLogId: FlowLogId,
        logGroup: LogGroupName,
        roleArn: DeliverLogsPermissionArn,
        fields: fieldsOfFormat(LogFormat) ?? [],
        trafficType: TrafficType ?? "ALL",
      }))
      .sort((a, b) => (a.flowLogId < b.flowLogId ? -1 : 1));
  } finally {
    ec2.destroy();
  }
}

/**
 * Writes the lines into the flow logs' group, a stream for each interface, and hands each stream's events on as one: flow logs of the same
 * interface share a stream. Rejects when a role is not the flow logs' to assume, or may not write there: real AWS would lose the lines
 * without a word. Returns the names of the streams, each once.
 */
export async function deliverToLogGroups(
  deliveries: readonly LogGroupDelivery[],
  { runner, ...options }: LogGroupDeliveryOptions,
): Promise<readonly string[]> {
  const streams = new Map<string, Stream>();
  const sessions = new RoleSessions(options.endpoint, options.credentials, FLOW_LOGS);
  try {
    for (const { flowLog, lines } of deliveries) {
      const { flowLogId: name, roleArn } = flowLog;
      const arn = `arn:aws:ec2:${options.region}:${ACCOUNT_ID}:vpc-flow-log/${name}`;
      const credentials = await sessions.of({ name, arn, roleArn });
      for (const stream of streamsOf(flowLog, lines)) {
        await write(stream, { ...options, credentials });
        const key = `${stream.logGroup} ${stream.logStream}`;
        const before = streams.get(key)?.events ?? [];
        streams.set(key, { ...stream, events: [...before, ...stream.events] });
      }
    }
  } finally {
    sessions.close();
  }
  for (const stream of streams.values()) await runner.publishLogEvents(stream);
  return [...streams.values()].map(({ logStream }) => logStream);
}

interface Stream {
  readonly logGroup: string;
  readonly logStream: string;
  readonly events: readonly LogEvent[];
}

// source: VPC user guide, "Flow log records in CloudWatch Logs": a stream per interface, and the record's start as the event's time
// example: eni-1235b8ca123456789-all
function streamsOf({ logGroup, fields, trafficType }: LogGroupFlowLog, lines: readonly string[]): readonly Stream[] {
  const [interfaceAt, startAt] = [fields.indexOf("interface-id"), fields.indexOf("start")];
  const streams = new Map<string, LogEvent[]>();
  for (const message of lines) {
    const values = message.split(" ");
    const logStream = `${values[interfaceAt] ?? UNNAMED}-${trafficType.toLowerCase()}`;
    const seconds = Number(values[startAt]);
    const timestamp = Number.isInteger(seconds) ? 1_000 * seconds : Date.now();
    streams.set(logStream, [...(streams.get(logStream) ?? []), { timestamp, message }]);
  }
  return [...streams].map(([logStream, events]) => ({ logGroup, logStream, events }));
}

async function write({ logGroup, logStream, events }: Stream, options: FlowDeliveryOptions): Promise<void> {
  const logs = new CloudWatchLogsClient({ ...options });
  const stream = { logGroupName: logGroup, logStreamName: logStream };
  try {
    await logs.send(new CreateLogStreamCommand(stream)).catch((cause: Error) => {
      if (cause.name !== "ResourceAlreadyExistsException") throw cause;
    });
    // CloudWatch refuses events that are not in the order of their times
    const sorted = events.toSorted((a, b) => a.timestamp - b.timestamp);
    for (let at = 0; at < sorted.length; at += EVENTS_PER_PUT) {
      const logEvents = sorted.slice(at, at + EVENTS_PER_PUT);
      await logs.send(new PutLogEventsCommand({ ...stream, logEvents }));
    }
  } finally {
    logs.destroy();
  }
}
