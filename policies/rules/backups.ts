import { textsOf, unless, unlessSet } from "../judging";
import type { ResourceRule } from "../rule";

// source: RDS user guide, "Snapshot sharing"
const EVERY_ACCOUNT = "all";

export const backupRules: readonly ResourceRule[] = [
  {
    name: "snapshot-not-shared",
    level: "mandatory",
    row: 25,
    types: [
      "aws:rds/snapshot:Snapshot",
      "aws:rds/snapshotCopy:SnapshotCopy",
      "aws:rds/clusterSnapshot:ClusterSnapshot",
    ],
    says: "No snapshot is for every account to restore",
    remedy: "Name accounts in sharedAccounts, never all",
    judge: (props) =>
      textsOf(props["sharedAccounts"]).includes(EVERY_ACCOUNT)
        ? "the snapshot is shared with every account"
        : undefined,
  },
  {
    name: "replicated-backups-encrypted",
    level: "mandatory",
    row: 26,
    types: ["aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"],
    says: "Backups in another region are encrypted with a key there",
    remedy: "Set kmsKeyId to a customer-managed key of that region",
    judge: (props) => unlessSet(props, "kmsKeyId"),
  },
  {
    name: "proxy-requires-tls",
    level: "mandatory",
    row: 27,
    types: ["aws:rds/proxy:Proxy"],
    says: "A proxy takes connections with TLS only",
    remedy: "Set requireTls to true",
    judge: (props) => unless(props, "requireTls", true),
  },
];
