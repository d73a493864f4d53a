import type { Engine, EngineOption } from "./engine";
import { OPEN_SOURCE_GENERATIONS } from "./generations";
import { NO_PLAIN_TEXT, type ProtectedParameter } from "./protected-parameter";

// the server's own databases, which RDS makes before the first one, and the one where the function for database users keeps whom it made
const TAKEN_NAMES = [
  "information_schema",
  "innodb",
  "mysql",
  "performance_schema",
  "sys",
  "tmp",
  "test",
  "rds_sightline",
];

function onOrOne(name: string, because: string): ProtectedParameter {
  return { name, value: () => "1", accepts: (given) => /^(1|on)$/i.test(given), allowed: "1", because };
}

// Context "read only" in the manuals of MySQL 8.4 and MariaDB 11.8, "Server System Variables", of those in common use
const STATIC: ReadonlySet<string> = new Set([
  "back_log",
  "binlog_row_event_max_size",
  "ft_max_word_len",
  "ft_min_word_len",
  "ft_query_expansion_limit",
  "ft_stopword_file",
  "innodb_autoinc_lock_mode",
  "innodb_buffer_pool_chunk_size",
  "innodb_buffer_pool_instances",
  "innodb_dedicated_server",
  "innodb_flush_method",
  "innodb_ft_cache_size",
  "innodb_ft_max_token_size",
  "innodb_ft_min_token_size",
  "innodb_ft_sort_pll_degree",
  "innodb_ft_total_cache_size",
  "innodb_log_file_size",
  "innodb_open_files",
  "innodb_page_cleaners",
  "innodb_purge_threads",
  "innodb_read_io_threads",
  "innodb_rollback_on_timeout",
  "innodb_sort_buffer_size",
  "innodb_sync_array_size",
  "innodb_use_native_aio",
  "innodb_write_io_threads",
  "log_bin_use_v1_row_events",
  "lower_case_table_names",
  "max_digest_length",
  "metadata_locks_cache_size",
  "open_files_limit",
  "performance_schema",
  "port",
  "relay_log_recovery",
  "skip_name_resolve",
  "skip_show_database",
  "ssl_cipher",
  "table_open_cache_instances",
  "thread_stack",
  "tls_version",
]);

// Log of who came and left. Not QUERY, which would write each statement, with what people put into them, to CloudWatch
const AUDIT: EngineOption = { name: "MARIADB_AUDIT_PLUGIN", settings: { SERVER_AUDIT_EVENTS: "CONNECT" } };

/** What MySQL and MariaDB have in common. source: RDS user guide, the chapters of both */
export const MYSQL_LIKE = {
  port: 3306,
  instanceClass: { allowed: OPEN_SOURCE_GENERATIONS, byDefault: "db.m7g.large" },
  databaseName: {
    isAllowed: (name) => /^[a-zA-Z][a-zA-Z0-9_]{0,63}$/.test(name) && !TAKEN_NAMES.includes(name.toLowerCase()),
    allowed: `1 to 64 letters, digits and underscores, a letter first, and none of ${TAKEN_NAMES.join(", ")}`,
    byDefault: "app",
  },
  parameterName: /^[a-z][a-z0-9_]*$/,
  defaultParameters: {
    log_output: "FILE", // tables are not exported
    long_query_time: "1", // seconds
    slow_query_log: "1",
    // or a client could be asked by a server, or by who plays one, for a file on its disk
    local_infile: "0",
  },
  protectedParameters: [
    onOrOne("require_secure_transport", NO_PLAIN_TEXT),
    onOrOne(
      "skip_name_resolve",
      "clients are known by their addresses; whoever runs their name server chooses their names",
    ),
  ],
  isStatic: (name: string) => STATIC.has(name) || name.startsWith("performance_schema_"),
  parametersFor: "Forced TLS, slow statements, no local files",
  logs: ["audit", "error", "slowquery"],
  connectionLog: "audit",
  options: () => [AUDIT],
  hasTde: false,
  hasIamAuthentication: true,
  users: {
    madeBy: "mysql",
    hasSchemas: false,
    // MySQL's limit; MariaDB has 80, and the audit log and IAM are read with either
    longestName: 32,
    // the servers' own users and MariaDB's roles, and RDS's
    takenNames: /^(mysql\..*|mariadb\..*|rds.*|root|public|none|current_role|current_user|event_scheduler)$/i,
  },
  hasMultiAz: true,
  hasBlueGreenUpdates: true,
  hasReplicas: true,
  hasPerformanceInsights: (instanceClass: string) => !/^db\.(t3|t4g)\.(micro|small)$/.test(instanceClass),
  longestPassword: 41,
} as const satisfies Partial<Engine>;

/** MySQL. */
export const MYSQL: Engine = {
  ...MYSQL_LIKE,
  title: "MySQL",
  versions: { allowed: ["8.4"], byDefault: "8.4" },
  versionAdvice:
    'write the major version alone and in quotes, for example "8.4"; the standard support of 8.0 ended on 31 July 2026, and this stack buys no extended one',
  family: (version) => `mysql${version}`,
  hasExtendedSupport: true,
};
