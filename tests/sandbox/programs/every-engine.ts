// A database of each engine and edition, side by side in one network, as index.ts makes the one of a stack.
import * as pulumi from "@pulumi/pulumi";
import { Access } from "../../../components/access";
import { currentAccount } from "../../../components/account";
import { Database } from "../../../components/database";
import { ENGINE_NAMES, engineNamed } from "../../../components/engines/engines";
import { StackNames } from "../../../components/names";
import { Network } from "../../../components/network";
import { databaseSchema } from "../../../settings/database-schema";
import { settingsSchema } from "../../../settings/schema";

const BECAUSE = "the sandbox lives for minutes and holds made-up data";
const { storageGb } = new pulumi.Config().requireObject<{ storageGb: number }>("database");

const account = currentAccount();
const databasePort = 5432;
const { network: place, logRetentionDays } = settingsSchema.parse({});
const network = new Network("network", { ...place, databasePort, hasPublicTier: false });
const access = new Access("access", { vpcId: network.vpcId, databasePort });

for (const engine of ENGINE_NAMES) {
  new Database(engine, {
    account,
    names: new StackNames(engine),
    settings: databaseSchema.parse({ engine, storageGb, tde: engineNamed(engine).hasTde }),
    exceptions: {
      deletionProtection: BECAUSE,
      finalSnapshot: BECAUSE,
      ...(!engineNamed(engine).hasMultiAz && { multiAz: "this edition has no standby" }),
    },
    subnetIds: network.databaseSubnetIds,
    securityGroupId: access.databaseGroupId,
    logRetentionDays,
  });
}
