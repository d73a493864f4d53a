import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type MetricAlarmArgs, metricAlarm } from "./alarms";
import { type DatabaseLogKind, databaseLogPatterns, type KnownNetworks } from "./database-log";
import type { StackNames } from "./names";

/** Which log is watched, and whose clients are known. */
export interface DatabaseLogAlarmsArgs {
  readonly names: StackNames;
  readonly alarmTopicArn: pulumi.Input<string>;
  /** The group that the database exports the log to. */
  readonly logGroupName: pulumi.Input<string>;
  readonly kind: DatabaseLogKind;
  readonly known: KnownNetworks;
  /** Refused logins within five minutes that are more than somebody's mistyping. */
  readonly failedLogins: number;
}

type Watched = Pick<MetricAlarmArgs, "what" | "description" | "threshold"> & {
  readonly metricName: string;
  readonly patterns: readonly string[];
};

/**
 * Metrics and alarms of what a database's log says of logins: clients from outside of the known networks, too many refused, and any
 * without TLS. Each says in its mail what to do. Cost: $0.10 per alarm and month, and $0.30 per metric and month in which it counts.
 */
export class DatabaseLogAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: DatabaseLogAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:audit:DatabaseLogAlarms", name, {}, opts);
    const { names, alarmTopicArn: topicArn } = args;
    const namespace = databaseLogNamespace(names);

    for (const [ending, { patterns, metricName, ...watched }] of Object.entries(watchedLogins(args))) {
      for (const [at, pattern] of patterns.entries()) {
        new aws.cloudwatch.LogMetricFilter(
          `${name}-filter-${ending}${at === 0 ? "" : `-${at + 1}`}`,
          {
            logGroupName: args.logGroupName,
            pattern,
            // no default value: it would be published, and paid for, while nobody comes
            metricTransformation: { namespace, name: metricName, value: "1" },
          },
          { parent: this },
        );
      }
      if (patterns.length === 0) continue;
      metricAlarm(
        `${name}-alarm-${ending}`,
        {
          ...watched,
          names,
          topicArn,
          namespace,
          metricName,
          dimensions: {},
          statistic: "Sum",
          treatMissingData: "notBreaching",
        },
        { parent: this },
      );
    }

    this.registerOutputs({});
  }
}

/** Where the metrics of a stack's database log are: a filter with regular expressions can't give them dimensions. */
export function databaseLogNamespace(names: StackNames): string {
  return `RdsSightline/${names.prefix}`;
}

/** The metrics of a database's log, as the dashboard shows them too. */
export const DATABASE_LOG_METRICS = {
  "outside-clients": "OutsideClients",
  "failed-logins": "FailedLogins",
  "plain-logins": "PlainLogins",
} as const;

/** Those of the metrics that a log of this kind has something to count for; of no log, none. */
export function databaseLogMetrics(kind: DatabaseLogKind | undefined): readonly string[] {
  if (kind === undefined) return [];
  const { outsideClients, failedLogins, plainLogins } = databaseLogPatterns(kind, {
    vpcCidr: "10.0.0.0/16",
    others: [],
  });
  const patterns = { "outside-clients": outsideClients, "failed-logins": failedLogins, "plain-logins": plainLogins };
  const endings = Object.keys(patterns) as (keyof typeof patterns)[];
  return endings.filter((ending) => patterns[ending].length > 0).map((ending) => DATABASE_LOG_METRICS[ending]);
}

function watchedLogins(args: DatabaseLogAlarmsArgs): Readonly<Record<keyof typeof DATABASE_LOG_METRICS, Watched>> {
  const patterns = databaseLogPatterns(args.kind, args.known);
  return {
    "outside-clients": {
      what: "database-outside-clients",
      description:
        "A client from outside of the VPC and of every known network has come to the database. Its address is in the database's log. See which " +
        "rule of the security group let it in, and who made it. If it may come, name its network in audit.knownCidrs.",
      threshold: 1,
      metricName: DATABASE_LOG_METRICS["outside-clients"],
      patterns: patterns.outsideClients,
    },
    "failed-logins": {
      what: "database-failed-logins",
      description:
        "The database has refused more logins than somebody's mistyping explains. Its log says who tried, and from where: an application with " +
        "an old password, or somebody who guesses. Take from a guesser the way to the database.",
      threshold: args.failedLogins,
      metricName: DATABASE_LOG_METRICS["failed-logins"],
      patterns: patterns.failedLogins,
    },
    "plain-logins": {
      what: "database-plain-logins",
      description:
        "A client has come to the database without TLS. The log says who, and whether it was refused: then set its sslmode to verify-full. If it " +
        "was let in, somebody has taken rds.force_ssl out of the parameter group.",
      threshold: 1,
      metricName: DATABASE_LOG_METRICS["plain-logins"],
      patterns: patterns.plainLogins,
    },
  };
}
