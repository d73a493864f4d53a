import { type Connection, createConnection, escapeId, escape as quoted } from "mysql2/promise";
import type { MysqlBinaries } from "./binaries";

/** The one user of a server that may do everything, whom RDS gives nobody. */
export const SUPERUSER = "rdsadmin";
/** No secret: the server is on this computer, and lives for minutes. */
export const SUPERUSER_PASSWORD = "of-the-sandbox-only";

/** Where a server is, what it is, and what a client of it must trust. */
export interface MysqlPlace {
  readonly kind: MysqlBinaries["kind"];
  readonly address: string;
  readonly port: number;
  readonly caCertificate: string;
}

/** What a new server does first, a statement a line: it has the superuser alone, and RDS's procedure that ends a session. */
export const FIRST_STATEMENTS = [
  `CREATE USER ${SUPERUSER}@'%' IDENTIFIED BY '${SUPERUSER_PASSWORD}' REQUIRE SSL;`,
  `GRANT ALL ON *.* TO ${SUPERUSER}@'%' WITH GRANT OPTION;`,
  "DROP USER IF EXISTS root@localhost;",
  `CREATE DEFINER = ${SUPERUSER}@'%' PROCEDURE mysql.rds_kill(IN thread BIGINT) KILL thread;`,
];

/** Works with a connection of the superuser. */
export async function asSuperuser<T>(
  { address: host, port, caCertificate: ca }: MysqlPlace,
  work: (client: Connection) => Promise<T>,
): Promise<T> {
  // the certificate bears the name that clients know, and this is an address
  const ssl = { ca, verifyIdentity: false };
  const client = await createConnection({ host, port, user: SUPERUSER, password: SUPERUSER_PASSWORD, ssl });
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

// source: RDS user guide, "Master user account privileges"
const MASTER_PRIVILEGES = [
  "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, CREATE TEMPORARY TABLES",
  "LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT",
  "TRIGGER",
].join(", ");
const MORE_OF_MYSQL = "CREATE ROLE, DROP ROLE, APPLICATION_PASSWORD_ADMIN, ROLE_ADMIN, XA_RECOVER_ADMIN";

/** Whom RDS makes with an instance, and the first database. */
export interface Master {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Makes the master user as RDS does: it may do most things on every database, and gives that on; it is nobody's SUPER. */
export function makeMaster(place: MysqlPlace, { user, password, database }: Master): Promise<void> {
  const privileges = place.kind === "mysql" ? `${MASTER_PRIVILEGES}, ${MORE_OF_MYSQL}` : MASTER_PRIVILEGES;
  return asSuperuser(place, async (client) => {
    for (const statement of [
      `CREATE USER ${quoted(user)}@'%' IDENTIFIED BY ${quoted(password)}`,
      `GRANT ${privileges} ON *.* TO ${quoted(user)}@'%' WITH GRANT OPTION`,
      `CREATE DATABASE ${escapeId(database)}`,
    ])
      await client.query(statement);
  });
}
