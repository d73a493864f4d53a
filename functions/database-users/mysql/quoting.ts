import { escape as quoted } from "mysql2";

// Backticks for names, of users too: what is in them has no escape but the doubled backtick, whatever the server's sql_mode

/** A name, quoted. */
export function identifier(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** A text, quoted for a connection of `connect`, which fixes how backslashes are read. */
export function literal(text: string): string {
  return quoted(text);
}

/** Of which client a user may come: of any. Who reaches the database at all, the security groups say. */
export const ANY_HOST = "%";

/** A user that was made here. */
export function account(name: string): string {
  return `${identifier(name)}@${identifier(ANY_HOST)}`;
}
