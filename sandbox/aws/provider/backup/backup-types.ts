/**
 * AWS Backup: written down, and refused what AWS refuses. Nothing is backed up.
 *
 * source: AWS Backup API reference; developer guide, "AWS Backup Vault Lock"
 */
import type * as aws from "@pulumi/aws";
import { requireTrust } from "../iam/roles";
import { requireKeyArn } from "../kms/keys";
import { RefusedError, type ResourceTypes, resourceType } from "../resource-type";
import { arnOf } from "../world";

const vault = resourceType<aws.backup.VaultArgs>({
  kind: "recorded",
  autoname: { property: "name", maxLength: 50 },
  replaceOn: ["name", "kmsKeyArn"],
  create: async (inputs, world, self) => {
    if (inputs.kmsKeyArn !== undefined) await requireKeyArn(world, inputs.kmsKeyArn, "InvalidParameterValueException");
    const id = inputs.name ?? self.name;
    return { id, outputs: { arn: arnOf(world, "backup", `backup-vault:${id}`), recoveryPoints: 0 } };
  },
  update: async () => ({}),
  delete: async () => undefined,
});

const lock = resourceType<aws.backup.VaultLockConfigurationArgs>({
  kind: "recorded",
  replaceOn: ["backupVaultName", "minRetentionDays", "maxRetentionDays", "changeableForDays"],
  create: async ({ backupVaultName, changeableForDays, minRetentionDays = 1, maxRetentionDays }, world) => {
    if (changeableForDays !== undefined && changeableForDays < 3) {
      throw new RefusedError(
        "InvalidParameterValueException",
        `ChangeableForDays is 3 or more, got ${changeableForDays}`,
      );
    }
    if (maxRetentionDays !== undefined && maxRetentionDays < minRetentionDays) {
      throw new RefusedError(
        "InvalidParameterValueException",
        `MaxRetentionDays ${maxRetentionDays} is below MinRetentionDays ${minRetentionDays}`,
      );
    }
    return {
      id: backupVaultName,
      outputs: { backupVaultArn: arnOf(world, "backup", `backup-vault:${backupVaultName}`) },
    };
  },
  delete: async () => undefined,
});

const plan = resourceType<aws.backup.PlanArgs>({
  kind: "recorded",
  autoname: { property: "name", maxLength: 50 },
  replaceOn: ["name"],
  create: async ({ rules }, world) => {
    for (const { schedule = "", startWindow = 480, completionWindow = 10_080 } of rules) {
      if (!/^cron\(\d+ \d+ \* \* \? \*\)$/.test(schedule) || startWindow < 60 || completionWindow <= startWindow) {
        throw new RefusedError(
          "InvalidParameterValueException",
          `a rule needs a schedule, 60 minutes or more to start, and longer to complete, got ${schedule}, ${startWindow}, ${completionWindow}`,
        );
      }
    }
    const id = world.hex(32);
    return { id, outputs: { arn: arnOf(world, "backup", `backup-plan:${id}`), version: world.hex(20) } };
  },
  update: async () => ({}),
  delete: async () => undefined,
});

const selection = resourceType<aws.backup.SelectionArgs>({
  kind: "recorded",
  autoname: { property: "name", maxLength: 50 },
  create: async ({ iamRoleArn, planId }, world) => {
    const onBehalfOf = arnOf(world, "backup", `backup-plan:${planId}`);
    await requireTrust(
      world,
      iamRoleArn,
      { service: "backup.amazonaws.com", onBehalfOf },
      "InvalidParameterValueException",
    );
    return { id: world.hex(32), outputs: {} };
  },
  delete: async () => undefined,
});

/** AWS Backup's types. */
export const BACKUP_TYPES: ResourceTypes = {
  "aws:backup/vault:Vault": vault,
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": lock,
  "aws:backup/plan:Plan": plan,
  "aws:backup/selection:Selection": selection,
};
