import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { DatabaseSettings, Exceptions, ReplicaSettings } from "../settings";
import type { Account } from "./account";
import type { DatabaseLogKind } from "./database-log";
import { databaseOptions } from "./database-options";
import { databaseParameters } from "./database-parameters";
import { EncryptionKey } from "./encryption-key";
import { engineInputs } from "./engine-inputs";
import type { Engine } from "./engines/engine";
import { engineNamed } from "./engines/engines";
import { dataKeyUses } from "./key-uses";
import { logGroup } from "./log-group";
import { MasterUser, managedSecretArn } from "./master-user";
import { MonitoringRole } from "./monitoring-role";
import type { StackNames } from "./names";
import { ReadReplica } from "./read-replica";
import { restoreInputs } from "./restore";

/** What a database needs from the rest of the stack. Every default is settings.ts's. */
export interface DatabaseArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly settings: DatabaseSettings;
  /** Multi-AZ, deletion protection or the final snapshot, given up with a reason. */
  readonly exceptions: Pick<Exceptions, "multiAz" | "deletionProtection" | "finalSnapshot">;
  /** Subnets without a route to the internet, in two zones or more. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  readonly logRetentionDays: number;
  /** @default - none */
  readonly replicas?: ReplicaSettings | undefined;
  /** True when AWS Backup keeps snapshots too, in a vault with the database's key. @default false */
  readonly hasBackupPlan?: boolean;
}

/**
 * An instance on RDS with a standby in a second zone, encrypted with its own key, reachable from inside only.
 *
 * A change that RDS can't make in place (key, database name, subnet group) fails, instead of putting an empty database where the full
 * one was: Pulumi refuses to replace what is protected, and without that protection RDS refuses the new one, whose name is taken.
 *
 * A destroy is refused before it deletes anything. To give that up, write the reason to `exceptions.deletionProtection`, update, then
 * destroy.
 *
 * Cost (eu-west-1, db.m7g.large, Multi-AZ, 100 GB): about $280 per month, of which the standby is half.
 */
export class Database extends pulumi.ComponentResource {
  /** The RDS identifier: the stack's name and 4 random characters. */
  readonly identifier: pulumi.Output<string>;
  /** The instance, for what must come after it. */
  readonly instance: aws.rds.Instance;
  readonly username: pulumi.Output<string>;
  /** Encrypts the database and everything of it. */
  readonly keyArn: pulumi.Output<string>;
  /** Host names of the read replicas. */
  readonly replicaAddresses: readonly pulumi.Output<string>[];
  /** The secret in Secrets Manager that holds `username` and `password`. */
  readonly secretArn: pulumi.Output<string>;
  /** DNS name that always leads to the primary, by its private address. */
  readonly address: pulumi.Output<string>;
  /** Where it takes clients, who must speak TLS. */
  readonly port: pulumi.Output<number>;
  /** What policies for people have to name: the instance's groups and logs. */
  readonly parts: {
    readonly parameterGroupName: pulumi.Output<string>;
    readonly subnetGroupName: pulumi.Output<string>;
    readonly logGroupNames: readonly pulumi.Output<string>[];
  };
  /** The exported log that says who connects: absent for engines that have none. */
  readonly connectionLog?: { readonly kind: DatabaseLogKind; readonly logGroupName: pulumi.Output<string> };
  private readonly engine: Engine;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:database:Database", name, {}, opts);
    const { account, names, settings } = args;

    this.engine = engineNamed(settings.engine);
    this.identifier = this.chooseIdentifier(name, names);
    const key = this.encryptionKey(name, args);
    const masterUser = new MasterUser(
      `${name}-user`,
      { masterPassword: settings.masterPassword, keyArn: key.arn, longestPassword: this.engine.longestPassword },
      { parent: this },
    );
    const monitoring = new MonitoringRole(
      `${name}-monitoring`,
      { account, databaseIdentifier: this.identifier },
      { parent: this },
    );
    const logGroups = this.logGroups(name, args, key);
    this.instance = this.createInstance(name, args, { key, masterUser, monitoring, logGroups });

