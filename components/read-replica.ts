import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseSettings } from "../settings";
import type { Account } from "./account";
import { engineNamed } from "./engines/engines";
import { logGroup } from "./log-group";
import { MonitoringRole } from "./monitoring-role";
import type { StackNames } from "./names";

/** What a replica has of its primary. */
export interface ReadReplicaArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly settings: DatabaseSettings;
  readonly instanceClass: string;
  readonly identifier: pulumi.Output<string>;
  readonly primary: aws.rds.Instance;
  readonly keyArn: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly logRetentionDays: number;
}

/**
 * A copy of the database in its own subnets, for reading, a moment behind. It holds nothing that the primary does not, so it has neither
 * a standby, nor backups, nor protection of its own.
 *
 * Cost: the instance and its storage, half of what the primary and its standby cost.
 */
export class ReadReplica extends pulumi.ComponentResource {
  /** DNS name, by its private address. */
  readonly address: pulumi.Output<string>;

  constructor(name: string, args: ReadReplicaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:database:ReadReplica", name, {}, opts);
    const { account, identifier, primary, settings, keyArn } = args;
    const engine = engineNamed(settings.engine);

    const monitoring = new MonitoringRole(
      `${name}-monitoring`,
      { account, databaseIdentifier: identifier },
      { parent: this },
    );
    const logGroups = engine.logs.map((log) =>
      logGroup(
        `${name}-log-${log}`,
        {
          logGroupName: identifier.apply((known) => args.names.databaseLogGroup(known, log)),
          keyArn,
          retentionDays: args.logRetentionDays,
        },
        { parent: this },
      ),
    );
    const instance = new aws.rds.Instance(
      `${name}-instance`,
      {
        identifier,
        // by its name, not its ARN: subnets and key are the primary's then
        replicateSourceDb: primary.identifier,
        instanceClass: args.instanceClass,
        parameterGroupName: primary.parameterGroupName,
        vpcSecurityGroupIds: [args.securityGroupId],
        publiclyAccessible: false,
        storageEncrypted: true,
        storageType: "gp3",
        ...(settings.maxStorageGb > settings.storageGb && { maxAllocatedStorage: settings.maxStorageGb }),
        multiAz: false,
        backupRetentionPeriod: 0,
        skipFinalSnapshot: true,
        deletionProtection: false,
        copyTagsToSnapshot: true,
        maintenanceWindow: settings.maintenanceWindow,
        autoMinorVersionUpgrade: true,
        applyImmediately: false,
        ...(engine.hasIamAuthentication && { iamDatabaseAuthenticationEnabled: true }),
        caCertIdentifier: settings.caCertificate,
        enabledCloudwatchLogsExports: [...engine.logs],
        monitoringInterval: settings.monitoringIntervalSeconds,
        monitoringRoleArn: monitoring.arn,
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: keyArn,
        performanceInsightsRetentionPeriod: settings.performanceInsightsRetentionDays,
      },
      { parent: this, dependsOn: logGroups, customTimeouts: { create: "120m", update: "120m", delete: "60m" } },
    );

    this.address = instance.address;
    this.registerOutputs({ address: this.address });
  }
}
