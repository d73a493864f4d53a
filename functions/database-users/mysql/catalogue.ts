import type { Query } from "../engine";
import { readAccounts } from "./accounts";
import type { Dialect } from "./dialect";
import { ANY_HOST, identifier } from "./quoting";

// What is there already, as the server's own tables say it.

/** A user of the server, from one host or from any. */
export interface Account {
  readonly name: string;
  readonly host: string;
  /** How it proves who it is, and by what: a verifier of a password, for one. */
  readonly plugin: string;
  readonly credential: string;
  /** There is another way beside it. */
  readonly hasOtherProof: boolean;
  readonly isHeldToTls: boolean;
  readonly isLocked: boolean;
  /** It may do something that is not about one whole database: on the server, on a table, a column, or a routine. */
  readonly hasOtherPrivileges: boolean;
  readonly roles: readonly Role[];
}

/** What is granted to a user like a privilege. MariaDB's have no host. */
export interface Role {
  readonly name: string;
  readonly host?: string;
}

/** Privileges that a user from any host has on the databases of a pattern. */
export interface Held {
  readonly user: string;
  /** As the server keeps it: `_` and `%` stand for others, unless a backslash is before them. */
  readonly pattern: string;
  readonly privileges: readonly string[];
}

/** The server. */
export interface Catalogue {
  readonly accounts: readonly Account[];
  /** Who made it, by users' names; absent before anybody was made here. */
  readonly marks?: ReadonlyMap<string, string>;
  readonly databases: readonly string[];
  readonly held: readonly Held[];
  /** Where privileges can be taken back in parts, `_` and `%` stand for themselves. */
  readonly arePatternsLiteral: boolean;
}

/** Where the marks are: these servers have no comment on a user, or one of them has none. */
export const OWN_DATABASE = "rds_sightline";
export const MARKS = `${identifier(OWN_DATABASE)}.${identifier("users")}`;

/** All that a plan is made of. */
export async function readCatalogue(query: Query, dialect: Dialect): Promise<Catalogue> {
  const databases = await query<{ name: string }>("SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA");
  const marks = await readMarks(query);
  return {
    accounts: await readAccounts(query, dialect),
    ...(marks && { marks }),
    databases: databases.map(({ name }) => name),
    held: await readHeld(query),
    arePatternsLiteral: dialect.name === "mysql" && (await hasPartialRevokes(query)),
  };
}

/** Who made which users; undefined where nobody was made here yet. */
export async function readMarks(query: Query): Promise<ReadonlyMap<string, string> | undefined> {
  const tables = await query("SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?", [
    OWN_DATABASE,
    "users",
  ]);
  if (tables.length === 0) return undefined;
  const marks = await query<{ name: string; madeBy: string }>(`SELECT name, made_by AS madeBy FROM ${MARKS}`);
  return new Map(marks.map(({ name, madeBy }) => [name, madeBy]));
}

async function hasPartialRevokes(query: Query): Promise<boolean> {
  const [server] = await query<{ partial: number }>("SELECT @@GLOBAL.partial_revokes AS partial");
  return server?.partial === 1;
}

async function readHeld(query: Query): Promise<readonly Held[]> {
  const rows = await query<Readonly<Record<string, string>>>("SELECT * FROM mysql.db WHERE Host = ?", [ANY_HOST]);
  return rows.map(({ User: user = "", Db: pattern = "", ...columns }) => ({
    user,
    pattern,
    privileges: privilegesOf(columns),
  }));
}

// the two whose column is not called as they are
const OTHERWISE: Readonly<Record<string, string>> = {
  Grant_priv: "GRANT OPTION",
  Create_tmp_table_priv: "CREATE TEMPORARY TABLES",
};

/** The privileges whose columns say "Y": what a version has beside those that are known here is among them. */
export function privilegesOf(columns: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(columns)
    .filter(([column, value]) => column.endsWith("_priv") && value === "Y")
    .map(([column]) => OTHERWISE[column] ?? column.slice(0, -"_priv".length).replaceAll("_", " ").toUpperCase())
    .sort();
}

// in whose name a view, a routine, a trigger or an event does what it does
const DEFINERS = ["VIEWS", "ROUTINES", "TRIGGERS", "EVENTS"]
  .map((table) => `SELECT DEFINER AS definer FROM information_schema.${table}`)
  .join(" UNION ");

/** Of these users, those in whose name something runs: without them it would not. */
export async function readDefiners(query: Query, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const rows = await query<{ definer: string }>(DEFINERS);
  const definers = new Set(rows.map(({ definer }) => definer));
  return new Set(names.filter((name) => definers.has(`${name}@${ANY_HOST}`)));
}
