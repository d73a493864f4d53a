import { escapeIdentifier } from "pg";
import type { Connection, SyncParts, SyncResult } from "../engine";
import { readVerifiers } from "../user-verifiers";
import type { WantedUser } from "../wanted";
import { databasesOf, readCatalogue, readRoles } from "./catalogue";
import { planDatabase } from "./plan-database";
import { planRoles } from "./plan-roles";
import { scramVerifier } from "./scram";

// any number, the same in every run: two deployments take turns
const TURN = 7_304_217;

/**
 * Makes the users of the database server what the settings ask for, and takes back what they ask for no more. A run without a
 * difference changes nothing; one that failed half way is gone on with by the next.
 * @throws ForeignRoleError, ForeignSchemaError before the roles, or the database at hand, were changed; whatever the database refuses.
 */
export async function syncUsers(users: readonly WantedUser[], parts: SyncParts): Promise<SyncResult> {
  const main = await parts.connect(parts.database);
  try {
    await main.query("SELECT pg_advisory_lock($1)", [TURN]);
    return await sync(users, main, parts);
  } finally {
    // and with the connection its turn
    await main.close();
  }
}

async function sync(users: readonly WantedUser[], main: Connection, parts: SyncParts): Promise<SyncResult> {
  const { comment } = parts;
  const found = await readRoles(
    main.query,
    users.map(({ name }) => name),
    comment,
  );
  const roles = planRoles(found, { users, comment, ...(await readVerifiers(users, parts, scramVerifier)) });
  await main.runAll(roles.statements);
  await endSessions(main, roles.unwanted);

  const managed = [...users.map(({ name }) => name), ...roles.unwanted];
  const there = await databasesOf(main.query, managed);
  const databases = [...new Set([...users.map(({ database }) => database), ...there])].sort();
  const changes: DatabaseChange[] = [];
  for (const database of databases) {
    const wishes = { self: found.self, majorVersion: found.majorVersion, managed };
    const own = users.filter((user) => user.database === database);
    changes.push(await inDatabase(database, { main, parts }, { ...wishes, users: own }));
  }
  const dropped = await dropEmpty(main, roles.unwanted);
  return {
    created: roles.created,
    changed: roles.changed,
    locked: roles.locked,
    dropped,
    kept: roles.unwanted.filter((name) => !dropped.includes(name)),
    databases: databases.filter((_, index) => changes[index]?.isChanged),
    beyondReach: changes.reduce((total, each) => total + each.beyondReach, 0),
  };
}

interface DatabaseChange {
  readonly isChanged: boolean;
  readonly beyondReach: number;
}

async function inDatabase(
  database: string,
  { main, parts }: { readonly main: Connection; readonly parts: SyncParts },
  wishes: Parameters<typeof planDatabase>[1],
): Promise<DatabaseChange> {
  const connection = database === parts.database ? main : await parts.connect(database);
  try {
    const catalogue = await readCatalogue(connection.query, database, wishes.managed);
    const { statements, beyondReach } = planDatabase(catalogue, wishes);
    await connection.runAll(statements);
    return { isChanged: statements.length > 0, beyondReach: beyondReach.length };
  } finally {
    if (connection !== main) await connection.close();
  }
}

/** Those that are locked can't come again; who is in is put out. */
async function endSessions({ query }: Connection, roles: readonly string[]): Promise<void> {
  if (roles.length === 0) return;
  await query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ANY($1)", [roles]);
}

/** PostgreSQL itself refuses to drop who owns something, in whichever database. */
const STILL_OWNS = "2BP01";

async function dropEmpty(main: Connection, roles: readonly string[]): Promise<string[]> {
  const dropped: string[] = [];
  for (const role of roles) {
    try {
      await main.runAll([`DROP ROLE ${escapeIdentifier(role)}`]);
      dropped.push(role);
    } catch (error) {
      if ((error as { code?: unknown }).code !== STILL_OWNS) throw error;
    }
  }
  return dropped;
}
