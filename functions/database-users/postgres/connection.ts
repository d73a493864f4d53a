import { Client } from "pg";
import type { Connection, ConnectionOptions } from "../engine";

const CONNECT_MS = 10_000;
const STATEMENT_MS = 30_000;
/** A migration that holds a table is not waited for: it would make everybody behind us wait too. */
const LOCK_MS = 5_000;

/**
 * Connects over TLS, or not at all: the certificate must be of one of the authorities and bear the host's name (`verify-full`).
 * Names mean PostgreSQL's own first: whoever owns a schema can't put a function in their place.
 */
export async function connect({ authorities, ...options }: ConnectionOptions): Promise<Connection> {
  const client = new Client({
    ...options,
    ssl: { ca: [...authorities], rejectUnauthorized: true, minVersion: "TLSv1.2" },
    application_name: "rds-sightline",
    options: "-c search_path=pg_catalog,pg_temp",
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS + CONNECT_MS,
  });
  // a connection that ends between two statements: the next statement says so
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return {
    query: async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(sql, [...values])).rows,
    runAll: (statements) => runAll(client, statements),
    close: () => client.end(),
  };
}

async function runAll(client: Client, statements: readonly string[]): Promise<void> {
  if (statements.length === 0) return;
  await client.query("BEGIN");
  try {
    await client.query(`SET LOCAL lock_timeout = ${LOCK_MS}`);
    for (const statement of statements) await client.query(statement);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
