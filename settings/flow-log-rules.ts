import type { Problem } from "./problems";
import type { Candidate, Rule } from "./rules";
import { LOG_RETENTION_DAYS, MOST_FLOW_LOG_DAYS } from "./values";

const KEPT_DAYS = LOG_RETENTION_DAYS.filter((days) => days <= MOST_FLOW_LOG_DAYS);

const IN_A_LOG_GROUP = "with flowLogs.destination cloud-watch-logs";

/** What flow logs in a log group can't have: each rule looks at the destination and one other key. */
export const FLOW_LOG_RULES: readonly Rule[] = [
  inALogGroup("flowLogs.fileFormat", ({ flowLogs: { fileFormat } }) =>
    fileFormat === "plain-text"
      ? undefined
      : {
          got: fileFormat,
          allowed: "plain-text, or parquet with flowLogs.destination s3",
          do: "remove it: a log group keeps lines, not files",
        },
  ),
  ...(["hive", "hourly"] as const).map((partition) =>
    inALogGroup(`flowLogs.partitions.${partition}`, ({ flowLogs: { partitions } }) =>
      partitions[partition]
        ? {
            got: "true",
            allowed: "false, or true with flowLogs.destination s3",
            do: "remove it: a log group has no folders",
          }
        : undefined,
    ),
  ),
  inALogGroup("flowLogs.retentionDays", ({ flowLogs: { retentionDays } }) =>
    KEPT_DAYS.some((days) => days === retentionDays)
      ? undefined
      : {
          got: `${retentionDays}`,
          allowed: `one of ${KEPT_DAYS.join(", ")}`,
          do: "choose one of them: CloudWatch Logs takes no other",
        },
  ),
  inALogGroup("backfill", ({ backfill }) =>
    backfill
      ? {
          got: "one",
          allowed: "none, or one with flowLogs.destination s3",
          do: "remove it: a backfill lists a bucket, and there is none",
        }
      : undefined,
  ),
  // Not a bucket for the few: a line that can't be read stays in the log group, by its interface and time
  inALogGroup("forwarder.quarantine", ({ forwarder: { quarantine } }) =>
    quarantine
      ? {
          got: "true",
          allowed: "false, or true with flowLogs.destination s3",
          do: "remove it: there is no bucket, and the lines stay in the log group",
        }
      : undefined,
  ),
];

function inALogGroup(key: string, check: (settings: Candidate) => Omit<Problem, "what"> | undefined): Rule {
  return {
    reads: ["flowLogs.destination", key],
    check: (settings) => {
      if (settings.flowLogs.destination !== "cloud-watch-logs") return undefined;
      const problem = check(settings);
      return problem && { ...problem, what: key, got: `${problem.got} ${IN_A_LOG_GROUP}` };
    },
  };
}
