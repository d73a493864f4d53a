// PostgreSQL manual, appendix "SQL Key Words": every word marked reserved, of any version from 14 to 18, those included that may be the
// name of a function or type. CREATE DATABASE takes them only in quotes, and RDS not at all.
const RESERVED_WORDS = `
  all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently
  constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default
  deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner
  intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order
  outer overlaps placing primary references returning right select session_user similar some symmetric system_user table tablesample then
  to trailing true union unique user using variadic verbose when where window with
`;

// the server's own databases; "db", which RDS refuses; "replication", which pg_hba.conf takes for something else
const TAKEN_NAMES = "postgres rdsadmin template0 template1 db replication";

const REFUSED: ReadonlySet<string> = new Set(`${RESERVED_WORDS} ${TAKEN_NAMES}`.trim().split(/\s+/));

/** True for a name that RDS creates as the first PostgreSQL database. */
export function isDatabaseName(text: string): boolean {
  return /^[a-zA-Z][a-zA-Z0-9_]{0,62}$/.test(text) && !REFUSED.has(text.toLowerCase());
}
