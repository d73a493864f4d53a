/**
 * The four ways in which RDS makes an instance: empty, of a snapshot, of a point in time, of another instance that it follows.
 *
 * source: RDS API, CreateDBInstance, RestoreDBInstanceFromDBSnapshot, RestoreDBInstanceToPointInTime, CreateDBInstanceReadReplica
 */
import {
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
} from "@aws-sdk/client-rds";
import { ifFound, required } from "../found";
import { RefusedError } from "../resource-type";
import { tagList } from "../tags";
import type { World } from "../world";
import { resolveEngineVersion } from "./engine-versions";
import type { InstanceInputs } from "./instance-rules";

type Settings = Readonly<Record<string, unknown>>;

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  ...{ postgres: 5432, mysql: 3306, mariadb: 3306 },
  ...{ oracle: 1521, sqlserver: 1433 },
};
const defaultPort = (engine = "") => DEFAULT_PORTS[engine.split("-")[0] ?? ""];

/** Makes the instance as its inputs begin it, with the settings that making and changing have in common. */
export async function beginInstance(world: World, inputs: InstanceInputs, settings: Settings): Promise<DBInstance> {
  const { rds } = world.aws;
  const self = { DBInstanceIdentifier: inputs.identifier, DBInstanceClass: inputs.instanceClass };
  const common = { ...self, Port: inputs.port, Tags: tagList(inputs.tags) };
  if (inputs.replicateSourceDb !== undefined) {
    const source = { SourceDBInstanceIdentifier: inputs.replicateSourceDb };
    const made = await rds.send(new CreateDBInstanceReadReplicaCommand({ ...settings, ...common, ...source }));
    return required(made.DBInstance, "the replica");
  }
  if (inputs.snapshotIdentifier !== undefined) {
    await requireSnapshotKey(world, inputs);
    const from = { DBSnapshotIdentifier: inputs.snapshotIdentifier, DBSubnetGroupName: inputs.dbSubnetGroupName };
    const made = await rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({ ...restorable(settings), ...common, ...from }),
    );
    return required(made.DBInstance, "the restored database");
  }
  if (inputs.restoreToPointInTime !== undefined) {
    const source = await sourceOf(world, inputs);
    const made = await rds.send(
      new RestoreDBInstanceToPointInTimeCommand({
        ...restorable(settings),
        ...common,
        SourceDBInstanceIdentifier: source.DBInstanceIdentifier,
        TargetDBInstanceIdentifier: inputs.identifier,
        DBSubnetGroupName: inputs.dbSubnetGroupName,
        UseLatestRestorableTime: inputs.restoreToPointInTime.useLatestRestorableTime,
      }),
    );
    return required(made.DBInstance, "the restored database");
  }
  const { DBInstance: made } = await rds.send(
    new CreateDBInstanceCommand({
      ...settings,
      ...common,
      Port: inputs.port ?? defaultPort(inputs.engine),
      Engine: inputs.engine,
      EngineVersion: resolveEngineVersion(inputs.engine ?? "", inputs.engineVersion).version,
      DBName: inputs.dbName,
      DBSubnetGroupName: inputs.dbSubnetGroupName,
      KmsKeyId: inputs.kmsKeyId,
      MasterUsername: inputs.username,
      StorageEncrypted: inputs.storageEncrypted,
      EnableCloudwatchLogsExports: inputs.enabledCloudwatchLogsExports,
    }),
  );
  return required(made, "the database");
}

// the emulator takes these of a new database only, and turns them over to the restored one by itself
const restorable = ({ AllocatedStorage: _size, MasterUserPassword: _password, ...others }: Settings): Settings =>
  others;

async function requireSnapshotKey({ aws: { rds } }: World, { snapshotIdentifier, kmsKeyId }: InstanceInputs) {
  const request = new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: snapshotIdentifier });
  const found = (await ifFound(rds.send(request)))?.DBSnapshots?.[0];
  if (found === undefined) throw new RefusedError("DBSnapshotNotFound", `there is no snapshot ${snapshotIdentifier}`);
  if (found.KmsKeyId === kmsKeyId) return;
  throw new RefusedError(
    "InvalidParameterCombination",
    `${snapshotIdentifier} is encrypted with ${found.KmsKeyId}, and so is what is restored from it, not with ${kmsKeyId}`,
  );
}

async function sourceOf({ aws: { rds } }: World, inputs: InstanceInputs): Promise<DBInstance> {
  const { sourceDbiResourceId: id, sourceDbInstanceIdentifier: name } = inputs.restoreToPointInTime ?? {};
  const { DBInstances: all = [] } = await rds.send(new DescribeDBInstancesCommand({}));
  const found = all.find((each) => (id === undefined ? each.DBInstanceIdentifier === name : each.DbiResourceId === id));
  if (found === undefined) {
    throw new RefusedError("DBInstanceAutomatedBackupNotFoundFault", `there is no automated backup of ${id ?? name}`);
  }
  if (found.KmsKeyId !== inputs.kmsKeyId) {
    throw new RefusedError(
      "InvalidParameterCombination",
      `${found.DBInstanceIdentifier} is encrypted with ${found.KmsKeyId}, and so is what is restored from it, not with ${inputs.kmsKeyId}`,
    );
  }
  return found;
}
