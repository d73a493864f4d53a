import type { Account } from "./account";
import { alarmArns, logGroupArn } from "./arns";
import { anyResource, type Conditions, type Statement } from "./policy-documents";

// What people may do with the database, as tables of statements. Pure.
//
// source: Service Authorization Reference, "Actions, resources, and condition keys" for Amazon RDS, Performance Insights, CloudWatch,
// CloudWatch Logs and KMS

/** The database that the policies are about, and nothing else. */
export interface PeopleScope {
  readonly account: Account;
  /** The RDS identifier: manual snapshots of it have to begin with it and a hyphen. */
  readonly identifier: string;
  /** The identifier that RDS never changes, `db-...`. */
  readonly resourceId: string;
  /** Tags that the instance and its snapshots have: an ARN of another life of the name does not have them. */
  readonly tags: Readonly<Record<string, string>>;
  readonly parameterGroupName: string;
  readonly subnetGroupName: string;
  /** The key of storage and snapshots. */
  readonly keyArn: string;
  /** What the names of the stack's alarms begin with. */
  readonly alarmPrefix: string;
  readonly logGroupNames: readonly string[];
}

/** Sees the database, its snapshots, logs, metrics, insights and alarms; none of its data but what its logs say. */
export function readOnlyStatements(scope: PeopleScope): Statement[] {
  const { account, alarmPrefix, logGroupNames, parameterGroupName, subnetGroupName } = scope;
  const logGroups = logGroupNames.map((name) => logGroupArn(account, name));
  return [
    {
      sid: "SeeDatabase",
      actions: [
        ...["rds:DescribeDBInstances", "rds:DescribeDBLogFiles", "rds:DescribePendingMaintenanceActions"],
        ...["rds:DescribeValidDBInstanceModifications", "rds:DownloadDBLogFilePortion", "rds:ListTagsForResource"],
      ],
      resources: [databaseArn(scope)],
      conditions: ofThisStack(scope),
    },
    {
      sid: "SeeSnapshots",
      actions: ["rds:DescribeDBSnapshots", "rds:DescribeDBSnapshotAttributes", "rds:ListTagsForResource"],
      resources: [databaseArn(scope), ...snapshotArns(scope)],
      conditions: ofThisStack(scope),
    },
    {
      sid: "SeeGroups",
      actions: ["rds:DescribeDBParameterGroups", "rds:DescribeDBParameters", "rds:DescribeDBSubnetGroups"],
      resources: [rdsArn(account, `pg:${parameterGroupName}`), rdsArn(account, `subgrp:${subnetGroupName}`)],
    },
    {
      sid: "SeeEventsAndMetrics",
      actions: [
        "rds:DescribeEvents",
        "cloudwatch:GetMetricData",
        "cloudwatch:GetMetricStatistics",
        "cloudwatch:ListMetrics",
      ],
      resources: anyResource("these four know no resources: AWS takes nothing but *"),
    },
    { sid: "SeeAlarms", actions: ["cloudwatch:DescribeAlarms"], resources: [alarmArns(account, alarmPrefix)] },
    {
      sid: "SeeInsights",
      actions: [
        "pi:DescribeDimensionKeys",
        "pi:GetDimensionKeyDetails",
        "pi:GetResourceMetrics",
        "pi:GetResourceMetadata",
      ],
      resources: [insightsArn(scope)],
    },
    {
      sid: "ReadLogs",
      actions: ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery"],
      resources: logGroups.flatMap((arn) => [arn, `${arn}:*`]),
    },
    {
      sid: "ReadResultsOfQueries",
      actions: ["logs:GetQueryResults", "logs:StopQuery"],
      resources: anyResource("a query has an id and no ARN; only who may start one learns it"),
    },
  ];
}

/**
 * What read-only people see, and: modifies, reboots and snapshots this instance. Does not delete, share, restore or stop. Can't give the
 * instance another parameter or option group, for it may use none.
 */
