import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { EncryptionKey } from "./encryption-key";
import { replicatedBackupsKeyUses } from "./key-uses";
import type { StackNames } from "./names";

/** What is copied, and where to. */
export interface ReplicatedBackupsArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly databaseArn: pulumi.Input<string>;
  /** Another region than the stack's. */
  readonly region: string;
  readonly retentionDays: number;
  /** Leaves the key in its region when it is removed from the stack: the copies stay for their retention. */
  readonly outlivesStack: boolean;
}

/**
 * The database's automated backups, snapshots and transaction logs, copied to another region as they are made, and encrypted there with a key
 * of that region. What a lost region costs is what was not copied yet, minutes mostly.
 *
 * Cost: storage in the other region, about $0.10 per GB and month, the transfer, and one key, $1.
 */
export class ReplicatedBackups extends pulumi.ComponentResource {
  constructor(name: string, args: ReplicatedBackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:database:ReplicatedBackups", name, {}, opts);
    const { region, outlivesStack } = args;
    const there = args.account.apply((account): Account => {
      if (account.region === region)
        throw new Error(`backups.crossRegion.region is ${region}, which is the stack's own; name another region`);
      return { ...account, region };
    });

    const key = new EncryptionKey(
      `${name}-key`,
      {
        account: there,
        region,
        alias: args.names.keyAlias("backups"),
        description: "Copies of the database's automated backups",
        uses: there.apply(replicatedBackupsKeyUses),
        outlivesStack,
      },
      { parent: this },
    );
    new aws.rds.InstanceAutomatedBackupsReplication(
      `${name}-replication`,
      {
        region,
        sourceDbInstanceArn: args.databaseArn,
        kmsKeyId: key.arn,
        retentionPeriod: args.retentionDays,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
