import * as pulumi from "@pulumi/pulumi";
import { type CountedLinesArgs, countLines } from "./counted-lines";
import type { StackNames } from "./names";
import { type TrailPatterns, trailPatterns, type WatchedResources } from "./trail-events";

/** Which trail is watched, and for what. */
export interface TrailAlarmsArgs {
  readonly names: StackNames;
  readonly alarmTopicArn: pulumi.Input<string>;
  /** The group that the trail is delivered to. */
  readonly logGroupName: pulumi.Input<string>;
  readonly watched: { readonly [K in keyof WatchedResources]: InputOf<WatchedResources[K]> };
  /** True for the stack's own trail, which is watched too. */
  readonly isOwn: boolean;
}

type InputOf<T> = T extends readonly (infer E)[] ? readonly pulumi.Input<E>[] : pulumi.Input<T>;

type Watched = Pick<CountedLinesArgs, "what" | "description" | "metricName"> & {
  readonly event: keyof TrailPatterns;
};

/**
 * Metrics and alarms of calls to AWS's APIs that put a database at risk. Each says in its mail what to do. Cost: $0.10 per alarm and month,
 * and $0.30 per metric and month in which it counts.
 */
export class TrailAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: TrailAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:audit:TrailAlarms", name, {}, opts);
    const { names, alarmTopicArn: topicArn, logGroupName } = args;
    const patterns = pulumi.output(args.watched).apply(trailPatterns);

    for (const [ending, { event, ...watched }] of Object.entries(watchedEvents(args.isOwn))) {
      const pattern = patterns.apply((all) => all[event] ?? neverAbsent(event));
      countLines(name, ending, { ...watched, names, topicArn, logGroupName, patterns: [pattern] }, this);
    }

    this.registerOutputs({});
  }
}

function neverAbsent(event: string): never {
  throw new Error(`no pattern was made for ${event}`);
}

const WHO = "The trail says who called, from where, and whether it was allowed.";

const EVENTS: Readonly<Record<string, Watched>> = {
  "database-deleted": {
    what: "audit-database-deleted",
    description: `Somebody has called for the deletion of the database. ${WHO} If nobody should have, take their credentials away, and see that deletion protection is on.`,
    metricName: "DatabaseDeleted",
    event: "databaseDeleted",
  },
  "database-modified": {
    what: "audit-database-modified",
    description: `Somebody has called for a change of the database. ${WHO} An update of this stack is one. If it was not that, a preview with --refresh shows what is different.`,
    metricName: "DatabaseModified",
    event: "databaseModified",
  },
  "snapshot-shared": {
    what: "audit-snapshot-shared",
    description: `Somebody has called to share a snapshot of a database of this account with everyone or with another account. ${WHO} If nobody should have, take the sharing back at once: what was copied stays copied.`,
    metricName: "SnapshotShared",
    event: "snapshotShared",
  },
  "key-disabled": {
    what: "audit-key-disabled",
    description: `Somebody has called to disable or delete a key of this stack: what it encrypts can't be read then, the database stops. ${WHO} Enable the key, or cancel its deletion, at once.`,
    metricName: "KeyDisabled",
    event: "keyDisabled",
  },
  "group-changed": {
    what: "audit-security-group-changed",
    description: `Somebody has called for a change of the rules of the database's security group. ${WHO} An update of this stack may be one. If it was not that, a preview with --refresh shows what is different.`,
    metricName: "SecurityGroupChanged",
    event: "groupChanged",
  },
};

const OF_OWN_TRAIL: Readonly<Record<string, Watched>> = {
  "trail-changed": {
    what: "audit-trail-changed",
    description: `Somebody has called to stop, change or delete the trail that these alarms read. ${WHO} If nobody should have, start it again, and look in the event history for what was done since.`,
    metricName: "TrailChanged",
    event: "trailChanged",
  },
};

function watchedEvents(isOwn: boolean): Readonly<Record<string, Watched>> {
  return { ...EVENTS, ...(isOwn && OF_OWN_TRAIL) };
}
