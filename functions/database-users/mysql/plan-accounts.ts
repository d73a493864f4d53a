import { namesOf, type UserPlan } from "../user-plan";
import { type UserVerifiers, verifierOf } from "../user-verifiers";
import type { WantedUser } from "../wanted";
import { type Account, type Catalogue, MARKS, OWN_DATABASE } from "./catalogue";
import { type Dialect, IAM_CREDENTIAL, IAM_PLUGIN } from "./dialect";
import { ANY_HOST, account, identifier, literal } from "./quoting";

/** Which users there are to be, and how those are known that were made here. */
export interface AccountWishes extends UserVerifiers {
  readonly users: readonly WantedUser[];
  /** The mark of users that were made here: no other stack's. */
  readonly comment: string;
  /** Of a password that nobody has: what a locked user is left with. */
  readonly uselessVerifier: string;
}

/** There is a user of that name which is not ours to change, or one that would be taken for ours. */
export class ForeignUserError extends Error {
  override readonly name = "ForeignUserError";
}

/**
 * Statements that bring the users from what they are to what they are to be; none when they are that. The server knows no transactions
 * for them: a run may end after any statement, and the next one's plan is what is left to do.
 * @throws ForeignUserError before anything is changed.
 */
export function planAccounts(catalogue: Catalogue, wishes: AccountWishes, dialect: Dialect): UserPlan {
  requireOurs(catalogue, wishes);
  const ours = new Map(catalogue.accounts.filter(({ host }) => host === ANY_HOST).map((each) => [each.name, each]));
  const marked = [...(catalogue.marks ?? [])].filter(([, by]) => by === wishes.comment).map(([name]) => name);
  const leaving = marked.filter((name) => !wishes.users.some((user) => user.name === name));
  const unwanted = leaving.flatMap((name) => ours.get(name) ?? []);
  const locks = unwanted.map((found) => ({ name: found.name, statements: lock(found, wishes, dialect) }));
  const changes = wishes.users.map((user) => {
    const found = ours.get(user.name);
    const statements =
      found === undefined
        ? creation(user, marked.includes(user.name), wishes, dialect)
        : change(user, found, wishes, dialect);
    return { name: user.name, isNew: found === undefined, statements };
  });
  // who is gone already; a run ended before it said so
  const forgotten = leaving.filter((name) => !ours.has(name)).map(forget);
  return {
    statements: [
      ...(catalogue.marks === undefined && wishes.users.length > 0 ? PLACE_FOR_MARKS : []),
      ...forgotten,
      ...[...locks, ...changes].flatMap(({ statements }) => statements),
    ],
    created: namesOf(changes.filter(({ isNew }) => isNew)),
    changed: namesOf(changes.filter(({ isNew }) => !isNew)),
    locked: namesOf(locks),
    unwanted: unwanted.map(({ name }) => name),
  };
}

// only the master user may do something there: no user of a stack file gets it as its database
const PLACE_FOR_MARKS = [
  `CREATE DATABASE IF NOT EXISTS ${identifier(OWN_DATABASE)}`,
  `CREATE TABLE IF NOT EXISTS ${MARKS} (name VARCHAR(128) NOT NULL PRIMARY KEY, made_by VARCHAR(255) NOT NULL) ` +
    "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT 'Users that were made by a function of rds-sightline'",
];

function requireOurs({ accounts, marks }: Catalogue, { users, comment }: AccountWishes): void {
  const namesakes = users.flatMap((user) => accounts.filter(({ name }) => name === user.name));
  const foreign = users.filter(({ name }) => {
    const isThere = namesakes.some((each) => each.name === name && each.host === ANY_HOST);
    return (marks?.get(name) ?? (isThere ? undefined : comment)) !== comment;
  });
  const names = foreign.map(({ name }) => name);
  if (names.length > 0)
    throw new ForeignUserError(
      `these users exist and were not made by this stack, so none was touched: ${names.join(", ")}; choose other names, or, ` +
        `to hand one over, run REPLACE INTO ${MARKS} VALUES ('<user>', ${literal(comment)})`,
    );
  const elsewhere = namesakes.filter(({ host }) => host !== ANY_HOST);
  if (elsewhere.length > 0)
    throw new ForeignUserError(
      "whoever comes from these hosts would be taken for another user of the name, so none was touched: " +
        `${elsewhere.map(({ name, host }) => `${name} from ${host}`).join(", ")}; drop those, or choose other names`,
    );
}

