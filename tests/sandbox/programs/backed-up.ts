// A database with replicas and every kind of backup, as index.ts makes it; and what is restored of it, once the configuration says what.
import * as pulumi from "@pulumi/pulumi";
import { Access } from "../../../components/access";
import { currentAccount } from "../../../components/account";
import { BackupPlan } from "../../../components/backup-plan";
import { Database } from "../../../components/database";
import { StackNames } from "../../../components/names";
import { Network } from "../../../components/network";
import { ReplicatedBackups } from "../../../components/replicated-backups";
import { backups } from "../../../settings/backups-schema";
import { databaseSchema } from "../../../settings/database-schema";
import { settingsSchema } from "../../../settings/schema";

const BECAUSE = "the sandbox lives for minutes and holds made-up data";
const { restores, ...chosen } = new pulumi.Config().requireObject<{ restores: readonly object[] }>("database");

const account = currentAccount();
const databasePort = 5432;
const { network: place, logRetentionDays } = settingsSchema.parse({});
const network = new Network("network", { ...place, databasePort, hasPublicTier: false });
const access = new Access("access", { vpcId: network.vpcId, databasePort });
const placed = {
  account,
  exceptions: { deletionProtection: BECAUSE, finalSnapshot: BECAUSE },
  subnetIds: network.databaseSubnetIds,
  securityGroupId: access.databaseGroupId,
  logRetentionDays,
};

const names = new StackNames("source");
const settings = databaseSchema.parse(chosen);
const copies = { replicas: { count: 2 }, hasBackupPlan: true };
const source = new Database("source", { ...placed, ...copies, names, settings });
const lock = { mode: "compliance", maxRetentionDays: 90 };
const { plan } = backups.parse({ plan: { lock } });
const backedUp = { account, names, databaseArn: source.instance.arn, outlivesStack: false };
new ReplicatedBackups("replicated", { ...backedUp, region: "eu-central-1", retentionDays: 14 });
if (plan) {
  const { keyArn, identifier: databaseIdentifier } = source;
  new BackupPlan("plan", { ...backedUp, settings: plan, database: settings, keyArn, databaseIdentifier });
}

restores.forEach((restoreFrom, at) => {
  new Database(`restored-${at}`, {
    ...placed,
    names: new StackNames(`restored-${at}`),
    settings: databaseSchema.parse({ restoreFrom }),
  });
});

export const replicaEndpoints = source.replicaAddresses;
export const keyArn = source.keyArn;
export const resourceId = source.instance.resourceId;
