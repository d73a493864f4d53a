import type { Connection, SyncParts, SyncResult } from "../engine";
import { newPassword } from "../password";
import { readVerifiers } from "../user-verifiers";
import type { WantedUser } from "../wanted";
import { readCatalogue, readDefiners } from "./catalogue";
import type { Dialect } from "./dialect";
import { planAccounts, removal } from "./plan-accounts";
import { planGrants } from "./plan-grants";

// any name, the same in every run: two deployments take turns
const TURN = "rds-sightline database-users";
const TURN_SECONDS = 25;

/** Another run was at work all the while. */
export class TurnError extends Error {
  override readonly name = "TurnError";
}

/**
 * Makes the users of the server what the settings ask for, and takes back what they ask for no more. A run without a difference changes
 * nothing; one that failed between any two statements is gone on with by the next.
 * @throws ForeignUserError before anything is changed; TurnError; whatever the database refuses.
 */
export async function syncUsers(
  users: readonly WantedUser[],
  parts: SyncParts,
  dialect: Dialect,
  turnSeconds = TURN_SECONDS,
): Promise<SyncResult> {
  const connection = await parts.connect(parts.database);
  try {
    const [answer] = await connection.query<{ turn: number }>("SELECT GET_LOCK(?, ?) AS turn", [TURN, turnSeconds]);
    if (answer?.turn !== 1)
      throw new TurnError(`another run has changed users for ${turnSeconds} seconds; when it is done, run this again`);
    return await sync(users, { connection, parts, dialect });
  } finally {
    // and with the connection its turn
    await connection.close();
  }
}

interface Run {
  readonly connection: Connection;
  readonly parts: SyncParts;
  readonly dialect: Dialect;
}

async function sync(asked: readonly WantedUser[], { connection, parts, dialect }: Run): Promise<SyncResult> {
  const users = await asServerNames(asked, connection);
  const catalogue = await readCatalogue(connection.query, dialect);
  const passwords = await readVerifiers(users, parts, dialect.verifierOf);
  const uselessVerifier = dialect.verifierOf(newPassword());
  const accounts = planAccounts(catalogue, { users, comment: parts.comment, uselessVerifier, ...passwords }, dialect);
  const grants = planGrants(catalogue, users);
  await connection.runAll([...accounts.statements, ...grants.statements]);
  await endSessions(connection, accounts.unwanted);

  const definers = await readDefiners(connection.query, accounts.unwanted);
  const dropped = accounts.unwanted.filter((name) => !definers.has(name));
  await connection.runAll(dropped.flatMap(removal));
  return {
    created: accounts.created,
    changed: accounts.changed,
    locked: accounts.locked,
    dropped,
    kept: accounts.unwanted.filter((name) => definers.has(name)),
    databases: grants.databases,
    beyondReach: 0,
  };
}

// where the server keeps all names in small letters, a database of another spelling would be made again and again
async function asServerNames(users: readonly WantedUser[], { query }: Connection): Promise<readonly WantedUser[]> {
  const [server] = await query<{ folding: number }>("SELECT @@lower_case_table_names AS folding");
  return server?.folding === 0 ? users : users.map((user) => ({ ...user, database: user.database.toLowerCase() }));
}

/** The session ended by itself in between. */
const NO_SUCH_SESSION = 1094;

/** Those that are locked can't come again; who is in is put out, by RDS's own procedure: its master user may not do it with KILL. */
async function endSessions({ query }: Connection, users: readonly string[]): Promise<void> {
  if (users.length === 0) return;
  const sessions = await query<{ Id: number; User: string }>("SHOW PROCESSLIST");
  for (const { Id } of sessions.filter(({ User }) => users.includes(User))) {
    try {
      await query("CALL mysql.rds_kill(?)", [Id]);
    } catch (error) {
      if ((error as { errno?: unknown }).errno !== NO_SUCH_SESSION) throw error;
    }
  }
}
