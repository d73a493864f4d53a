/** A real PostgreSQL for the tests of its users: started once for a file, with a master user as RDS makes it. */
import { Client } from "pg";
import type { Connection, SyncParts, SyncResult } from "../../functions/database-users/engine";
import { newPassword } from "../../functions/database-users/password";
import { connect } from "../../functions/database-users/postgres/connection";
import { syncUsers } from "../../functions/database-users/postgres/sync-users";
import type { WantedUser } from "../../functions/database-users/wanted";
import { type PostgresServer, startPostgres } from "../../sandbox/postgres/server";
import { COMMENT, DATABASE, passwordsIn } from "./wanted-users";

export const MASTER = "umaster";
/** One server and what tests do with it. */
export class DatabaseUnderTest {
  readonly server: PostgresServer;
  /** By the ARNs of secrets. */
  readonly passwords = new Map<string, string>();
  readonly #masterPassword: string;

  private constructor(server: PostgresServer, masterPassword: string) {
    this.server = server;
    this.#masterPassword = masterPassword;
  }

  static async start(): Promise<DatabaseUnderTest> {
    const server = await startPostgres();
    const password = newPassword();
    await server.makeMaster(MASTER, password, DATABASE);
    return new DatabaseUnderTest(server, password);
  }

  /** As the function does it. */
  asMaster(database: string = DATABASE): Promise<Connection> {
    const { port, caCertificate } = this.server;
    const place = { host: "localhost", port, database, authorities: [caCertificate] };
    return connect({ ...place, user: MASTER, password: this.#masterPassword });
  }

  get parts(): SyncParts {
    return {
      connect: (database) => this.asMaster(database),
      database: DATABASE,
      comment: COMMENT,
      readPassword: passwordsIn(this.passwords),
    };
  }

  sync(...users: readonly WantedUser[]): Promise<SyncResult> {
    return syncUsers(users, this.parts);
  }

  /** Rows, asked for as the superuser: RDS gives that to nobody, and it sees all. */
  async rows<Row extends object>(sql: string, values: readonly unknown[] = [], database = DATABASE): Promise<Row[]> {
    return this.server.asSuperuser(database, (client) => client.query<Row>(sql, [...values]).then(({ rows }) => rows));
  }

  /** Statements of the master user, outside of any run. */
  async byMaster(...statements: readonly string[]): Promise<void> {
    const connection = await this.asMaster();
    try {
      for (const statement of statements) await connection.query(statement);
    } finally {
      await connection.close();
    }
  }

  /** Runs a statement as a user, without its login; rejects with what PostgreSQL refuses. */
  async as<Row extends object>(user: string, sql: string, database = DATABASE): Promise<Row[]> {
    return this.server.asSuperuser(database, async (client) => {
      await client.query(`SET SESSION AUTHORIZATION ${client.escapeIdentifier(user)}`);
      return (await client.query<Row>(sql)).rows;
    });
  }

  /** Logs in as a user, by its password. */
  async logIn(user: string, password: string): Promise<Client> {
    const { port, caCertificate: ca } = this.server;
    const client = new Client({ host: "localhost", port, database: DATABASE, user, password, ssl: { ca } });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }

  /** Takes every user that was made here away, with all that it owns. */
  async empty(): Promise<void> {
    await this.sync();
    const kept = await this.rows<{ name: string }>(
      "SELECT rolname AS name FROM pg_roles WHERE shobj_description(oid, 'pg_authid') = $1",
      [COMMENT],
    );
    await this.server.asSuperuser(DATABASE, async (client) => {
      for (const { name } of kept) await client.query(`DROP OWNED BY ${client.escapeIdentifier(name)} CASCADE`);
      await client.query("DROP SCHEMA IF EXISTS shop, other CASCADE");
    });
    await this.sync();
    this.passwords.clear();
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}
