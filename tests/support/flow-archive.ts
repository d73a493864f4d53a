import * as aws from "@pulumi/aws";
import { FlowArchive, type FlowArchiveArgs } from "../../components/flow-archive";
import type { FlowLogSettings } from "../../settings";
import { DEFAULTS, stackArgs } from "./components";
import { type Recording, type RecordOptions, record } from "./pulumi-recorder";

/** The ARN of a recorded archive's bucket. */
export const BUCKET = "arn:aws:s3:::archive-bucket-1a2b3c4";

/** An archive of the default settings but for these, of a database in two zones that the stack file names last one first. */
export function recordArchive(
  settings: Partial<FlowLogSettings> = {},
  exceptions: FlowArchiveArgs["exceptions"] = {},
  options: RecordOptions = {},
): Promise<Recording<FlowArchive>> {
  return record(() => newArchive(settings, exceptions), options);
}

function newArchive(settings: Partial<FlowLogSettings>, exceptions: FlowArchiveArgs["exceptions"]): FlowArchive {
  const databaseInstance = new aws.rds.Instance("database", { instanceClass: "db.m7g.large" });
  return new FlowArchive("archive", {
    ...stackArgs(),
    settings: { ...DEFAULTS.flowLogs, ...settings },
    exceptions,
    hasQuarantine: false,
    hasBackfill: false,
    places: {
      vpcId: "vpc-1",
      zones: ["c", "a"],
      databaseSubnetIds: ["subnet-of-a", "subnet-of-c"],
      databaseGroupId: "sg-database",
      databaseInstance,
    },
  });
}
