import type { DBInstance } from "@aws-sdk/client-rds";
import { DeleteDBInstanceCommand, DescribeDBInstancesCommand, ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import { requireTrust } from "../iam/roles";
import { requireKey, requireKeyArn } from "../kms/keys";
import type { ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { Properties } from "../wire";
import { arnOf, type World } from "../world";
import { beginInstance } from "./beginnings";
import { resolveEngineVersion } from "./engine-versions";
import type { InstanceInputs } from "./instance-rules";
import { requireValidInstance } from "./instance-rules";
import type { Placement } from "./interfaces";
import { changeInterfaces, makeInterfaces, removeInterfaces } from "./interfaces";
import { requireMatchingFamily, requireSameVpc, subnetsOfGroup } from "./neighbours";
import { equipPostgres } from "./postgres";

const instance = resourceType<aws.rds.InstanceArgs>({
  kind: "emulator",
  autoname: { property: "identifier", maxLength: 63, lowerCase: true },
  // the AWS provider names a database by itself without treating the name as taken: a replacement keeps a given name and fails
  deleteBeforeReplace: false,
  // the AWS provider renames in place; here a new identifier is a new database, whose interfaces are made anew
  replaceOn: [
    "identifier",
    "identifierPrefix",
    "engine",
    "username",
    "dbName",
    "storageEncrypted",
    "kmsKeyId",
    "availabilityZone",
    "characterSetName",
    "snapshotIdentifier",
    "restoreToPointInTime",
    "replicateSourceDb",
    "timezone",
  ],
  secretOutputs: ["password"],
  create: async (inputs, world) => {
    requireValidInstance(inputs);
    await requireNeighbours(world, inputs);
    const database = await beginInstance(world, inputs, settings(inputs));
    await equipPostgres(world, inputs, database.MasterUserSecret?.SecretArn);
    await makeInterfaces(world, await placementOf(world, database, inputs));
    return { id: required(database.DbiResourceId, "the resource id"), outputs: outputsOf(database, inputs) };
  },
  update: async (_id, inputs, before, world) => {
    requireValidInstance(inputs);
    await requireNeighbours(world, inputs);
    const wanted = inputs.enabledCloudwatchLogsExports ?? [];
    const standing = before.enabledCloudwatchLogsExports ?? [];
    const { DBInstance: changed } = await world.aws.rds.send(
      new ModifyDBInstanceCommand({
        ...settings(inputs),
        DBInstanceIdentifier: inputs.identifier,
        DBInstanceClass: inputs.instanceClass,
        EngineVersion: versionOf(inputs),
        DBPortNumber: inputs.port,
        ApplyImmediately: inputs.applyImmediately,
        CloudwatchLogsExportConfiguration: {
          EnableLogTypes: wanted.filter((each) => !standing.includes(each)),
          DisableLogTypes: standing.filter((each) => !wanted.includes(each)),
        },
      }),
    );
    const database = required(changed, "the database");
    await changeInterfaces(world, await placementOf(world, database, inputs));
    return outputsOf(database, inputs);
  },
  delete: async (_id, state, world) => {
    const { identifier = "", skipFinalSnapshot = false, finalSnapshotIdentifier } = state;
    const found = await ifFound(
      world.aws.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier })),
    );
    if (found !== undefined) {
      if (!skipFinalSnapshot && finalSnapshotIdentifier === undefined) {
        throw new RefusedError(
          "InvalidParameterCombination",
          `${identifier} cannot be deleted: finalSnapshotIdentifier is required when skipFinalSnapshot is false`,
        );
      }
      const snapshot = skipFinalSnapshot ? {} : { FinalDBSnapshotIdentifier: finalSnapshotIdentifier };
      await world.aws.rds.send(
        new DeleteDBInstanceCommand({
          DBInstanceIdentifier: identifier,
          SkipFinalSnapshot: skipFinalSnapshot,
          DeleteAutomatedBackups: state.deleteAutomatedBackups ?? true,
          ...snapshot,
        }),
      );
    }
    await removeInterfaces(world, identifier);
  },
});

// a replica's is its source's
const versionOf = ({ engine, engineVersion }: InstanceInputs): string | undefined =>
  engine === undefined ? undefined : resolveEngineVersion(engine, engineVersion).version;

