import type { SyncParts } from "../../functions/database-users/engine";
import { newPassword } from "../../functions/database-users/password";
import type { WantedUser } from "../../functions/database-users/wanted";

export const DATABASE = "app";
export const COMMENT = "made by rds-sightline-test-database-users";

/** A user that reads, unless it is said otherwise. */
export function wantedUser(user: Partial<WantedUser> & { readonly name: string }): WantedUser {
  return { database: DATABASE, schema: "shop", privilege: "read", authentication: "iam", ...user };
}

/** The same with a secret. */
export function secretUser(user: Partial<WantedUser> & { readonly name: string }): WantedUser {
  return wantedUser({ authentication: "secret", secretArn: `secret:${user.name}`, ...user });
}

/** Passwords by the ARNs of secrets, which get one when they are read for the first time. */
export function passwordsIn(passwords: Map<string, string>): SyncParts["readPassword"] {
  return async (_user, arn) => {
    const known = passwords.get(arn);
    const password = known ?? newPassword();
    passwords.set(arn, password);
    return { password, isNew: known === undefined };
  };
}
