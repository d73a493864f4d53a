import { isIP } from "node:net";
import { type Connection as Client, createConnection } from "mysql2/promise";
import type { Connection, ConnectionOptions } from "../engine";
import type { Dialect } from "./dialect";

const CONNECT_MS = 10_000;
const STATEMENT_MS = 30_000;
/** A migration that holds a table is not waited for: it would make everybody behind us wait too. */
const LOCK_SECONDS = 5;

/**
 * Connects over TLS, or not at all: the certificate must be of one of the authorities and bear the host's name. Nothing is sent before that
 * is known, the user's name included.
 */
export async function connect(
  { authorities, database, ...options }: ConnectionOptions,
  { sqlModes }: Dialect,
): Promise<Connection> {
  // mysql2 would compare an address's certificate with "localhost"
  if (isIP(options.host) !== 0) throw new Error(`a database is known by its name, and ${options.host} is an address`);
  const client = await createConnection({
    ...options,
    database,
    // by itself mysql2 looks at who signed, and not at whose certificate it is
    ssl: { ca: [...authorities], rejectUnauthorized: true, verifyIdentity: true, minVersion: "TLSv1.2" },
    charset: "utf8mb4",
    // both servers' alike: parsing is left to who reads a column
    jsonStrings: true,
    connectTimeout: CONNECT_MS,
    // without code that is made while it runs
    disableEval: true,
    flags: ["-LOCAL_FILES"],
  });
  // a connection that ends between two statements: the next statement says so
  client.on("error", () => undefined);
  const query = async (sql: string, values: readonly unknown[] = []) => {
    const asked = { sql, timeout: STATEMENT_MS };
    const [rows] =
      values.length === 0 ? await client.query(asked) : await client.execute(asked, [...values] as string[]);
    return rows as unknown;
  };
  try {
    // a server's parameters could say otherwise, and quoting and interrupted runs rest on these
    await query(`SET SESSION sql_mode = '${sqlModes.join()}', autocommit = 1, lock_wait_timeout = ${LOCK_SECONDS}`);
  } catch (error) {
    await end(client);
    throw error;
  }
  return {
    query: async <Row extends object>(sql: string, values?: readonly unknown[]) => (await query(sql, values)) as Row[],
    runAll: async (statements) => {
      for (const statement of statements) await query(statement);
    },
    close: () => end(client),
  };
}

async function end(client: Client): Promise<void> {
  await client.end().catch(() => client.destroy());
}