/** What making and changing a database have in common. */
const settings = (inputs: InstanceInputs) => ({
  AllocatedStorage: inputs.allocatedStorage,
  AutoMinorVersionUpgrade: inputs.autoMinorVersionUpgrade ?? true,
  BackupRetentionPeriod: inputs.backupRetentionPeriod,
  CACertificateIdentifier: inputs.caCertIdentifier,
  CopyTagsToSnapshot: inputs.copyTagsToSnapshot,
  DBParameterGroupName: inputs.parameterGroupName,
  DeletionProtection: inputs.deletionProtection ?? false,
  EnableIAMDatabaseAuthentication: inputs.iamDatabaseAuthenticationEnabled,
  EnablePerformanceInsights: inputs.performanceInsightsEnabled,
  Iops: inputs.iops,
  ManageMasterUserPassword: inputs.manageMasterUserPassword,
  MasterUserPassword: inputs.password,
  MasterUserSecretKmsKeyId: inputs.masterUserSecretKmsKeyId,
  MaxAllocatedStorage: inputs.maxAllocatedStorage,
  MonitoringInterval: inputs.monitoringInterval,
  MonitoringRoleArn: inputs.monitoringRoleArn,
  MultiAZ: inputs.multiAz ?? false,
  PerformanceInsightsKMSKeyId: inputs.performanceInsightsKmsKeyId,
  PerformanceInsightsRetentionPeriod: inputs.performanceInsightsRetentionPeriod,
  PreferredBackupWindow: inputs.backupWindow,
  PreferredMaintenanceWindow: inputs.maintenanceWindow,
  PubliclyAccessible: inputs.publiclyAccessible ?? false,
  StorageThroughput: inputs.storageThroughput,
  StorageType: inputs.storageType,
  VpcSecurityGroupIds: inputs.vpcSecurityGroupIds ? [...inputs.vpcSecurityGroupIds] : undefined,
});

async function requireNeighbours(world: World, inputs: InstanceInputs): Promise<void> {
  for (const key of [inputs.kmsKeyId, inputs.performanceInsightsKmsKeyId]) {
    if (key !== undefined) await requireKeyArn(world, key, "KMSKeyNotAccessibleFault");
  }
  const { masterUserSecretKmsKeyId: secretKey, monitoringRoleArn: role } = inputs;
  if (secretKey !== undefined) await requireKey(world, secretKey, "KMSKeyNotAccessibleFault");
  if (role !== undefined) {
    const onBehalfOf = arnOf(world, "rds", `db:${inputs.identifier ?? "*"}`);
    await requireTrust(world, role, { service: "monitoring.rds.amazonaws.com", onBehalfOf }, "InvalidParameterValue");
  }
  if (inputs.replicateSourceDb !== undefined) return; // its neighbours are its source's
  await requireMatchingFamily(world, inputs);
  await requireSameVpc(world, inputs);
}

const placementOf = async (world: World, database: DBInstance, inputs: InstanceInputs): Promise<Placement> => ({
  identifier: required(database.DBInstanceIdentifier, "the database's identifier"),
  address: required(database.Endpoint?.Address, "the endpoint's address"),
  port: portOf(database, inputs),
  subnetIds: await subnetsOfGroup(world, inputs.dbSubnetGroupName ?? database.DBSubnetGroup?.DBSubnetGroupName),
  securityGroupIds: inputs.vpcSecurityGroupIds ?? [],
  multiAz: inputs.multiAz ?? false,
});

// the emulator keeps answering the first port; RDS restarts with the new one at once, whatever applyImmediately is
const portOf = (database: DBInstance, inputs: InstanceInputs): number =>
  inputs.port ?? required(database.Endpoint?.Port, "the endpoint's port");

function outputsOf(database: DBInstance, inputs: InstanceInputs): Properties {
  const { Address: address = "", HostedZoneId: hostedZoneId } = database.Endpoint ?? {};
  const port = portOf(database, inputs);
  const secret = database.MasterUserSecret;
  return {
    address,
    port,
    username: inputs.username ?? database.MasterUsername,
    endpoint: `${address}:${port}`,
    hostedZoneId,
    arn: database.DBInstanceArn,
    resourceId: database.DbiResourceId,
    status: "available",
    engineVersion: inputs.engineVersion ?? database.EngineVersion,
    engineVersionActual: database.EngineVersion,
    availabilityZone: database.AvailabilityZone,
    backupWindow: database.PreferredBackupWindow,
    maintenanceWindow: database.PreferredMaintenanceWindow,
    caCertIdentifier: database.CACertificateIdentifier,
    storageType: database.StorageType,
    multiAz: inputs.multiAz ?? false,
    replicas: [],
    listenerEndpoints: [],
    masterUserSecretKmsKeyId: inputs.masterUserSecretKmsKeyId ?? secret?.KmsKeyId,
    masterUserSecrets:
      secret === undefined
        ? []
        : [{ secretArn: secret.SecretArn, kmsKeyId: secret.KmsKeyId, secretStatus: secret.SecretStatus }],
  };
}

/** Database instances. */
export const INSTANCE_TYPES: ResourceTypes = { "aws:rds/instance:Instance": instance };
