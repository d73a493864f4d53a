/** Plays the delivery service of VPC flow logs: what flow logs exist comes from the emulator, objects go where they say. */
import { createHash } from "node:crypto";
import { DescribeFlowLogsCommand, EC2Client, type FlowLog } from "@aws-sdk/client-ec2";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { gzipText } from "../traffic/gzip";
import { flowLogKey, type KeyLayout } from "../traffic/object-keys";
import type { Credentials } from "./access-control";
import { DeliveryChecks } from "./flow-delivery-checks";
import { ACCOUNT_ID } from "./moto";

const HASH_DIGITS = 8;

/** What delivery works with. */
export interface FlowDeliveryOptions {
  /** The emulator's URL: of `startMoto`. */
  readonly endpoint: string;
  readonly region: string;
  /** Writes the objects; delivery's own permission is judged by the policies of bucket, queue and keys. */
  readonly credentials: Credentials;
}

/** A flow log that delivers to S3. */
export interface FlowLogDestination {
  readonly flowLogId: string;
  /** The VPC, subnet or network interface that is logged. */
  readonly resourceId: string;
  readonly bucket: string;
  /** Folder in the bucket, empty when there is none. */
  readonly prefix: string;
  readonly account: string;
  readonly region: string;
  /** Field names in order, for example `["version", "srcaddr"]`; empty = the default format. */
  readonly fields: readonly string[];
  readonly fileFormat: "plain-text" | "parquet";
  readonly layout: KeyLayout;
  readonly aggregationSeconds: number;
  readonly trafficType: "ACCEPT" | "REJECT" | "ALL";
}

/** One object to deliver. */
export interface FlowLogFile {
  /** Plain text is gzipped on the way, as AWS does; bytes (Parquet, or a broken object for a test) go as they are. */
  readonly body: string | Uint8Array;
  /** Any moment in the five minutes that the object covers; it names the key. */
  readonly time: Date;
  /** @default - taken from the body, so that the same text has the same key */
  readonly hash?: string;
}

/** The flow logs that deliver to S3, sorted by id. Throws for one whose destination it can not read. */
export async function flowLogDestinations(options: FlowDeliveryOptions): Promise<readonly FlowLogDestination[]> {
  const ec2 = new EC2Client({ ...options });
  try {
    const { FlowLogs: found = [] } = await ec2.send(
      new DescribeFlowLogsCommand({ Filter: [{ Name: "log-destination-type", Values: ["s3"] }] }),
    );
    return found
      .map((each) => destinationOf(each, options.region))
      .sort((a, b) => (a.flowLogId < b.flowLogId ? -1 : 1));
  } finally {
    ec2.destroy();
  }
}

/**
 * Puts `files` under the keys that AWS would give them and returns the keys, in order. Throws before it puts anything when
 * a policy keeps delivery, or the bucket's notifications, from working: real AWS would then lose the objects without a word.
 */
export async function deliverFlowLogs(
  destination: FlowLogDestination,
  files: readonly FlowLogFile[],
  options: FlowDeliveryOptions,
): Promise<readonly string[]> {
  const s3 = new S3Client({ ...options });
  try {
    const named = files.map((file) => ({ file, key: keyOf(destination, file) }));
    const checks = new DeliveryChecks(destination, options);
    await checks.refusals(named.map(({ key }) => key)).then(throwRefusals);
    for (const { file, key } of named) {
      await s3.send(
        new PutObjectCommand({
          Bucket: destination.bucket,
          Key: key,
          Body: typeof file.body === "string" ? gzipText(file.body) : file.body,
          ACL: "bucket-owner-full-control",
        }),
      );
    }
    return named.map(({ key }) => key);
  } finally {
    s3.destroy();
  }
}

function throwRefusals(refusals: readonly string[]): void {
  if (refusals.length > 0) throw new Error(`Flow logs can not be delivered:\n${refusals.join("\n")}`);
}

function keyOf(destination: FlowLogDestination, file: FlowLogFile): string {
  const { account, region, flowLogId, layout, prefix, fileFormat } = destination;
  const hash = file.hash ?? createHash("sha256").update(file.body).digest("hex").slice(0, HASH_DIGITS);
  const extension = fileFormat === "parquet" ? "log.parquet" : "log.gz";
  return flowLogKey({ account, region, flowLogId, layout, prefix, extension, hash, time: file.time });
}

function destinationOf(flowLog: FlowLog, region: string): FlowLogDestination {
  const { FlowLogId: flowLogId = "", LogDestination: arn = "", DestinationOptions: options } = flowLog;
  // format:  arn:<partition>:s3:::<bucket>[/<folder>/]
  // example: arn:aws:s3:::flow-archive/db/
  const [, bucket, prefix = ""] = /^arn:[^:]+:s3:::([^/]+)(?:\/(.*?))?\/?$/.exec(arn) ?? [];
  if (bucket === undefined)
    throw new Error(`Flow log ${flowLogId} has the destination "${arn}", not the ARN of a bucket`);
  return {
    flowLogId,
    resourceId: flowLog.ResourceId ?? "",
    bucket,
    prefix,
    account: ACCOUNT_ID,
    region,
    fields: [...(flowLog.LogFormat ?? "").matchAll(/\$\{([^}]+)\}/g)].map(([, field = ""]) => field),
    fileFormat: options?.FileFormat ?? "plain-text",
    layout: layoutOf(options?.HiveCompatiblePartitions ?? false, options?.PerHourPartition ?? false),
    aggregationSeconds: flowLog.MaxAggregationInterval ?? 600,
    trafficType: flowLog.TrafficType ?? "ALL",
  };
}

function layoutOf(hive: boolean, hourly: boolean): KeyLayout {
  if (hive) return hourly ? "hive-hourly" : "hive";
  return hourly ? "hourly" : "default";
}