    this.parts = {
      parameterGroupName: this.instance.parameterGroupName,
      subnetGroupName: this.instance.dbSubnetGroupName,
      logGroupNames: logGroups.map((group) => group.name),
    };
    this.keyArn = key.arn;
    this.replicaAddresses = this.replicaIdentifiers(args).map((identifier, at) => {
      const instanceClass = args.replicas?.instanceClass ?? settings.instanceClass;
      const replica = { ...args, instanceClass, identifier, primary: this.instance, keyArn: key.arn };
      return new ReadReplica(`${name}-replica-${at + 1}`, replica, { parent: this }).address;
    });
    // a restored database has the user that came with the data
    this.username = settings.restoreFrom === undefined ? masterUser.username : this.instance.username;
    this.secretArn = masterUser.generatedSecretArn ?? managedSecretArn(this.instance.masterUserSecrets);
    this.address = this.instance.address;
    // where TLS has a port of its own, the instance's is the other one
    this.port = this.engine.plainPort === undefined ? this.instance.port : pulumi.output(settings.port);
    const { connectionLog: kind } = this.engine;
    const connectionLog = kind && logGroups[this.engine.logs.indexOf(kind)];
    if (kind && connectionLog) this.connectionLog = { kind, logGroupName: connectionLog.name };
    this.registerOutputs({
      identifier: this.identifier,
      username: this.username,
      secretArn: this.secretArn,
      address: this.address,
      port: this.port,
    });
  }

  private replicaIdentifiers({ names, replicas }: DatabaseArgs): pulumi.Output<string>[] {
    return Array.from({ length: replicas?.count ?? 0 }, (_, at) =>
      this.identifier.apply((identifier) => names.readReplica(identifier, at + 1)),
    );
  }

  private chooseIdentifier(name: string, names: StackNames): pulumi.Output<string> {
    const letters = { length: 4, upper: false, special: false };
    const suffix = new random.RandomString(`${name}-suffix`, letters, { parent: this });
    return suffix.result.apply((ending) => names.databaseIdentifier(ending));
  }

  private encryptionKey(name: string, args: DatabaseArgs): EncryptionKey {
    const { account, names, settings, exceptions } = args;
    const identifiers = pulumi.all([this.identifier, ...this.replicaIdentifiers(args)]);
    return new EncryptionKey(
      `${name}-key`,
      {
        account,
        alias: names.keyAlias("data"),
        description: "Storage, snapshots, insights, master secret and logs of the database",
        uses: pulumi.all([account, identifiers]).apply(([place, known]) =>
          dataKeyUses(place, {
            logGroupNames: known.flatMap((each) => this.engine.logs.map((log) => names.databaseLogGroup(each, log))),
            isPasswordManaged: settings.masterPassword === "managed",
            hasBackupPlan: args.hasBackupPlan ?? false,
          }),
        ),
        // nothing could restore the final snapshot once its key is gone
        outlivesStack: exceptions.finalSnapshot === undefined,
      },
      { parent: this },
    );
  }

  private logGroups(name: string, args: DatabaseArgs, key: EncryptionKey): aws.cloudwatch.LogGroup[] {
    return this.engine.logs.map((log) =>
      logGroup(
        `${name}-log-${log}`,
        {
          logGroupName: this.identifier.apply((identifier) => args.names.databaseLogGroup(identifier, log)),
          keyArn: key.arn,
          retentionDays: args.logRetentionDays,
        },
        { parent: this },
      ),
    );
  }

  private createInstance(name: string, args: DatabaseArgs, parts: InstanceParts): aws.rds.Instance {
    const { names, settings, exceptions } = args;
    const subnetGroup = new aws.rds.SubnetGroup(
      `${name}-subnets`,
      { description: "Database tier: no route to the internet", subnetIds: [...args.subnetIds] },
      { parent: this },
    );
    const parameterGroup = new aws.rds.ParameterGroup(
      `${name}-parameters`,
      {
        description: this.engine.parametersFor,
        family: this.engine.family(settings.engineVersion),
        parameters: databaseParameters(this.engine, settings.engineVersion, settings.parameters),
      },
      { parent: this },
    );
    const options = databaseOptions(
      `${name}-options`,
      {
        settings,
        securityGroupId: args.securityGroupId,
        // no snapshot of it can be restored without the options that it was taken with, and RDS keeps them for that
        outlivesStack: exceptions.finalSnapshot === undefined,
      },
      { parent: this },
    );
    const { restoreFrom } = settings;
    const source = restoreFrom && { settings: restoreFrom, identifier: this.identifier, keyArn: parts.key.arn };
    const restored = source && restoreInputs(`${name}-restored`, source, { parent: this });
    return new aws.rds.Instance(
      `${name}-instance`,
      {
        identifier: this.identifier,
        ...engineInputs(settings),
        ...(settings.updates === "blue-green" && { blueGreenUpdate: { enabled: true } }),
        instanceClass: settings.instanceClass,
        multiAz: exceptions.multiAz === undefined,
        ...this.storage(settings, parts.key),
        ...this.access(args, subnetGroup, parts.masterUser),
        ...this.upkeep(settings),
        ...this.observation(settings, parts),
        ...restored,
        parameterGroupName: parameterGroup.name,
        ...(options && { optionGroupName: options.name }),
        deletionProtection: exceptions.deletionProtection === undefined,
        ...(exceptions.finalSnapshot === undefined
          ? {
              skipFinalSnapshot: false,
              finalSnapshotIdentifier: this.identifier.apply((identifier) => names.finalSnapshot(identifier)),
            }
          : { skipFinalSnapshot: true }),
      },
      {
        parent: this,
        // on the instance alone, for children would inherit it. RDS's own protection refuses too, but when half of a stack is gone
        protect: exceptions.deletionProtection === undefined,
        // said, for the provider may decide otherwise: a new database must never be made by deleting the old one first
        deleteBeforeReplace: false,
        // RDS would make the log groups itself, without key and retention
        dependsOn: [...parts.logGroups],
        // a Multi-AZ instance takes about 20 minutes, a change of class or storage up to hours
        customTimeouts: { create: "60m", update: "120m", delete: "60m" },
      },
    );
  }

  private storage(settings: DatabaseSettings, key: EncryptionKey): Partial<aws.rds.InstanceArgs> {
    return {
      storageType: "gp3",
      allocatedStorage: settings.storageGb,
      // the same number is the setting for "never grows"
      ...(settings.maxStorageGb > settings.storageGb && { maxAllocatedStorage: settings.maxStorageGb }),
      storageEncrypted: true,
      kmsKeyId: key.arn,
    };
  }

  private access(
    args: DatabaseArgs,
    subnetGroup: aws.rds.SubnetGroup,
    user: MasterUser,
  ): Partial<aws.rds.InstanceArgs> {
    return {
      dbSubnetGroupName: subnetGroup.name,
      vpcSecurityGroupIds: [args.securityGroupId],
      publiclyAccessible: false,
      port: this.engine.plainPort ?? args.settings.port,
      ...(args.settings.restoreFrom === undefined && { username: user.username }),
      ...user.password,
      ...(this.engine.hasIamAuthentication && { iamDatabaseAuthenticationEnabled: true }),
      caCertIdentifier: args.settings.caCertificate,
    };
  }

  private upkeep(settings: DatabaseSettings): Partial<aws.rds.InstanceArgs> {
    return {
      backupRetentionPeriod: settings.backupRetentionDays,
      backupWindow: settings.backupWindow,
      copyTagsToSnapshot: true,
      maintenanceWindow: settings.maintenanceWindow,
      autoMinorVersionUpgrade: true,
      // a major upgrade needs a rehearsal, so it needs an edit here too
      allowMajorVersionUpgrade: false,
      // changes that interrupt wait for the maintenance window
      applyImmediately: false,
    };
  }

  private observation(settings: DatabaseSettings, { key, monitoring }: InstanceParts): Partial<aws.rds.InstanceArgs> {
    return {
      enabledCloudwatchLogsExports: [...this.engine.logs],
      monitoringInterval: settings.monitoringIntervalSeconds,
      monitoringRoleArn: monitoring.arn,
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: key.arn,
      performanceInsightsRetentionPeriod: settings.performanceInsightsRetentionDays,
    };
  }
}

interface InstanceParts {
  readonly key: EncryptionKey;
  readonly masterUser: MasterUser;
  readonly monitoring: MonitoringRole;
  readonly logGroups: readonly aws.cloudwatch.LogGroup[];
}
