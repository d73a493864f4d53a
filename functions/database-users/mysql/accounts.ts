import type { Query } from "../engine";
import { type Account, privilegesOf, type Role } from "./catalogue";
import type { Dialect } from "./dialect";

type Base = Omit<Account, "hasOtherPrivileges" | "roles"> & { readonly hasGlobalPrivileges: boolean };

// where privileges are that are about less than a database
const DETAILS = ["tables_priv", "columns_priv", "procs_priv"]
  .map((table) => `SELECT User AS name, Host AS host FROM mysql.${table}`)
  .join(" UNION ");

/** All users of the server. */
export async function readAccounts(query: Query, { name }: Dialect): Promise<readonly Account[]> {
  const bases = name === "mysql" ? await readMysql(query) : await readMariadb(query);
  const grants = name === "mysql" ? await readMysqlRoles(query) : await readMariadbRoles(query);
  const detailed = new Set((await query<Place>(DETAILS)).map(keyOf));
  return bases.map(({ hasGlobalPrivileges, ...base }) => ({
    ...base,
    hasOtherPrivileges: hasGlobalPrivileges || detailed.has(keyOf(base)),
    roles: grants.filter(({ to }) => keyOf(to) === keyOf(base)).map(({ role }) => role),
  }));
}

interface Place {
  readonly name: string;
  readonly host: string;
}

// as JSON: names may hold any character
function keyOf({ name, host }: Place): string {
  return JSON.stringify([name, host]);
}

async function readMysql(query: Query): Promise<readonly Base[]> {
  const dynamic = await query<Place>("SELECT USER AS name, HOST AS host FROM mysql.global_grants");
  const mighty = new Set(dynamic.map(keyOf));
  const rows = await query<Readonly<Record<string, unknown>>>("SELECT * FROM mysql.user");
  return rows.map((row) => {
    const text = (column: string) => String(row[column] ?? "");
    const place = { name: text("User"), host: text("Host") };
    return {
      ...place,
      plugin: text("plugin"),
      credential: text("authentication_string"),
      // the one before it, which ALTER USER ... RETAIN CURRENT PASSWORD leaves good; more factors are no other way in
      hasOtherProof: /additional_password/.test(text("User_attributes")),
      isHeldToTls: text("ssl_type") !== "",
      isLocked: text("account_locked") === "Y",
      hasGlobalPrivileges: privilegesOf(row).length > 0 || mighty.has(keyOf(place)),
    };
  });
}

// source:  MariaDB documentation, "mysql.global_priv Table"
// example: {"access":0,"plugin":"mysql_native_password","authentication_string":"*E6CC9...","ssl_type":1,"account_locked":true}
async function readMariadb(query: Query): Promise<readonly Base[]> {
  const rows = await query<Place & { readonly priv: string }>(
    "SELECT User AS name, Host AS host, Priv AS priv FROM mysql.global_priv",
  );
  return rows.flatMap(({ name, host, priv }) => {
    const { is_role, plugin, authentication_string, auth_or, ssl_type, account_locked, access } = JSON.parse(priv) as {
      readonly [field: string]: unknown;
    };
    if (is_role === true) return [];
    return [
      {
        name,
        host,
        plugin: String(plugin ?? ""),
        credential: String(authentication_string ?? ""),
        // what is empty among them is the one above
        hasOtherProof: Array.isArray(auth_or) && auth_or.length > 1,
        isHeldToTls: Number(ssl_type ?? 0) > 0,
        isLocked: account_locked === true,
        hasGlobalPrivileges: Number(access ?? 0) > 0,
      },
    ];
  });
}

interface Grant {
  readonly to: Place;
  readonly role: Role;
}

async function readMysqlRoles(query: Query): Promise<readonly Grant[]> {
  const rows = await query<Place & { readonly roleName: string; readonly roleHost: string }>(
    "SELECT TO_USER AS name, TO_HOST AS host, FROM_USER AS roleName, FROM_HOST AS roleHost FROM mysql.role_edges",
  );
  return rows.map(({ name, host, roleName, roleHost }) => ({
    to: { name, host },
    role: { name: roleName, host: roleHost },
  }));
}

async function readMariadbRoles(query: Query): Promise<readonly Grant[]> {
  const rows = await query<Place & { readonly role: string }>(
    "SELECT User AS name, Host AS host, Role AS role FROM mysql.roles_mapping",
  );
  return rows.map(({ name, host, role }) => ({ to: { name, host }, role: { name: role } }));
}
