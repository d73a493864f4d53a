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
