/** A real MariaDB, or MySQL, for the tests of its users: started once for a file, with a master user as RDS makes it. */
import { type Connection as Client, createConnection } from "mysql2/promise";
import type { Connection, Engine, SyncParts, SyncResult } from "../../functions/database-users/engine";
import { OWN_DATABASE } from "../../functions/database-users/mysql/catalogue";
import { mysqlEngine } from "../../functions/database-users/mysql/engine";
import { account, identifier } from "../../functions/database-users/mysql/quoting";
import { newPassword } from "../../functions/database-users/password";
import type { WantedUser } from "../../functions/database-users/wanted";
import { type MysqlOptions, type MysqlServer, startMysql } from "../../sandbox/mysql/server";
import { COMMENT, DATABASE, passwordsIn } from "./wanted-users";

export const MASTER = "umaster";

// Only RDS has the plugin for IAM. One that the server has, and that lets nobody in over the network, stands in for it on the wire: all
// statements but for that name are what RDS gets
const IAM_PLUGIN = "AWSAuthenticationPlugin";
const STAND_IN = { mariadb: "unix_socket", mysql: "mysql_no_login" };

/** One server and what tests do with it. */
export class MysqlUnderTest {
  readonly server: MysqlServer;
  readonly engine: Engine;
  /** By the ARNs of secrets. */
  readonly passwords = new Map<string, string>();
  /** Statements that runs sent, in the order in which they did. */
  readonly sent: string[] = [];
  /** How many statements more succeed; the connection breaks before the one after. */
  budget = Number.POSITIVE_INFINITY;
  readonly #masterPassword: string;

  private constructor(server: MysqlServer, masterPassword: string) {
    this.server = server;
    this.engine = mysqlEngine(server.kind);
    this.#masterPassword = masterPassword;
  }

  static async start(options?: MysqlOptions): Promise<MysqlUnderTest> {
    const server = await startMysql(options);
    const password = newPassword();
    await server.makeMaster({ user: MASTER, password, database: DATABASE });
    return new MysqlUnderTest(server, password);
  }

  get login(): { readonly username: string; readonly password: string } {
    return { username: MASTER, password: this.#masterPassword };
  }

  /** As the function does it. */
  asMaster(): Promise<Connection> {
    return this.connect({ user: MASTER, password: this.#masterPassword, database: DATABASE });
  }

  async connect(options: { readonly user: string; readonly password: string; readonly database: string }) {
    const { port, caCertificate } = this.server;
    const connection = await this.engine.connect({ host: "localhost", port, authorities: [caCertificate], ...options });
    return this.#onRds(connection);
  }

  get parts(): SyncParts {
    return {
      connect: () => this.asMaster(),
      database: DATABASE,
      comment: COMMENT,
      readPassword: passwordsIn(this.passwords),
    };
  }

  sync(...users: readonly WantedUser[]): Promise<SyncResult> {
    return this.engine.syncUsers(users, this.parts);
  }

  /** Rows, asked for as the superuser: RDS gives that to nobody, and it sees all. */
  rows<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.server.asSuperuser(async (client) => (await client.query(sql, [...values]))[0] as Row[]);
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

  /** Logs in as a user, by the password of its secret. */
  async logIn(
    user: string,
    database = DATABASE,
    password = this.passwords.get(`secret:${user}`) ?? "",
  ): Promise<Client> {
    const { port, caCertificate: ca } = this.server;
    const secret = { ...(password !== undefined && { password }) };
    const client = await createConnection({ host: "localhost", port, database, user, ...secret, ssl: { ca } });
    client.on("error", () => undefined);
    return client;
  }

  /** Runs statements as a user with a secret; rejects with what the server refuses. */
  async as<Row extends object>(user: string, ...statements: readonly string[]): Promise<Row[]> {
    const client = await this.logIn(user);
    try {
      let rows: unknown = [];
      for (const statement of statements) [rows] = await client.query(statement);
      return rows as Row[];
    } finally {
      await client.end();
    }
  }

  /** Takes every user that was made here away, with the databases of tests. */
  async empty(...databases: readonly string[]): Promise<void> {
    this.budget = Number.POSITIVE_INFINITY;
    const marked = await this.rows<{ name: string }>(`SELECT name FROM ${OWN_DATABASE}.users`).catch(() => []);
    for (const { name } of marked) await this.rows(`DROP USER IF EXISTS ${account(name)}`);
    for (const name of [OWN_DATABASE, DATABASE, ...databases])
      await this.rows(`DROP DATABASE IF EXISTS ${identifier(name)}`);
    await this.rows(`CREATE DATABASE ${identifier(DATABASE)}`);
    this.passwords.clear();
    this.sent.length = 0;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  #onRds({ query, close }: Connection): Connection {
    const standIn = STAND_IN[this.server.kind];
    const asRds = (value: unknown) => (typeof value === "string" ? value.replaceAll(standIn, IAM_PLUGIN) : value);
    return {
      query: async <Row extends object>(sql: string, values?: readonly unknown[]) => {
        const rows = await query<Row>(sql.replaceAll(IAM_PLUGIN, standIn), values);
        if (!Array.isArray(rows)) return rows;
        return rows.map(
          (row: object) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, asRds(value)])) as Row,
        );
      },
      runAll: async (statements) => {
        for (const statement of statements) {
          if (this.budget === 0) throw new Error("the connection broke");
          this.budget -= 1;
          this.sent.push(statement);
          await query(statement.replaceAll(IAM_PLUGIN, standIn));
        }
      },
      close,
    };
  }
}