function creation(user: WantedUser, isMarked: boolean, wishes: AccountWishes, dialect: Dialect): string[] {
  const mark = `INSERT INTO ${MARKS} (name, made_by) VALUES (${literal(user.name)}, ${literal(wishes.comment)})`;
  return [
    // before it is there: a run that ends in between leaves no user that would be taken for somebody else's
    ...(isMarked ? [] : [mark]),
    `CREATE USER ${account(user.name)} ${proofOf(user, wishes, dialect)} REQUIRE SSL`,
  ];
}

// A password that is set stays: from then on the secret's rotation changes it, and a run between its steps must not
function change(user: WantedUser, found: Account, wishes: AccountWishes, dialect: Dialect): string[] {
  const isIam = user.authentication === "iam";
  const provesAsWanted = isIam
    ? found.plugin === IAM_PLUGIN && found.credential === IAM_CREDENTIAL
    : found.plugin === dialect.passwordPlugin && !found.isLocked && !wishes.firstPasswords.has(user.name);
  const isAmongMany = found.hasOtherProof && !dialect.hasOldPasswords;
  const options = [
    ...(provesAsWanted && !isAmongMany ? [] : [proofOf(user, wishes, dialect)]),
    ...(found.isHeldToTls ? [] : ["REQUIRE SSL"]),
    ...(found.isLocked ? ["ACCOUNT UNLOCK"] : []),
  ];
  return [
    // before its privileges are seen to, which are given anew
    ...mightOf(found),
    ...(options.length === 0 ? [] : [`ALTER USER ${account(user.name)} ${options.join(" ")}`]),
    ...(found.hasOtherProof && dialect.hasOldPasswords
      ? [`ALTER USER ${account(user.name)} DISCARD OLD PASSWORD`]
      : []),
  ];
}

// What somebody gave it by hand, and no user of a stack file may have. There is no other statement that surely takes all of it; what the
// user is to have on its database is given back by the statements that follow
function mightOf({ name, hasOtherPrivileges, roles }: Account): string[] {
  return [
    ...roles.map(
      (role) =>
        `REVOKE ${identifier(role.name)}${role.host === undefined ? "" : `@${identifier(role.host)}`} FROM ${account(name)}`,
    ),
    ...(hasOtherPrivileges ? [`REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${account(name)}`] : []),
  ];
}

function lock({ name, isLocked }: Account, { uselessVerifier }: AccountWishes, dialect: Dialect): string[] {
  if (isLocked) return [];
  return [`ALTER USER ${account(name)} ${identified(dialect.passwordPlugin, uselessVerifier)} ACCOUNT LOCK`];
}

/** Takes an unwanted user away, and after it the mark. */
export function removal(name: string): string[] {
  return [`DROP USER ${account(name)}`, forget(name)];
}

function forget(name: string): string {
  return `DELETE FROM ${MARKS} WHERE name = ${literal(name)}`;
}

function proofOf(user: WantedUser, wishes: AccountWishes, dialect: Dialect): string {
  return user.authentication === "iam"
    ? identified(IAM_PLUGIN, IAM_CREDENTIAL)
    : identified(dialect.passwordPlugin, verifierOf(user, wishes));
}

/** How a user proves who it is. Both servers understand it. */
export function identified(plugin: string, credential: string): string {
  return `IDENTIFIED WITH ${plugin} AS ${literal(credential)}`;
}
