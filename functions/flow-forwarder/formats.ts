import type * as ec2 from "@aws-sdk/client-ec2";
import { fieldsOfFormat } from "../../flow-logs/formats";

/** Asks which formats flow logs have that write into one place; fields of each, in order. */
export type DescribeFormats = (signal: AbortSignal) => Promise<readonly (readonly string[])[]>;

/** The formats of the flow logs that write into a log group, as EC2 has them. */
export function describeFormats(logGroupName: string): DescribeFormats {
  return async (abortSignal) => {
    // not before it is needed: loading EC2's client takes longer than all the rest of a cold start
    const { DescribeFlowLogsCommand, EC2Client } = require("@aws-sdk/client-ec2") as typeof ec2;
    const client = new EC2Client({});
    const formats = new Set<string>();
    let token: string | undefined;
    do {
      const command = new DescribeFlowLogsCommand({
        Filter: [{ Name: "log-group-name", Values: [logGroupName] }],
        ...(token !== undefined && { NextToken: token }),
      });
      const { FlowLogs = [], NextToken } = await client.send(command, { abortSignal });
      for (const { LogFormat } of FlowLogs) if (LogFormat !== undefined) formats.add(LogFormat);
      token = NextToken;
    } while (token !== undefined);
    client.destroy();
    return [...formats].flatMap((format) => {
      const fields = fieldsOfFormat(format);
      return fields === undefined ? [] : [fields];
    });
  };
}

/** Between two times of asking: a format that nobody knows is in every message. */
const ASK_AGAIN_AFTER_MS = 5 * 60_000;

/** Learns formats when lines are met that have none of those that are known. */
export class FormatLearner {
  readonly #describe: DescribeFormats;
  readonly #now: () => number;
  readonly #known: Set<string>;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(describe: DescribeFormats, known: readonly (readonly string[])[], now: () => number) {
    this.#describe = describe;
    this.#known = new Set(known.map((fields) => fields.join(" ")));
    this.#now = now;
  }

  /** Formats that were not known before; none when it has just been asked. */
  async learn(signal: AbortSignal): Promise<readonly (readonly string[])[]> {
    const now = this.#now();
    if (now - this.#askedAt < ASK_AGAIN_AFTER_MS) return [];
    const found = (await this.#describe(signal)).filter((fields) => !this.#known.has(fields.join(" ")));
    this.#askedAt = now;
    for (const fields of found) this.#known.add(fields.join(" "));
    return found;
  }
}
