import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BackupSettings, DatabaseSettings } from "../settings";
import type { Account } from "./account";
import { backupHour, START_WINDOW_MINUTES } from "./backup-schedule";
import { onBehalfOf, policyDocument, type Statement, trustOf } from "./policy-documents";

type PlanSettings = NonNullable<BackupSettings["plan"]>;

/** What is backed up, and how. */
export interface BackupPlanArgs {
  readonly account: pulumi.Output<Account>;
  readonly settings: PlanSettings;
  readonly database: Pick<DatabaseSettings, "backupWindow" | "maintenanceWindow">;
  readonly databaseArn: pulumi.Input<string>;
  readonly databaseIdentifier: pulumi.Input<string>;
  /** The database's own key, which its snapshots have anyway. */
  readonly keyArn: pulumi.Input<string>;
  /** Leaves the vault with its backups, and its lock, in the account when they are removed from the stack. */
  readonly outlivesStack: boolean;
}

/**
 * A daily snapshot of the database by AWS Backup, in a vault that may be locked. RDS's own automated backups go on beside it.
 *
 * Not continuous backups: AWS Backup would take over the instance's backup window and retention, and every update would take them back.
 *
 * Cost: storage of the snapshots, about $0.10 per GB and month.
 */
export class BackupPlan extends pulumi.ComponentResource {
  /** Where the backups are. */
  readonly vaultName: pulumi.Output<string>;
  /** Who makes and restores them. */
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: BackupPlanArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:database:BackupPlan", name, {}, opts);
    const { settings, database, outlivesStack } = args;

    const vault = new aws.backup.Vault(
      `${name}-vault`,
      { kmsKeyArn: args.keyArn, forceDestroy: !outlivesStack },
      { parent: this, retainOnDelete: outlivesStack },
    );
    if (settings.lock !== undefined) this.lock(name, vault, settings.lock, outlivesStack);
    this.roleArn = this.role(name, args);
    const plan = new aws.backup.Plan(
      `${name}-plan`,
      {
        rules: [
          {
            ruleName: "daily",
            targetVaultName: vault.name,
            schedule: `cron(0 ${backupHour(database.backupWindow, database.maintenanceWindow)} * * ? *)`,
            startWindow: START_WINDOW_MINUTES,
            completionWindow: 12 * 60,
            lifecycle: { deleteAfter: settings.retentionDays },
          },
        ],
      },
      { parent: this },
    );
    new aws.backup.Selection(
      `${name}-database`,
      { planId: plan.id, iamRoleArn: this.roleArn, resources: [args.databaseArn] },
      { parent: this },
    );

    this.vaultName = vault.name;
    this.registerOutputs({ vaultName: this.vaultName, roleArn: this.roleArn });
  }

  private lock(
    name: string,
    vault: aws.backup.Vault,
    { mode, minRetentionDays, maxRetentionDays, graceDays }: NonNullable<PlanSettings["lock"]>,
    outlivesStack: boolean,
  ): void {
    new aws.backup.VaultLockConfiguration(
      `${name}-lock`,
      {
        backupVaultName: vault.name,
        minRetentionDays,
        ...(maxRetentionDays !== undefined && { maxRetentionDays }),
        // these days make the difference: after them nobody can take the lock away, AWS included
        ...(mode === "compliance" && { changeableForDays: graceDays }),
      },
      { parent: this, retainOnDelete: outlivesStack },
    );
  }

  private role(name: string, args: BackupPlanArgs): pulumi.Output<string> {
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        description: "AWS Backup of one RDS instance",
        assumeRolePolicy: args.account.apply(({ partition, region, accountId }) =>
          trustOf("backup.amazonaws.com", onBehalfOf(accountId, `arn:${partition}:backup:${region}:${accountId}:*`)),
        ),
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      {
        role: role.name,
        policy: pulumi
          .all([args.account, args.databaseIdentifier, args.keyArn])
          .apply(([account, identifier, keyArn]) => policyDocument(backupStatements(account, identifier, keyArn))),
      },
      { parent: this },
    );
    return pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
  }
}

// what AWSBackupServiceRolePolicyForBackup allows for RDS, for this database and the snapshots that AWS Backup names
function backupStatements({ partition, region, accountId }: Account, identifier: string, keyArn: string): Statement[] {
  const rds = (resource: string) => `arn:${partition}:rds:${region}:${accountId}:${resource}`;
  const snapshots = rds("snapshot:awsbackup:*");
  return [
    { sid: "Find", actions: ["rds:DescribeDBInstances"], resources: [rds(`db:${identifier}`)] },
    {
      sid: "Snapshots",
      actions: [
        ...["rds:CreateDBSnapshot", "rds:DescribeDBSnapshots", "rds:CopyDBSnapshot", "rds:DeleteDBSnapshot"],
        ...["rds:ModifyDBSnapshotAttribute", "rds:AddTagsToResource", "rds:ListTagsForResource"],
      ],
      resources: [rds(`db:${identifier}`), snapshots],
    },
    { sid: "Key", actions: ["kms:DescribeKey"], resources: [keyArn] },
    {
      sid: "Grants",
      actions: ["kms:CreateGrant"],
      resources: [keyArn],
      conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}
