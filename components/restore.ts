import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseSettings } from "../settings";

type RestoreSettings = NonNullable<DatabaseSettings["restoreFrom"]>;

/** What an instance is given that begins with data. */
export type RestoreInputs = Pick<aws.rds.InstanceArgs, "kmsKeyId" | "snapshotIdentifier" | "restoreToPointInTime">;

/** Where the data is from, and where it goes. */
export interface RestoreArgs {
  readonly settings: RestoreSettings;
  /** Of the new database. */
  readonly identifier: pulumi.Input<string>;
  /** The new database's own key. */
  readonly keyArn: pulumi.Input<string>;
}

/**
 * The inputs of an instance that begins with a snapshot or with a point in time of another one.
 *
 * RDS restores a snapshot with the snapshot's key. So it is copied first, which is where a key can be changed; the copy costs its storage
 * until `restoreFrom` is removed. A point in time is restored with the source's key, and nothing can change that.
 */
export function restoreInputs(
  name: string,
  { settings, identifier, keyArn }: RestoreArgs,
  opts: pulumi.CustomResourceOptions,
): RestoreInputs {
  const { snapshot, resourceId, time, keyArn: sourceKeyArn } = settings;
  if (snapshot !== undefined) {
    const copy = new aws.rds.SnapshotCopy(
      name,
      {
        sourceDbSnapshotIdentifier: snapshot,
        targetDbSnapshotIdentifier: pulumi.interpolate`${identifier}-restored`,
        kmsKeyId: keyArn,
      },
      opts,
    );
    return { snapshotIdentifier: copy.targetDbSnapshotIdentifier, kmsKeyId: keyArn };
  }
  // the rules have asked for all three
  if (resourceId === undefined || time === undefined || sourceKeyArn === undefined)
    throw new Error("a restore without a source passed the rules of the settings");
  const when = time === "latest" ? { useLatestRestorableTime: true } : { restoreTime: time };
  return { restoreToPointInTime: { sourceDbiResourceId: resourceId, ...when }, kmsKeyId: sourceKeyArn };
}
