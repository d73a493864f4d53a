/**
 * What RDS refuses of a database instance's inputs and the emulator lets through.
 *
 * source: RDS API, CreateDBInstance; RDS user guide, "Settings for DB instances"
 */
import type * as aws from "@pulumi/aws";
import type { Plain } from "../resource-type";
import { RefusedError } from "../resource-type";
import { requireEngine } from "./engine-rules";
import { resolveEngineVersion } from "./engine-versions";
import { windowsOverlap } from "./windows";

/** A database instance's inputs. */
export type InstanceInputs = Plain<aws.rds.InstanceArgs>;

const NAME = /^[a-z](?:-?[a-z0-9])*$/;
const RESERVED_USERS: Readonly<Record<string, readonly string[]>> = {
  postgres: ["admin", "rdsadmin", "rdsrepladmin", "rds_superuser", "rds_replication", "rds_password", "rds_iam"],
  mysql: ["rdsadmin", "rdsrepladmin", "mysql.sys", "root"],
  mariadb: ["rdsadmin", "rdsrepladmin", "mysql.sys", "root"],
};
const RESERVED_DATABASES = ["db", "rdsadmin", "template0", "template1"];
const CA_CERTIFICATES = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"];
const MONITORING_SECONDS = [0, 1, 5, 10, 15, 30, 60];
const GP3_BASELINE_GIB = 400;

/** Throws the first thing that RDS would refuse; messages never hold the password. */
export function requireValidInstance(inputs: InstanceInputs): void {
  if (inputs.replicateSourceDb !== undefined) {
    requireReplica(inputs);
    return;
  }
  requireEngine(inputs);
  if (isRestored(inputs)) requireRestored(inputs);
  else requireNames(inputs);
  requirePassword(inputs);
  requireStorage(inputs);
  requireOperations(inputs);
}

const isRestored = ({ snapshotIdentifier, restoreToPointInTime }: InstanceInputs): boolean =>
  snapshotIdentifier !== undefined || restoreToPointInTime !== undefined;

/** What comes with the data can't be said as well. */
function requireRestored({ username, dbName, characterSetName }: InstanceInputs): void {
  if (username === undefined && dbName === undefined && characterSetName === undefined) return;
  refuse("InvalidParameterCombination", "a restored database has its user, its databases and their character set");
}

/** A replica has these of its source. */
function requireReplica({
  engine,
  username,
  password,
  dbName,
  allocatedStorage,
  dbSubnetGroupName,
}: InstanceInputs): void {
  const given = Object.entries({ engine, username, password, dbName, allocatedStorage, dbSubnetGroupName });
  const said = given.filter(([, value]) => value !== undefined).map(([key]) => key);
  if (said.length > 0) refuse("InvalidParameterCombination", `a replica has its source's ${said.join(", ")}`);
}

function requireNames({ identifier = "", username = "", dbName, engine = "" }: InstanceInputs): void {
  if (identifier.length > 63 || !NAME.test(identifier)) {
    refuse(
      "InvalidParameterValue",
      `identifier "${identifier}" is not valid; up to 63 of a-z, 0-9 and single hyphens, a letter first, no hyphen last`,
    );
  }
  if (!/^[a-zA-Z][a-zA-Z0-9_]{0,62}$/.test(username)) {
    refuse(
      "InvalidParameterValue",
      `master user name "${username}" is not valid; 1 to 63 of a-z, A-Z, 0-9 and _, a letter first`,
    );
  }
  if (RESERVED_USERS[engine]?.includes(username.toLowerCase())) {
    refuse("InvalidParameterValue", `master user name ${username} is a reserved word of ${engine}; choose another`);
  }
  if (dbName === undefined) return;
  if (!/^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/.test(dbName) || RESERVED_DATABASES.includes(dbName.toLowerCase())) {
    refuse(
      "InvalidParameterValue",
      `database name "${dbName}" is not valid or reserved; 1 to 63 of a-z, A-Z, 0-9 and _`,
    );
  }
}

