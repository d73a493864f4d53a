// The parameter group of a PostgreSQL instance as data. Pure.
import { PROTECTED_PARAMETERS } from "./protected-parameters";

/** One row of a parameter group. */
export interface DatabaseParameter {
  readonly name: string;
  readonly value: string;
  /** RDS refuses `immediate` for a parameter that the server reads only at its start. */
  readonly applyMethod: "immediate" | "pending-reboot";
}

/**
 * The stack's parameters and the caller's, by name. The caller's value wins, except where it would weaken what this database promises:
 * settings refuse that, and here it has no effect. Sorted, so that the order of a stack file changes nothing.
 */
export function databaseParameters(
  majorVersion: string,
  extra: Readonly<Record<string, string>> = {},
): DatabaseParameter[] {
  const kept = PROTECTED_PARAMETERS.map((parameter) => {
    const { name, value, accepts } = parameter;
    const wanted = extra[name];
    return [name, wanted !== undefined && accepts(wanted, majorVersion) ? wanted : value(majorVersion)] as const;
  });
  return Object.entries({ ...DEFAULTS, ...extra, ...Object.fromEntries(kept) })
    .map(([name, value]) => ({ name, value, applyMethod: applyMethodOf(name) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

const DEFAULTS: Readonly<Record<string, string>> = {
  // said, because "ddl" is what one reaches for: it would write CREATE ROLE ... PASSWORD to CloudWatch, password and all
  log_statement: "none",
  log_min_duration_statement: "1000", // milliseconds
};

function applyMethodOf(name: string): DatabaseParameter["applyMethod"] {
  // A name with a dot belongs to an extension or to RDS, and which of those are static depends on the version:
  // pending-reboot is the method that RDS takes for either. Those of a new instance hold from its start
  return STATIC.has(name) || name.includes(".") ? "pending-reboot" : "immediate";
}

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