export function operatorStatements(scope: PeopleScope): Statement[] {
  return [
    ...readOnlyStatements(scope),
    {
      sid: "OperateDatabase",
      actions: [
        ...["rds:ModifyDBInstance", "rds:RebootDBInstance", "rds:ApplyPendingMaintenanceAction"],
        "rds:CreateDBSnapshot",
      ],
      resources: [databaseArn(scope)],
      conditions: ofThisStack(scope),
    },
    {
      // without the tags: RDS copies them to a snapshot that is there. The names keep it to this database
      sid: "NameSnapshots",
      actions: ["rds:CreateDBSnapshot"],
      resources: [rdsArn(scope.account, `snapshot:${scope.identifier}-*`)],
    },
  ];
}

/**
 * Denies, whatever else allows it, to delete the database, its backups or its key, to share a snapshot, and to turn protection off.
 *
 * The last is `rds:ModifyDBInstance` as a whole: RDS has no condition key for deletion protection or for backups, so IAM can't tell. And
 * tags may not change, for they say whom a policy is about. Not for the identity that deploys the stack.
 */
export function protectStatements(scope: PeopleScope): Statement[] {
  const { account, keyArn } = scope;
  const deny = (sid: string, actions: readonly string[], resources: readonly string[]): Statement => {
    return { sid, effect: "Deny", actions, resources };
  };
  return [
    deny("KeepDatabase", ["rds:DeleteDBInstance"], [databaseArn(scope)]),
    deny("KeepProtection", ["rds:ModifyDBInstance"], [databaseArn(scope)]),
    deny("KeepSnapshots", ["rds:DeleteDBSnapshot", "rds:ModifyDBSnapshotAttribute"], snapshotArns(scope)),
    // of all databases of the region: the name of a retained backup is random, and says nothing of whose it is
    deny("KeepAutomatedBackups", ["rds:DeleteDBInstanceAutomatedBackup"], [rdsArn(account, "auto-backup:*")]),
    deny(
      "KeepTags",
      ["rds:AddTagsToResource", "rds:RemoveTagsFromResource"],
      [databaseArn(scope), ...snapshotArns(scope)],
    ),
    deny(
      "KeepKey",
      [
        ...["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DisableKeyRotation", "kms:PutKeyPolicy"],
        // RDS uses the key by a grant: without it the database stops
        ...["kms:RevokeGrant", "kms:RetireGrant"],
      ],
      [keyArn],
    ),
  ];
}

/** Connects as this one user of the database, with a token in place of a password (RDS user guide, "UsingWithRDS.IAMDBAuth.IAMPolicy"). */
export function connectStatements({ account, resourceId }: PeopleScope, user: string): Statement[] {
  const { partition, region, accountId } = account;
  const arn = `arn:${partition}:rds-db:${region}:${accountId}:dbuser:${resourceId}/${user}`;
  return [{ sid: "Connect", actions: ["rds-db:connect"], resources: [arn] }];
}

function ofThisStack({ tags }: PeopleScope): Conditions {
  const keys = Object.entries(tags).map(([name, value]) => [`aws:ResourceTag/${name}`, value] as const);
  return { StringEquals: Object.fromEntries(keys) };
}

function databaseArn({ account, identifier }: PeopleScope): string {
  return rdsArn(account, `db:${identifier}`);
}

// by hand or at the end; and those that RDS takes each day, which begin with rds:
function snapshotArns({ account, identifier }: PeopleScope): string[] {
  return [rdsArn(account, `snapshot:${identifier}-*`), rdsArn(account, `snapshot:rds:${identifier}-*`)];
}

function insightsArn({ account: { partition, region, accountId }, resourceId }: PeopleScope): string {
  return `arn:${partition}:pi:${region}:${accountId}:metrics/rds/${resourceId}`;
}

function rdsArn({ partition, region, accountId }: Account, rest: string): string {
  return `arn:${partition}:rds:${region}:${accountId}:${rest}`;
}
