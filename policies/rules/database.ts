import { numberOf, textsOf, unless, unlessSet } from "../judging";
import type { ResourceRule } from "../rule";

type Props = Record<string, unknown>;

const types = ["aws:rds/instance:Instance"];
const mandatory = { level: "mandatory", types } as const;
const advisory = { level: "advisory", types } as const;

const isReplica = (props: Props): boolean => unlessSet(props, "replicateSourceDb") === undefined;
const engineOf = (props: Props): string => String(props["engine"] ?? "");

// source: RDS user guide, "IAM database authentication": MariaDB, MySQL, PostgreSQL
const HAS_IAM = /^(postgres|mysql|mariadb)/;

// source: RDS user guide, "Using SSL/TLS": the authorities that have not expired
const AUTHORITIES = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"];

// names that every attacker tries first
const GUESSED_NAMES = /^(admin|administrator|postgres|root|sa|master|mysql|mariadb|oracle|rdsadmin)$/i;

// the oldest major version in standard support on 2026-11-01. source: RDS release calendars of each engine
const OLDEST: Readonly<Record<string, readonly [number, number]>> = {
  postgres: [14, 0],
  mysql: [8, 4],
  mariadb: [10, 11],
};

export const databaseRules: readonly ResourceRule[] = [
  {
    ...mandatory,
    name: "database-storage-encrypted",
    row: 1,
    says: "A database's storage is encrypted",
    remedy: "Set storageEncrypted to true; a database that has none is copied by an encrypted snapshot",
    judge: (props) => (isReplica(props) ? undefined : unless(props, "storageEncrypted", true)),
  },
  {
    ...mandatory,
    name: "database-key-of-your-own",
    row: 2,
    says: "A database is encrypted with a key whose policy you write",
    remedy: "Set kmsKeyId to a customer-managed key",
    judge: (props) =>
      isReplica(props)
        ? undefined
        : (unlessSet(props, "kmsKeyId") ??
          (String(props["kmsKeyId"]).includes("alias/aws/") ? "kmsKeyId is AWS's own key" : undefined)),
  },
  {
    ...mandatory,
    name: "database-not-public",
    row: 3,
    says: "A database has no public address",
    remedy: "Set publiclyAccessible to false, and let clients in through a front door, a bastion or a VPN",
    judge: (props) => unless(props, "publiclyAccessible", false, undefined),
  },
  {
    ...mandatory,
    name: "database-in-a-vpc",
    row: 5,
    says: "A database is in the subnets that its stack chose",
    remedy: "Set dbSubnetGroupName; without it RDS takes the default VPC, whose subnets are public",
    judge: (props) => (isReplica(props) ? undefined : unlessSet(props, "dbSubnetGroupName")),
  },
  {
    ...mandatory,
    name: "database-multi-az",
    exception: "multiAz",
    row: 6,
    says: "A database outlives the loss of a zone",
    remedy: "Set multiAz to true",
    judge: (props) => (isReplica(props) ? undefined : unless(props, "multiAz", true)),
  },
  {
    ...mandatory,
    name: "database-backups-kept",
    row: 7,
    says: "A database's automated backups are kept for a week at least",
    remedy: "Set backupRetentionPeriod to 7 to 35 days",
    judge: (props) =>
      isReplica(props) || numberOf(props["backupRetentionPeriod"], 0) >= 7
        ? undefined
        : `backupRetentionPeriod is ${String(props["backupRetentionPeriod"] ?? "not set")}`,
  },
  {
    ...mandatory,
    name: "database-deletion-protected",
    exception: "deletionProtection",
    row: 9,
    says: "A database can't be deleted by mistake",
    remedy: "Set deletionProtection to true",
    judge: (props) => (isReplica(props) ? undefined : unless(props, "deletionProtection", true)),
  },
  {
    ...mandatory,
    name: "database-final-snapshot",
    exception: "finalSnapshot",
    row: 10,
    says: "A database that is deleted leaves a snapshot",
    remedy: "Set skipFinalSnapshot to false and finalSnapshotIdentifier to a name",
    judge: (props) =>
      isReplica(props)
        ? undefined
        : (unless(props, "skipFinalSnapshot", false, undefined) ?? unlessSet(props, "finalSnapshotIdentifier")),
  },
  {
    ...advisory,
    name: "database-tags-on-snapshots",
    row: 11,
    says: "Snapshots have the database's tags, which policies and costs go by",
    remedy: "Set copyTagsToSnapshot to true",
    judge: (props) => unless(props, "copyTagsToSnapshot", true),
  },
  {
    ...mandatory,
    name: "database-minor-upgrades",
    row: 12,
    says: "A database gets its engine's fixes by itself",
    remedy: "Set autoMinorVersionUpgrade to true; the maintenance window says when",
    judge: (props) => unless(props, "autoMinorVersionUpgrade", true, undefined),
  },
  {
    ...mandatory,
    name: "database-iam-authentication",
    row: 13,
    says: "People and programs can connect with their IAM identity, where the engine knows it",
    remedy: "Set iamDatabaseAuthenticationEnabled to true",
    judge: (props) =>
      HAS_IAM.test(engineOf(props)) ? unless(props, "iamDatabaseAuthenticationEnabled", true) : undefined,
  },
  {
    ...mandatory,
    name: "database-logs-exported",
    row: 14,
    says: "A database's logs are in CloudWatch Logs, where the database can't take them back",
    remedy: "List the engine's logs in enabledCloudwatchLogsExports",
    judge: (props) => (textsOf(props["enabledCloudwatchLogsExports"]).length > 0 ? undefined : "no log is exported"),
  },
  {
    ...advisory,
    name: "database-enhanced-monitoring",
    row: 15,
    says: "The load of the database's host is measured",
    remedy: "Set monitoringInterval to 1, 5, 10, 15, 30 or 60 seconds, with monitoringRoleArn",
    judge: (props) => (numberOf(props["monitoringInterval"], 0) > 0 ? undefined : "monitoringInterval is 0 or not set"),
  },
  {
    ...advisory,
    name: "database-performance-insights",
    row: 16,
    says: "It can be seen which statements make a database's load",
    remedy: "Set performanceInsightsEnabled to true, or databaseInsightsMode",
    judge: (props) =>
      unlessSet(props, "databaseInsightsMode") === undefined
        ? undefined
        : unless(props, "performanceInsightsEnabled", true),
  },
  {
    ...mandatory,
    name: "database-performance-insights-key",
    row: 17,
    says: "The statements that Performance Insights keeps are encrypted with a key of your own",
    remedy: "Set performanceInsightsKmsKeyId to a customer-managed key",
    judge: (props) =>
      props["performanceInsightsEnabled"] === true ? unlessSet(props, "performanceInsightsKmsKeyId") : undefined,
  },
  {
    ...mandatory,
    name: "database-certificate-authority",
    row: 18,
    says: "A database's certificate is of an authority that has not expired",
    remedy: `Set caCertIdentifier to ${AUTHORITIES.join(", ")}`,
    judge: (props) => unless(props, "caCertIdentifier", undefined, ...AUTHORITIES),
  },
  {
    ...mandatory,
    name: "database-master-name-not-guessed",
    row: 20,
    says: "The master user's name is none that is tried first",
    remedy: "Set username to a name of your own; a database must be replaced to change it",
    judge: (props) =>
      GUESSED_NAMES.test(String(props["username"] ?? "")) ? `username is "${String(props["username"])}"` : undefined,
  },
  {
    ...advisory,
    name: "database-version-supported",
    row: 21,
    says: "A database's engine is in standard support",
    remedy: "Set engineVersion to a newer major version",
    judge: (props) => {
      const oldest = OLDEST[engineOf(props)];
      const [major = 0, minor = 0] = String(props["engineVersion"] ?? "")
        .split(".")
        .map(Number);
      if (oldest === undefined || unlessSet(props, "engineVersion") !== undefined) return undefined;
      const isOlder = major < oldest[0] || (major === oldest[0] && oldest[1] > 0 && minor < oldest[1]);
      return isOlder ? `engineVersion is ${String(props["engineVersion"])}, before ${oldest.join(".")}` : undefined;
    },
  },
  {
    ...mandatory,
    name: "database-master-password",
    row: 28,
    says: "The master password is in Secrets Manager, and where it is generated, encrypted with a key of your own",
    remedy:
      "Set manageMasterUserPassword to true and masterUserSecretKmsKeyId, or give the password as a Pulumi secret",
    judge: (props) => {
      if (isReplica(props) || unlessSet(props, "snapshotIdentifier") === undefined) return undefined;
      if (unless(props, "manageMasterUserPassword", true) === undefined)
        return unlessSet(props, "masterUserSecretKmsKeyId");
      return unlessSet(props, "password") === undefined || unlessSet(props, "passwordWo") === undefined
        ? undefined
        : "the master password is neither managed nor given";
    },
  },
];
