import type { SyncParts } from "./engine";
import type { WantedUser } from "./wanted";

/** What the server is to keep of users' passwords, and whose is new. */
export interface UserVerifiers {
  /** By the name of a user that has a secret. */
  readonly verifiers: ReadonlyMap<string, string>;
  /** Users whose password the database may not have: their secret held none until now, or a run failed half way. */
  readonly firstPasswords: ReadonlySet<string>;
}

/** Reads the passwords of users, and makes those that there are not yet. `verifierOf` makes of a password what is sent in its place. */
export async function readVerifiers(
  users: readonly WantedUser[],
  { readPassword }: Pick<SyncParts, "readPassword">,
  verifierOf: (password: string) => string,
): Promise<UserVerifiers> {
  const verifiers = new Map<string, string>();
  const firstPasswords = new Set<string>();
  for (const user of users) {
    if (user.secretArn === undefined) continue;
    const { password, isNew } = await readPassword(user, user.secretArn);
    verifiers.set(user.name, verifierOf(password));
    if (isNew) firstPasswords.add(user.name);
  }
  return { verifiers, firstPasswords };
}

/** The verifier of a user that has a secret. */
export function verifierOf({ name }: WantedUser, { verifiers }: UserVerifiers): string {
  const verifier = verifiers.get(name);
  if (verifier === undefined) throw new Error(`the user ${name} has a secret, and its password was not read`);
  return verifier;
}
