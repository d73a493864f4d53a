/** What a user may do: read or write the tables of a schema, or own it. */
export type Privilege = "read" | "write" | "owner";

/** How a user proves who it is: by a token of IAM, or by a password that is in a secret and changes. */
export type Authentication = "iam" | "secret";

/** A user as the stack file asks for it. */
export interface WantedUser {
  readonly name: string;
  /** The database and the schema that it uses. */
  readonly database: string;
  readonly schema: string;
  readonly privilege: Privilege;
  readonly authentication: Authentication;
  /** Of its password; absent where IAM is asked. */
  readonly secretArn?: string;
}

const PRIVILEGES: readonly string[] = ["read", "write", "owner"] satisfies readonly Privilege[];

/** The event is not one that the function is made for. */
export class EventError extends Error {
  override readonly name = "EventError";
}

// example: {"users":[{"name":"app","database":"shop","schema":"app","privilege":"write","authentication":"iam"}],"tf":{"action":"update",...}}
/**
 * The users that a deployment asks for; none when the deployment takes them all away.
 * @throws EventError for anything else: no user is touched on a guess.
 */
export function readUsers(event: unknown): readonly WantedUser[] {
  const { users, tf } = fieldsOf(event);
  if (fieldsOf(tf)["action"] === "delete") return [];
  if (!Array.isArray(users)) throw new EventError("the event holds no list of users; the stack's update sends one");
  return users.map((user, index) => {
    if (isUser(user)) return user;
    throw new EventError(`user ${index + 1} of the event lacks a field, or has one that is not known`);
  });
}

function isUser(value: unknown): value is WantedUser {
  const { name, database, schema, privilege, authentication, secretArn } = fieldsOf(value);
  const named = [name, database, schema].every((text) => typeof text === "string" && text !== "");
  const proves =
    authentication === "iam" ? secretArn === undefined : authentication === "secret" && typeof secretArn === "string";
  return named && proves && PRIVILEGES.includes(privilege as string);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