function requirePassword({ password, manageMasterUserPassword: managed = false }: InstanceInputs): void {
  if (managed === (password !== undefined)) {
    refuse(
      "InvalidParameterCombination",
      `a database has either manageMasterUserPassword or a password, got ${managed ? "both" : "neither"}`,
    );
  }
  // source: RDS API, MasterUserPassword: any printable ASCII character except "/", """, "@" and the space
  if (password !== undefined && !/^[!#-.0-?A-~]{8,128}$/.test(password)) {
    refuse(
      "InvalidParameterValue",
      'the master password is not valid; 8 to 128 printable characters without / " @ and spaces',
    );
  }
}

function requireStorage(inputs: InstanceInputs): void {
  const { allocatedStorage = 0, maxAllocatedStorage, storageType, iops, storageThroughput } = inputs;
  if (allocatedStorage < 20 || allocatedStorage > 65_536) {
    refuse("InvalidParameterValue", `allocated storage must be 20 to 65536 GiB, got ${allocatedStorage}`);
  }
  if (maxAllocatedStorage !== undefined && maxAllocatedStorage !== 0 && maxAllocatedStorage < allocatedStorage * 1.1) {
    refuse(
      "InvalidParameterCombination",
      `maximum storage must be at least 10% above the allocated ${allocatedStorage} GiB, got ${maxAllocatedStorage}`,
    );
  }
  if (storageType === "gp3" && allocatedStorage < GP3_BASELINE_GIB && (iops ?? storageThroughput) !== undefined) {
    refuse(
      "InvalidParameterCombination",
      `IOPS and throughput can be set from ${GP3_BASELINE_GIB} GiB of gp3 storage, got ${allocatedStorage} GiB; leave them out`,
    );
  }
  if (inputs.kmsKeyId !== undefined && inputs.storageEncrypted !== true) {
    refuse("InvalidParameterCombination", "a kmsKeyId needs storageEncrypted: true");
  }
  if (!/^db\.[a-z][a-z0-9-]*\.[a-z0-9.-]+$/.test(inputs.instanceClass)) {
    refuse("InvalidParameterValue", `invalid DB instance class: ${inputs.instanceClass}; for example db.m7g.large`);
  }
}

function requireOperations(inputs: InstanceInputs): void {
  const { backupRetentionPeriod = 0, backupWindow, maintenanceWindow, monitoringInterval = 0 } = inputs;
  const { logTypes } = resolveEngineVersion(inputs.engine ?? "", inputs.engineVersion);
  if (backupRetentionPeriod < 0 || backupRetentionPeriod > 35) {
    refuse("InvalidParameterValue", `backup retention must be 0 to 35 days, got ${backupRetentionPeriod}`);
  }
  if (
    backupWindow !== undefined &&
    maintenanceWindow !== undefined &&
    windowsOverlap(backupWindow, maintenanceWindow)
  ) {
    refuse(
      "InvalidParameterValue",
      `the backup window ${backupWindow} and the maintenance window ${maintenanceWindow} must not overlap`,
    );
  }
  if (!MONITORING_SECONDS.includes(monitoringInterval)) {
    refuse(
      "InvalidParameterValue",
      `monitoring interval must be one of ${MONITORING_SECONDS.join(", ")}, got ${monitoringInterval}`,
    );
  }
  if ((monitoringInterval === 0) !== (inputs.monitoringRoleArn === undefined)) {
    refuse("InvalidParameterCombination", "a monitoringRoleArn goes with a monitoring interval other than 0");
  }
  const retention = inputs.performanceInsightsRetentionPeriod;
  if (
    retention !== undefined &&
    retention !== 7 &&
    retention !== 731 &&
    !(retention % 31 === 0 && retention / 31 < 24)
  ) {
    refuse(
      "InvalidParameterValue",
      `Performance Insights are kept 7 days, 731 or a multiple of 31 up to 713, got ${retention}`,
    );
  }
  if (inputs.caCertIdentifier !== undefined && !CA_CERTIFICATES.includes(inputs.caCertIdentifier)) {
    refuse("CertificateNotFound", `there is no CA ${inputs.caCertIdentifier}; there are ${CA_CERTIFICATES.join(", ")}`);
  }
  const unknown = (inputs.enabledCloudwatchLogsExports ?? []).filter((each) => !logTypes.includes(each));
  if (unknown.length > 0) {
    refuse(
      "InvalidParameterCombination",
      `${unknown.join(", ")} cannot be exported; allowed are ${logTypes.join(", ")}`,
    );
  }
}

function refuse(code: string, message: string): never {
  throw new RefusedError(code, message);
}
