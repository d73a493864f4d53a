import { z } from "zod";
import { oneOf, section, text } from "./fields";

// Names are quoted wherever they go, so that a rule about them is about what the engine, RDS and IAM can tell apart, and not about safety

/** What a user or a schema may be called. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_.-]{0,62}$/.test(name);
}

/** The users of the database, by name. What there must be of each is in database-users-rules.ts. */
export const databaseUsers = z.record(
  z.string(),
  section({
    database: z.string().optional(),
    schema: text((name) => isPlainName(name) && !/^pg_|^information_schema$/i.test(name), {
      allowed: "1 to 63 letters, digits and _.-, a letter first, and not pg_... or information_schema",
      do: "name the schema that the user's tables are in, for example app; it is made if it is not there",
    }).optional(),
    privilege: oneOf(["read", "write", "owner"]).default("read"),
    authentication: oneOf(["iam", "secret"]).default("iam"),
  }),
);
