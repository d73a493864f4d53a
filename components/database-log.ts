// What is to be seen in the log that a database exports, as filter patterns of CloudWatch Logs. Pure.
import { type ClientLog, outsideClients } from "./client-filter";

/** Logs that say who connects: PostgreSQL's own, and what the audit plugin of MySQL and MariaDB writes. */
export type DatabaseLogKind = "postgresql" | "audit";

/** What is counted, each by one pattern or by several that match no line twice. */
export interface DatabaseLogPatterns {
  /** Clients of networks that nobody named, let in or not. */
  readonly outsideClients: readonly string[];
  /** Logins that were refused, whoever came. */
  readonly failedLogins: readonly string[];
  /** Logins without TLS, let in or not; empty where the log doesn't say. */
  readonly plainLogins: readonly string[];
}

/** Whose clients are no reason for an alarm. */
export interface KnownNetworks {
  readonly vpcCidr: string;
  /** Those that were let in from elsewhere, in the order of their names. */
  readonly others: readonly string[];
}

/** The patterns of a log. Only those of outside clients hold regular expressions, for a log group takes five. */
export function databaseLogPatterns(kind: DatabaseLogKind, { vpcCidr, others }: KnownNetworks): DatabaseLogPatterns {
  return { outsideClients: outsideClients(CLIENTS[kind], [vpcCidr], others), ...LOGINS[kind] };
}

/** What a log of this kind has lines of, in the order of `DatabaseLogPatterns`. */
export function countedIn(kind: DatabaseLogKind): readonly (keyof DatabaseLogPatterns)[] {
  const logins = Object.entries(LOGINS[kind]) as [keyof (typeof LOGINS)[typeof kind], readonly string[]][];
  return ["outsideClients", ...logins.flatMap(([metric, patterns]) => (patterns.length > 0 ? metric : []))];
}

const CLIENTS: Readonly<Record<DatabaseLogKind, ClientLog>> = {
  // "connection received: host=10.0.1.2 port=50000", and "host=[local]" through a socket. Not the end, which says host= too
  postgresql: { before: "received:\\shost=", end: " ", local: ["[", "::1 "] },
  // time,server,user,host,connection,query,operation,database,object,code: the host stands before two numbers and the operation
  audit: { before: ",", end: ",", after: "\\d+,\\d+,[FAILED_]*CONNECT,", local: ["localhost,", ","] },
};

const LOGINS: Readonly<Record<DatabaseLogKind, Omit<DatabaseLogPatterns, "outsideClients">>> = {
  postgresql: {
    // of passwords, IAM's tokens (PAM) and others alike, and what pg_hba.conf refuses, to which rds.force_ssl belongs
    failedLogins: [
      '?"authentication failed for user" ?"no pg_hba.conf entry for host" ?"pg_hba.conf rejects connection for host"',
    ],
    plainLogins: [
      // refused for it: "..., no encryption", as versions from 14 on say
      '"pg_hba.conf" "for host" "no encryption"',
      // let in all the same, which rds.force_ssl rules out. RDS itself comes from the same host
      '"connection authorized: user=" -"SSL enabled (protocol=" -"encrypted=yes" -":[local]:" -":127.0.0.1(" -":rdsadmin@" -":rdsrepladmin@"',
    ],
  },
  audit: {
    failedLogins: ['",FAILED_CONNECT,"'],
    // require_secure_transport refuses them before the plugin hears of them
    plainLogins: [],
  },
};
