import { Client, escapeIdentifier, escapeLiteral } from "pg";

/** The one superuser of a server, whom RDS gives nobody. */
export const SUPERUSER = "rdsadmin";
/** No secret: the server is on this computer, and lives for minutes. */
export const SUPERUSER_PASSWORD = "of-the-sandbox-only";

/** Where a server is, and what a client of it must trust. */
export interface PostgresPlace {
  readonly address: string;
  readonly port: number;
  readonly caCertificate: string;
}

/** Works with a connection of the superuser. */
export async function asSuperuser<T>(
  { address: host, port, caCertificate: ca }: PostgresPlace,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  // the certificate bears the name that clients know, and this is an address
  const ssl = { ca, checkServerIdentity: () => undefined };
  const client = new Client({ host, port, database, user: SUPERUSER, password: SUPERUSER_PASSWORD, ssl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The roles that RDS has from the start. */
export function makeRoles(place: PostgresPlace): Promise<void> {
  return run(place, [
    "CREATE ROLE rds_superuser",
    "CREATE ROLE rds_iam",
    "CREATE ROLE rds_password",
    // as RDS's: it ends sessions of others
    "GRANT pg_signal_backend TO rds_superuser",
  ]);
}

/** Whom RDS makes with an instance, and the first database. */
export interface Master {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Makes the master user as RDS does: it holds rds_superuser, makes roles and databases, and is no superuser. */
export function makeMaster(place: PostgresPlace, { user, password, database }: Master): Promise<void> {
  const role = escapeIdentifier(user);
  return run(place, [
    `CREATE ROLE ${role} LOGIN CREATEROLE CREATEDB PASSWORD ${escapeLiteral(password)}`,
    `GRANT rds_superuser TO ${role} WITH ADMIN OPTION`,
    // until 15, CREATEROLE was enough to give a role away
    `DO $$ BEGIN IF current_setting('server_version_num')::int >= 160000 THEN
       EXECUTE ${escapeLiteral(`GRANT rds_iam TO ${role} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`)};
     END IF; END $$`,
    `CREATE DATABASE ${escapeIdentifier(database)} OWNER ${role}`,
  ]);
}

function run(place: PostgresPlace, statements: readonly string[]): Promise<void> {
  return asSuperuser(place, "postgres", async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}
