import type { Query } from "../engine";

// What is there already, as PostgreSQL's catalogue says it.

/** A role of the server. */
export interface Role {
  readonly name: string;
  readonly comment: string;
  readonly canLogIn: boolean;
  readonly isSuperuser: boolean;
  /** May make roles or databases. */
  readonly makesRoles: boolean;
  readonly makesDatabases: boolean;
  /** Of the roles that RDS has, those that this one is a member of. */
  readonly memberOf: readonly string[];
}

/** The roles of the server, and as whom it was asked. */
export interface Roles {
  /** The master user: it holds `rds_superuser`, and is no superuser. */
  readonly self: string;
  /** From 16 on, whoever made a role is its administrator, and may make itself a member. */
  readonly majorVersion: number;
  readonly roles: readonly Role[];
}

/** What a privilege is about. `default-...`: what a maker makes in the schema later. */
export type Kind = "database" | "schema" | "table" | "sequence" | "default-tables" | "default-sequences";

/** Something in a database that privileges can be given on. */
export interface Target {
  readonly kind: Kind;
  /** Empty for the database itself. */
  readonly schema: string;
  /** The name of the table or sequence, of the database, or of the maker; empty for the schema itself. */
  readonly name: string;
}

/** A table, a view or a sequence. */
export interface Relation {
  readonly kind: "table" | "sequence";
  readonly schema: string;
  readonly name: string;
  readonly owner: string;
}

/** A schema. */
export interface Schema {
  readonly name: string;
  readonly owner: string;
  /** Everybody may use it, by name; what is in it is another matter. */
  readonly isOpen: boolean;
}

/** Privileges that one role was given on one thing, by its owner. */
export interface Held {
  readonly grantee: string;
  readonly target: Target;
  readonly privileges: readonly string[];
}

/** One database. */
export interface Catalogue {
  readonly database: string;
  readonly schemas: readonly Schema[];
  /** But PostgreSQL's own. */
  readonly relations: readonly Relation[];
  /** By the roles that were asked for, and not of their own things. */
  readonly held: readonly Held[];
  /** Roles that the master user may act for. */
  readonly reachable: readonly string[];
  /** Roles, of those asked for, that own something here. */
  readonly owners: readonly string[];
}

const ROLES = `
  SELECT r.rolname AS name, coalesce(shobj_description(r.oid, 'pg_authid'), '') AS comment, r.rolcanlogin AS "canLogIn",
    r.rolsuper AS "isSuperuser", r.rolcreaterole AS "makesRoles", r.rolcreatedb AS "makesDatabases",
    array(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
      WHERE m.member = r.oid AND g.rolname IN ('rds_iam', 'rds_superuser') ORDER BY 1) AS "memberOf"
  FROM pg_roles r
  WHERE r.rolname = ANY($1) OR shobj_description(r.oid, 'pg_authid') = $2
  ORDER BY 1`;

/** The roles of these names, and those with this comment. */
export async function readRoles(query: Query, names: readonly string[], comment: string): Promise<Roles> {
  const [server] = await query<{ self: string; version: number }>(
    "SELECT current_user::text AS self, current_setting('server_version_num')::int AS version",
  );
  if (server === undefined) throw new Error("the database did not say which version it is");
  const roles = await query<Role>(ROLES, [names, comment]);
  return { self: server.self, majorVersion: Math.floor(server.version / 10_000), roles };
}

const SCHEMAS = `
  SELECT nspname AS name, pg_get_userbyid(nspowner) AS owner, has_schema_privilege('public', oid, 'USAGE') AS "isOpen"
  FROM pg_namespace ORDER BY 1`;

const RELATIONS = `
  SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind, n.nspname AS schema, c.relname AS name,
    pg_get_userbyid(c.relowner) AS owner
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  ORDER BY 1, 2, 3`;

// what the owner gave, for only that is taken back; and not what owners hold of their own
const HELD = `
  WITH given AS (
    SELECT 'database' AS kind, '' AS schema, datname AS name, datdba AS owner, datacl AS acl
      FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT 'schema', nspname, '', nspowner, nspacl FROM pg_namespace
    UNION ALL SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, n.nspname, c.relname, c.relowner, c.relacl
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL SELECT CASE d.defaclobjtype WHEN 'r' THEN 'default-tables' ELSE 'default-sequences' END, n.nspname,
        pg_get_userbyid(d.defaclrole), d.defaclrole, d.defaclacl
      FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace WHERE d.defaclobjtype IN ('r', 'S')
  )
  SELECT g.rolname AS grantee, given.kind, given.schema, given.name,
    array_agg(a.privilege_type::text ORDER BY a.privilege_type) AS privileges
  FROM given CROSS JOIN LATERAL aclexplode(given.acl) a JOIN pg_roles g ON g.oid = a.grantee
  WHERE g.rolname = ANY($1) AND a.grantor = given.owner AND a.grantee <> given.owner
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;

const REACHABLE = "SELECT rolname AS name FROM pg_roles WHERE pg_has_role(current_user, oid, 'USAGE') ORDER BY 1";

const OWNERS = `
  SELECT DISTINCT r.rolname AS name
  FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
  WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o' AND r.rolname = ANY($1)
    AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND d.classid <> 'pg_default_acl'::regclass
  ORDER BY 1`;

/** The database of this connection, and what these roles hold in it. */
export async function readCatalogue(query: Query, database: string, roles: readonly string[]): Promise<Catalogue> {
  const names = async (sql: string, values: readonly unknown[] = []) =>
    (await query<{ name: string }>(sql, values)).map(({ name }) => name);
  const held = await query<Target & Pick<Held, "grantee" | "privileges">>(HELD, [roles]);
  return {
    database,
    schemas: await query<Schema>(SCHEMAS),
    relations: await query<Relation>(RELATIONS),
    held: held.map(({ grantee, privileges, kind, schema, name }) => ({
      grantee,
      privileges,
      target: { kind, schema, name },
    })),
    reachable: await names(REACHABLE),
    owners: await names(OWNERS, [roles]),
  };
}

const DATABASES_OF = `
  SELECT DISTINCT d.datname AS name
  FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid
    JOIN pg_database d ON d.oid = s.dbid OR (s.dbid = 0 AND s.classid = 'pg_database'::regclass AND d.oid = s.objid)
  WHERE s.refclassid = 'pg_authid'::regclass AND r.rolname = ANY($1) AND d.datallowconn
  ORDER BY 1`;

/** The databases in which these roles own or may do something. */
export async function databasesOf(query: Query, roles: readonly string[]): Promise<readonly string[]> {
  return (await query<{ name: string }>(DATABASES_OF, [roles])).map(({ name }) => name);
}
