import { escapeIdentifier, escapeLiteral } from "pg";
import type { Connection, NewPassword } from "../engine";
import { readRoles } from "./catalogue";
import { scramVerifier } from "./scram";

/** Sets the password of a role that was made here with one; false where there is none. */
export async function setPassword(
  connection: Connection,
  { username, password, comment }: NewPassword,
): Promise<boolean> {
  const { roles } = await readRoles(connection.query, [username], comment);
  const role = roles.find(({ name }) => name === username);
  if (role?.comment !== comment || !role.canLogIn || role.memberOf.includes("rds_iam")) return false;
  const verifier = escapeLiteral(scramVerifier(password));
  await connection.runAll([`ALTER ROLE ${escapeIdentifier(username)} PASSWORD ${verifier}`]);
  return true;
}
