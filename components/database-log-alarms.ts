import * as pulumi from "@pulumi/pulumi";
import { type CountedLinesArgs, countLines } from "./counted-lines";
import {
  countedIn,
  type DatabaseLogKind,
  type DatabaseLogPatterns,
  databaseLogPatterns,
  type KnownNetworks,
} from "./database-log";
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

type Watched = Pick<CountedLinesArgs, "what" | "description" | "threshold"> & {
  readonly metric: keyof DatabaseLogPatterns;
};

/**
 * Metrics and alarms of what a database's log says of logins: clients from outside of the known networks, too many refused, and any
 * without TLS. Each says in its mail what to do. Cost: $0.10 per alarm and month, and $0.30 per metric and month in which it counts.
 */
export class DatabaseLogAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: DatabaseLogAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:audit:DatabaseLogAlarms", name, {}, opts);
    const { names, alarmTopicArn: topicArn, logGroupName } = args;
    const patterns = databaseLogPatterns(args.kind, args.known);

    for (const [ending, watched] of Object.entries(watchedLogins(args.failedLogins))) {
      const { metric, ...alarm } = watched;
      const counted = { ...alarm, names, topicArn, logGroupName, patterns: patterns[metric] };
      countLines(name, ending, { ...counted, metricName: DATABASE_LOG_METRICS[metric] }, this);
    }

    this.registerOutputs({});
  }
}

/** The metrics of a database's log, as the dashboard shows them too. */
const DATABASE_LOG_METRICS: Readonly<Record<keyof DatabaseLogPatterns, string>> = {
  outsideClients: "OutsideClients",
  failedLogins: "FailedLogins",
  plainLogins: "PlainLogins",
};

/** Those of the metrics that a log of this kind has something to count for; of no log, none. */
export function databaseLogMetrics(kind: DatabaseLogKind | undefined): readonly string[] {
  return kind === undefined ? [] : countedIn(kind).map((metric) => DATABASE_LOG_METRICS[metric]);
}

function watchedLogins(failedLogins: number): Readonly<Record<string, Watched>> {
  return {
    "outside-clients": {
      what: "database-outside-clients",
      description:
        "A client from outside of the VPC and of every known network has come to the database. Its address is in the database's log. See which " +
        "rule of the security group let it in, and who made it. If it may come, name its network in audit.knownCidrs.",
      metric: "outsideClients",
    },
    "failed-logins": {
      what: "database-failed-logins",
      description:
        "The database has refused more logins than somebody's mistyping explains. Its log says who tried, and from where: an application with " +
        "an old password, or somebody who guesses. Take from a guesser the way to the database.",
      threshold: failedLogins,
      metric: "failedLogins",
    },
    "plain-logins": {
      what: "database-plain-logins",
      description:
        "A client has come to the database without TLS. The log says who, and whether it was refused: then set its sslmode to verify-full. If it " +
        "was let in, somebody has taken rds.force_ssl out of the parameter group.",
      metric: "plainLogins",
    },
  };
}
