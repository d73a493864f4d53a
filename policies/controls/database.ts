import type { Control } from "./control";

/** What the checklists ask, by row of docs/controls.md. */
export const databaseControls = {
  1: {
    asks: "rds.Instance: storageEncrypted: true",
    ids: "CKV_AWS_16, SH RDS.3, CIS3 2.3.1, AVD-AWS-0080, nag RDS2, awsguard rds-storage-encrypted",
  },
  2: { asks: "rds.Instance: kmsKeyId = CMK", ids: "compliance-policies configureCustomerManagedKey" },
  3: {
    asks: "rds.Instance: publiclyAccessible: false",
    ids: "CKV_AWS_17, SH RDS.2, CIS3 2.3.3, AVD-AWS-0180, awsguard rds-instance-public-access",
  },
  4: {
    asks: "rds.Instance / SubnetGroup: only subnets with no IGW route",
    ids: "AWS Config rds-instance-subnet-igw-check",
    met: {
      how: "The database tier's route table has no route and no endpoint",
      test: {
        file: "tests/components/network.test.ts",
        title: "has its own route table, which no route and no endpoint is ever in",
      },
    },
  },
  5: { asks: "rds.Instance: in a VPC, no aws_db_security_group", ids: "SH RDS.18, CKV_AWS_198" },
  6: {
    asks: "rds.Instance: multiAz: true",
    ids: "CKV_AWS_157, SH RDS.5, CIS5 2.2.4, nag RDS3, awsguard rds-instance-multi-az-enabled",
  },
  7: { asks: "rds.Instance: backupRetentionPeriod ≥ 7 (≤ 35)", ids: "CKV_AWS_133, SH RDS.11, AVD-AWS-0077, nag RDS13" },
  8: {
    asks: "rds.Instance: in an AWS Backup plan",
    ids: "SH RDS.26, nag HIPAA RDSInBackupPlan",
    met: {
      how: "`backups.plan` puts the database into a plan; RDS's own automated backups are there without it",
      test: {
        file: "tests/components/backups.test.ts",
        title: "has the database in it: a snapshot a day, clear of RDS's windows, for as long as the stack file says",
      },
    },
  },
  9: {
    asks: "rds.Instance: deletionProtection: true (+ protect)",
    ids: "CKV_AWS_293, SH RDS.8, AVD-AWS-0177, nag RDS10",
  },
  10: { asks: "rds.Instance: skipFinalSnapshot: false + finalSnapshotIdentifier", ids: "terraform-aws-rds" },
  11: { asks: "rds.Instance: copyTagsToSnapshot: true", ids: "CKV2_AWS_60, SH RDS.17" },
  12: {
    asks: "rds.Instance: autoMinorVersionUpgrade: true",
    ids: "CKV_AWS_226, SH RDS.13, CIS3 2.3.2, nag RDSAutomaticMinorVersionUpgrade",
  },
  13: { asks: "rds.Instance: iamDatabaseAuthenticationEnabled: true", ids: "CKV_AWS_161, SH RDS.10, AVD-AWS-0176" },
  14: {
    asks: "rds.Instance: enabledCloudwatchLogsExports: [postgresql, upgrade]",
    ids: "CKV_AWS_129, SH RDS.9, SH RDS.36, nag RDSLoggingEnabled",
  },
  15: {
    asks: "rds.Instance: monitoringInterval ∈ {1,5,10,15,30,60} + role",
    ids: "CKV_AWS_118, SH RDS.6, nag RDSEnhancedMonitoring",
  },
  16: {
    asks: "rds.Instance: performanceInsightsEnabled: true (or databaseInsightsMode)",
    ids: "CKV_AWS_353, AVD-AWS-0133, compliance-policies enablePerformanceInsights",
  },
  17: { asks: "rds.Instance: performanceInsightsKmsKeyId = CMK", ids: "CKV_AWS_354, AVD-AWS-0078" },
  18: {
    asks: "rds.Instance: caCertIdentifier ∈ rds-ca-rsa2048-g1 / rsa4096-g1 / ecc384-g1",
    ids: "CKV_AWS_211, prowler rds_instance_certificate_expiration",
  },
  19: {
    asks: "rds.Instance: non-default port (not 5432)",
    ids: "SH RDS.23, nag RDS11",
    exception:
      "A port that scanners also try hides nothing: the security groups and the tier without a route decide who connects. `database.port` sets another",
  },
  20: { asks: "rds.Instance: admin name not postgres/admin", ids: "SH RDS.25, prowler rds_instance_default_admin" },
  21: {
    asks: "rds.Instance: engine version supported, not log_fdw-vulnerable (≥13.3, ≥14 …), not in extended support",
    ids: "CKV_AWS_250, prowler deprecated_engine_version, prowler extended_support",
  },
  22: { asks: "rds.ParameterGroup: rds.force_ssl = 1, and in-sync (reboot)", ids: "CKV2_AWS_69, SH RDS.38" },
  23: { asks: "rds.ParameterGroup: log_statement and log_min_duration_statement both set", ids: "CKV2_AWS_30" },
  24: {
    asks: "rds.EventSubscription: instance (maintenance, configuration change, failure), parameter group, SG events",
    ids: "SH RDS.20, SH RDS.21, SH RDS.22",
    met: {
      how: "Three subscriptions tell the alarms' topic",
      test: {
        file: "tests/components/audit.test.ts",
        title: "asks RDS for what Security Hub asks for: of the instance, its parameter group, and all security groups",
      },
    },
  },
  25: {
    asks: "rds snapshots: never shared/public; encrypted; copies with CMK",
    ids: "SH RDS.1, SH RDS.4, CKV_AWS_302, CKV_AWS_266",
  },
  26: { asks: "rds automated-backup replication: kmsKeyId in target region", ids: "CKV_AWS_245" },
  27: { asks: "rds.Proxy (if any): requireTls", ids: "SH RDS.43" },
  28: {
    asks: "secretsmanager / managed master: manageMasterUserPassword: true; masterUserSecretKmsKeyId",
    ids: "CKV_AWS_149, AVD-AWS-0098",
  },
  29: {
    asks: "secretsmanager: rotation on, ≤ 90 days",
    ids: "CKV2_AWS_57, CKV_AWS_304, SH SecretsManager.1, SH SecretsManager.2, SH SecretsManager.4, nag SMG4",
  },
} as const satisfies Readonly<Record<number, Control>>;
