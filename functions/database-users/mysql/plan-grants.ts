import type { Privilege, WantedUser } from "../wanted";
import type { Catalogue, Held } from "./catalogue";
import { account, identifier } from "./quoting";

/** What becomes of the databases. */
export interface GrantPlan {
  readonly statements: readonly string[];
  /** Databases that are made, or in which somebody may do something else than before. */
  readonly databases: readonly string[];
}

const READ = ["SELECT", "SHOW VIEW"];
// routines may write in their definer's name, so that who reads may not run them
const WRITE = [...READ, "CREATE TEMPORARY TABLES", "DELETE", "EXECUTE", "INSERT", "LOCK TABLES", "UPDATE"];

/** Privileges on a database. None may hand on what it has. */
export const PRIVILEGES: Readonly<Record<Privilege, readonly string[]>> = {
  read: READ,
  write: WRITE,
  // one by one, and not ALL: of that some versions have more than the master user of RDS may give
  owner: [
    ...WRITE,
    ...["ALTER", "ALTER ROUTINE", "CREATE", "CREATE ROUTINE", "CREATE VIEW", "DROP", "EVENT", "INDEX", "REFERENCES"],
    "TRIGGER",
  ],
};

/**
 * Statements that make the databases that users name, give users what they are to have, and take what they are not to have; none when that
 * is so. Pure.
 */
export function planGrants(catalogue: Catalogue, users: readonly WantedUser[]): GrantPlan {
  const missing = [...new Set(users.map(({ database }) => database))].filter(
    (name) => !catalogue.databases.includes(name),
  );
  const changes = users.map((user) => ({ user, statements: differences(user, catalogue) }));
  const touched = changes.filter(({ statements }) => statements.length > 0).map(({ user }) => user.database);
  return {
    statements: [
      ...missing.map((name) => `CREATE DATABASE ${identifier(name)}`),
      ...changes.flatMap(({ statements }) => statements),
    ],
    databases: [...new Set([...missing, ...touched])].sort(),
  };
}

function differences(user: WantedUser, catalogue: Catalogue): string[] {
  const pattern = catalogue.arePatternsLiteral ? user.database : patternOf(user.database);
  const wanted = PRIVILEGES[user.privilege];
  const held = heldBy(user.name, catalogue);
  const had = held.find((each) => each.pattern === pattern)?.privileges ?? [];
  const given = wanted.filter((privilege) => !had.includes(privilege));
  return [
    ...held.flatMap((each) => {
      const taken = each.pattern === pattern ? each.privileges.filter((one) => !wanted.includes(one)) : each.privileges;
      return statement("REVOKE", taken, each.pattern, user.name);
    }),
    ...statement("GRANT", given, pattern, user.name),
  ];
}

/** What it has by the time these statements run: who had more than that has lost all of it. */
function heldBy(name: string, { accounts, held }: Catalogue): readonly Held[] {
  const found = accounts.find((each) => each.name === name);
  return found === undefined || found.hasOtherPrivileges ? [] : held.filter(({ user }) => user === name);
}

/** The pattern that stands for one database only: to these servers, app_1 is appX1 too. */
export function patternOf(database: string): string {
  return database.replace(/[\\_%]/g, "\\$&");
}

function statement(verb: "GRANT" | "REVOKE", privileges: readonly string[], pattern: string, user: string): string[] {
  if (privileges.length === 0) return [];
  const whom = `${verb === "GRANT" ? "TO" : "FROM"} ${account(user)}`;
  return [`${verb} ${[...privileges].sort().join(", ")} ON ${identifier(pattern)}.* ${whom}`];
}
