import type { Engine } from "../engine";
import { connect } from "./connection";
import { MARIADB, MYSQL } from "./dialect";
import { setPassword } from "./set-password";
import { syncUsers } from "./sync-users";

/** MySQL or MariaDB: one way for both, which differ in a few words. */
export function mysqlEngine(name: "mysql" | "mariadb"): Engine {
  const dialect = name === "mysql" ? MYSQL : MARIADB;
  return {
    name,
    connect: (options) => connect(options, dialect),
    syncUsers: (users, parts) => syncUsers(users, parts, dialect),
    setPassword: (connection, user) => setPassword(connection, user, dialect),
  };
}
