import type { Connection, NewPassword } from "../engine";
import { readAccounts } from "./accounts";
import { readMarks } from "./catalogue";
import type { Dialect } from "./dialect";
import { identified } from "./plan-accounts";
import { ANY_HOST, account } from "./quoting";

/** Sets the password of a user that was made here with one; false where there is none. */
export async function setPassword(
  { query, runAll }: Connection,
  { username, password, comment }: NewPassword,
  dialect: Dialect,
): Promise<boolean> {
  const marks = await readMarks(query);
  const accounts = await readAccounts(query, dialect);
  const found = accounts.find(({ name, host }) => name === username && host === ANY_HOST);
  if (marks?.get(username) !== comment || found === undefined) return false;
  if (found.isLocked || found.plugin !== dialect.passwordPlugin) return false;
  await runAll([`ALTER USER ${account(username)} ${identified(dialect.passwordPlugin, dialect.verifierOf(password))}`]);
  return true;
}
