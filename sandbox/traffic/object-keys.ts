/** How a flow log arranges its folders: by day or by hour, with or without Hive's `name=value`. */
export type KeyLayout = "default" | "hourly" | "hive" | "hive-hourly";

/** All layouts that AWS can be asked for. */
export const KEY_LAYOUTS: readonly KeyLayout[] = ["default", "hourly", "hive", "hive-hourly"];

/** What a log object's key is made of. */
export interface FlowLogKeyParts {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** `fl-` and hex digits. */
  readonly flowLogId: string;
  /** Any moment in the five minutes that the object covers. */
  readonly time: Date;
  readonly layout: KeyLayout;
  /** Folder given with the bucket's ARN, with or without slashes at its ends. @default - none */
  readonly prefix?: string;
  /** @default "log.gz" */
  readonly extension?: "log.gz" | "log.parquet";
  /** Hex digits that tell several objects of the same five minutes apart. */
  readonly hash: string;
}

const WINDOW_MS = 300_000;

/**
 * The S3 key under which AWS publishes a flow log object, not URL-encoded (an S3 event says `%3D` for Hive's `=`).
 *
 * source:  VPC user guide, "Flow log files" (S3)
 * format:  [<prefix>/]AWSLogs/<account>/vpcflowlogs/<region>/<yyyy>/<mm>/<dd>/[<hh>/]<file>
 *          [<prefix>/]AWSLogs/aws-account-id=<account>/aws-service=vpcflowlogs/aws-region=<region>/year=<yyyy>/month=<mm>/day=<dd>/[hour=<hh>/]<file>
 *          <file> = <account>_vpcflowlogs_<region>_<flow log id>_<yyyymmdd>T<hhmm>Z_<hash>.log.gz
 * example: db/AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/01/02/123456789012_vpcflowlogs_eu-west-1_fl-0a1b_20260102T0305Z_9f3c.log.gz
 * example: AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=01/day=02/hour=03/123456789012_vpcflowlogs_eu-west-1_fl-0a1b_20260102T0305Z_9f3c.log.gz
 */
export function flowLogKey(parts: FlowLogKeyParts): string {
  const { account, region, flowLogId, time, layout, prefix = "", extension = "log.gz", hash } = parts;
  // an object is named after the start of its five minutes, in UTC
  const [day = "", clock = ""] = new Date(Math.floor(time.getTime() / WINDOW_MS) * WINDOW_MS).toISOString().split("T");
  const [year = "", month = "", date = ""] = day.split("-");
  const [hour = "", minute = ""] = clock.split(":");

  const folders = {
    default: [account, "vpcflowlogs", region, year, month, date],
    hourly: [account, "vpcflowlogs", region, year, month, date, hour],
    hive: hiveFolders(account, region, [year, month, date]),
    "hive-hourly": [...hiveFolders(account, region, [year, month, date]), `hour=${hour}`],
  }[layout];
  const file = `${account}_vpcflowlogs_${region}_${flowLogId}_${year}${month}${date}T${hour}${minute}Z_${hash}.${extension}`;
  return [...prefix.split("/").filter(Boolean), "AWSLogs", ...folders, file].join("/");
}

function hiveFolders(account: string, region: string, [year, month, date]: readonly [string, string, string]) {
  return [
    `aws-account-id=${account}`,
    "aws-service=vpcflowlogs",
    `aws-region=${region}`,
    `year=${year}`,
    `month=${month}`,
    `day=${date}`,
  ];
}
