import { escapeIdentifier, escapeLiteral } from "pg";
import { namesOf, type UserPlan } from "../user-plan";
import { type UserVerifiers, verifierOf } from "../user-verifiers";
import type { WantedUser } from "../wanted";
import type { Role, Roles } from "./catalogue";

/** Which users there are to be, and how those are known that were made here. */
export interface RoleWishes extends UserVerifiers {
  readonly users: readonly WantedUser[];
  /** The comment on roles that were made here: no other stack's. */
  readonly comment: string;
}

/** There is a role of that name which is not ours to change, or one that nobody here can. */
export class ForeignRoleError extends Error {
  override readonly name = "ForeignRoleError";
}

/**
 * Statements that bring the roles from what they are to what they are to be; none when they are that. Never a superuser, never one that
 * makes roles or databases.
 * @throws ForeignRoleError before anything is changed, when a wanted name is taken by a role that was not made here.
 */
export function planRoles({ roles }: Roles, wishes: RoleWishes): UserPlan {
  const byName = new Map(roles.map((role) => [role.name, role]));
  requireOurs(byName, wishes);
  const wanted = new Set(wishes.users.map(({ name }) => name));
  const unwanted = roles.filter(({ name, comment }) => comment === wishes.comment && !wanted.has(name));
  const planned = wishes.users.map((user) => ({ user, role: byName.get(user.name) }));
  const changes = planned.map(({ user, role }) => ({
    name: user.name,
    isNew: role === undefined,
    statements: role === undefined ? creation(user, wishes) : change(user, role, wishes),
  }));
  const locks = unwanted.map((role) => ({ name: role.name, statements: lock(role) }));
  return {
    statements: [...locks, ...changes].flatMap(({ statements }) => statements),
    created: namesOf(changes.filter(({ isNew }) => isNew)),
    changed: namesOf(changes.filter(({ isNew }) => !isNew)),
    locked: namesOf(locks),
    unwanted: unwanted.map(({ name }) => name),
  };
}

function requireOurs(roles: ReadonlyMap<string, Role>, { users, comment }: RoleWishes): void {
  const found = users.flatMap(({ name }) => roles.get(name) ?? []);
  const foreign = found.filter((role) => role.comment !== comment).map(({ name }) => name);
  if (foreign.length > 0)
    throw new ForeignRoleError(
      `these users exist and were not made by this stack, so none was touched: ${foreign.join(", ")}; choose other names, or, ` +
        `to hand one over, run COMMENT ON ROLE <user> IS ${escapeLiteral(comment)}`,
    );
  const mighty = found.filter(({ isSuperuser }) => isSuperuser).map(({ name }) => name);
  if (mighty.length > 0)
    throw new ForeignRoleError(
      `these users have become superusers, which nobody but a superuser can take back: ${mighty.join(", ")}`,
    );
}

function creation(user: WantedUser, wishes: RoleWishes): string[] {
  const role = escapeIdentifier(user.name);
  const password = user.authentication === "secret" ? ` PASSWORD ${escapeLiteral(verifierOf(user, wishes))}` : "";
  return [
    `CREATE ROLE ${role} LOGIN${password}`,
    `COMMENT ON ROLE ${role} IS ${escapeLiteral(wishes.comment)}`,
    ...(user.authentication === "iam" ? [`GRANT rds_iam TO ${role}`] : []),
  ];
}

// A password that is set stays: from then on the secret's rotation changes it, and a run between its steps must not
function change(user: WantedUser, found: Role, wishes: RoleWishes): string[] {
  const role = escapeIdentifier(user.name);
  const wasIam = found.memberOf.includes("rds_iam");
  const isIam = user.authentication === "iam";
  const isUnlocked = !found.canLogIn;
  const needsPassword = !isIam && (wasIam || isUnlocked || wishes.firstPasswords.has(user.name));
  return [
    ...weakening(found),
    ...(isUnlocked ? [`ALTER ROLE ${role} LOGIN`] : []),
    ...(needsPassword ? [`ALTER ROLE ${role} PASSWORD ${escapeLiteral(verifierOf(user, wishes))}`] : []),
    ...(isIam && !wasIam ? [`ALTER ROLE ${role} PASSWORD NULL`, `GRANT rds_iam TO ${role}`] : []),
    ...(!isIam && wasIam ? [`REVOKE rds_iam FROM ${role}`] : []),
  ];
}

function lock(found: Role): string[] {
  const role = escapeIdentifier(found.name);
  return [
    ...weakening(found),
    ...(found.canLogIn ? [`ALTER ROLE ${role} NOLOGIN PASSWORD NULL`] : []),
    ...(found.memberOf.includes("rds_iam") ? [`REVOKE rds_iam FROM ${role}`] : []),
  ];
}

// what somebody gave it by hand, and no user of a stack file may have
function weakening({ name, makesRoles, makesDatabases, memberOf }: Role): string[] {
  const role = escapeIdentifier(name);
  return [
    ...(makesRoles ? [`ALTER ROLE ${role} NOCREATEROLE`] : []),
    ...(makesDatabases ? [`ALTER ROLE ${role} NOCREATEDB`] : []),
    ...(memberOf.includes("rds_superuser") ? [`REVOKE rds_superuser FROM ${role}`] : []),
  ];
}
