/** Copies of snapshots, and of automated backups in another region. */
import { CopyDBSnapshotCommand, DeleteDBSnapshotCommand, DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import { requireKeyArn } from "../kms/keys";
import { RefusedError, type ResourceTypes, resourceType } from "../resource-type";
import { tagList } from "../tags";

const snapshotCopy = resourceType<aws.rds.SnapshotCopyArgs>({
  kind: "emulator",
  replaceOn: ["sourceDbSnapshotIdentifier", "targetDbSnapshotIdentifier", "kmsKeyId", "copyTags"],
  create: async (inputs, world) => {
    if (inputs.kmsKeyId !== undefined) await requireKeyArn(world, inputs.kmsKeyId, "KMSKeyNotAccessibleFault");
    const { DBSnapshot: made } = await world.aws.rds.send(
      new CopyDBSnapshotCommand({
        SourceDBSnapshotIdentifier: inputs.sourceDbSnapshotIdentifier,
        TargetDBSnapshotIdentifier: inputs.targetDbSnapshotIdentifier,
        KmsKeyId: inputs.kmsKeyId,
        Tags: tagList(inputs.tags),
      }),
    );
    const id = required(made?.DBSnapshotIdentifier, "the copy's name");
    return { id, outputs: { dbSnapshotArn: made?.DBSnapshotArn, encrypted: true } };
  },
  update: async () => ({}),
  delete: async (id, _state, world) => {
    await ifFound(world.aws.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id })));
  },
});

// the emulator has no StartDBInstanceAutomatedBackupsReplication
const replication = resourceType<aws.rds.InstanceAutomatedBackupsReplicationArgs>({
  kind: "recorded",
  replaceOn: ["sourceDbInstanceArn", "kmsKeyId", "retentionPeriod", "region"],
  create: async (inputs, world) => {
    const [, , , sourceRegion = "", , , identifier = ""] = inputs.sourceDbInstanceArn.split(":");
    if (sourceRegion === world.region) {
      throw new RefusedError("InvalidParameterValue", `backups of ${sourceRegion} can't be replicated to it`);
    }
    const { DBInstances: [source] = [] } = await world
      .awsIn(sourceRegion)
      .rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
    if ((source?.BackupRetentionPeriod ?? 0) === 0) {
      throw new RefusedError("InvalidDBInstanceState", `${identifier} has no automated backups`);
    }
    // here, in the region that the copies go to
    await requireKeyArn(world, inputs.kmsKeyId ?? "", "KMSKeyNotAccessibleFault");
    return { id: `arn:aws:rds:${world.region}:${world.account}:auto-backup:ab-${world.hex(20)}`, outputs: {} };
  },
  delete: async () => undefined,
});

/** Copies of backups. */
export const BACKUP_COPY_TYPES: ResourceTypes = {
  "aws:rds/snapshotCopy:SnapshotCopy": snapshotCopy,
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": replication,
};
