import type { Engine } from "./engine";
import { OPEN_SOURCE_GENERATIONS } from "./generations";
import { isDatabaseName } from "./postgres-names";
import { NO_PLAIN_TEXT, only } from "./protected-parameter";

/** Major versions in RDS standard support. Whether a region offers one, only RDS knows. */
export const POSTGRES_MAJORS = ["14", "15", "16", "17", "18"] as const;

/** PostgreSQL. source: RDS user guide, "Amazon RDS for PostgreSQL" */
export const POSTGRES: Engine = {
  title: "PostgreSQL",
  versions: { allowed: POSTGRES_MAJORS, byDefault: "17" },
  versionAdvice:
    "write the major version alone: RDS upgrades the minor one by itself, and would later refuse a pinned one as a downgrade",
  family: (version) => `postgres${version}`,
  port: 5432,
  instanceClass: { allowed: OPEN_SOURCE_GENERATIONS, byDefault: "db.m7g.large" },
  databaseName: {
    isAllowed: isDatabaseName,
    allowed:
      "1 to 63 letters, digits and underscores, a letter first, and not a word that PostgreSQL or RDS keeps for itself",
    byDefault: "app",
  },
  parameterName: /^[a-z][a-z0-9_.]*$/,
  defaultParameters: {
    // said, because "ddl" is what one reaches for: it would write CREATE ROLE ... PASSWORD to CloudWatch, password and all
    log_statement: "none",
    log_min_duration_statement: "1000", // milliseconds
  },
  protectedParameters: [
    only("rds.force_ssl", NO_PLAIN_TEXT),
    only(
      "log_connections",
      "who came is to be seen in the log",
      // a list from 18 on (PostgreSQL manual, "log_connections"): these three are what "on" was before
      (majorVersion) => (Number(majorVersion) >= 18 ? "receipt,authentication,authorization" : "1"),
    ),
    only(
      "log_hostname",
      "clients are known by their addresses; whoever runs their name server chooses their names",
      () => "0",
    ),
    only("log_disconnections", "who left, and when, is to be seen in the log"),
    {
      name: "tcp_keepalives_idle",
      value: () => "300",
      accepts: (given) => /^\d{1,3}$/.test(given) && Number(given) > 0 && Number(given) < 350,
      allowed: "1 to 349 seconds",
      because: "load balancers, NAT gateways and connection tracking drop connections that were silent for 350 seconds",
    },
  ],
  // A name with a dot belongs to an extension or to RDS, and which of those are static depends on the version. Those of a new instance
  // hold from its start
  isStatic: (name) => STATIC.has(name) || name.includes("."),
  parametersFor: "Forced TLS, connection logging, keepalives",
  logs: ["postgresql", "upgrade"],
  connectionLog: "postgresql",
  options: () => [],
  hasTde: false,
  hasIamAuthentication: true,
  users: {
    madeBy: "postgres",
    hasSchemas: true,
    longestName: 63,
    takenNames: /^(pg_.*|rds.*|postgres|public|none|current_user|current_role|session_user|user)$/i,
  },
  hasMultiAz: true,
  hasBlueGreenUpdates: true,
  hasReplicas: true,
  hasExtendedSupport: true,
  hasPerformanceInsights: () => true,
  longestPassword: 128,
};

/** Context "postmaster" in pg_settings of PostgreSQL 14 to 18: read at the server's start only. */
const STATIC: ReadonlySet<string> = new Set([
  "archive_mode",
  "autovacuum_freeze_max_age",
  "autovacuum_max_workers",
  "autovacuum_multixact_freeze_max_age",
  "autovacuum_worker_slots",
  "cluster_name",
  "commit_timestamp_buffers",
  "dynamic_shared_memory_type",
  "event_source",
  "hot_standby",
  "huge_page_size",
  "huge_pages",
  "idle_replication_slot_timeout",
  "io_max_combine_limit",
  "io_max_concurrency",
  "io_method",
  "jit_provider",
  "listen_addresses",
  "logging_collector",
  "max_active_replication_origins",
  "max_connections",
  "max_files_per_process",
  "max_locks_per_transaction",
  "max_logical_replication_workers",
  "max_notify_queue_pages",
  "max_pred_locks_per_transaction",
  "max_prepared_transactions",
  "max_replication_slots",
  "max_wal_senders",
  "max_worker_processes",
  "min_dynamic_shared_memory",
  "multixact_member_buffers",
  "multixact_offset_buffers",
  "notify_buffers",
  "old_snapshot_threshold",
  "port",
  "recovery_target",
  "reserved_connections",
  "serializable_buffers",
  "shared_buffers",
  "shared_memory_type",
  "shared_preload_libraries",
  "subtransaction_buffers",
  "superuser_reserved_connections",
  "track_activity_query_size",
  "track_commit_timestamp",
  "transaction_buffers",
  "unix_socket_directories",
  "wal_buffers",
  "wal_decode_buffer_size",
  "wal_level",
  "wal_log_hints",
]);
