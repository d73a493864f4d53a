import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** A server's program, and what it needs beside it. */
export interface MysqlBinaries {
  readonly kind: "mysql" | "mariadb";
  readonly program: string;
  /** Messages of errors and, of MariaDB, the statements that make its own tables. */
  readonly share: string;
}

const SYSTEM = ["/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/usr/local/bin"];

/** MariaDB's server: of PATH or of the system's packages. MYSQL_BIN names another folder, with `mariadbd` or MySQL's `mysqld` in it. */
export function locateMysql(environment: Readonly<Record<string, string | undefined>> = process.env): MysqlBinaries {
  const given = environment["MYSQL_BIN"];
  const folders = given === undefined ? [...(environment["PATH"] ?? "").split(delimiter), ...SYSTEM] : [given];
  const kinds = given === undefined ? (["mariadb"] as const) : (["mariadb", "mysql"] as const);
  for (const folder of folders.filter((each) => each !== ""))
    for (const kind of kinds) {
      const program = join(folder, kind === "mariadb" ? "mariadbd" : "mysqld");
      const share = existsSync(program) ? shareOf(folder) : undefined;
      if (share !== undefined) return { kind, program, share };
    }
  throw new Error(
    `No MariaDB server was found in ${given ?? `PATH, ${SYSTEM.join(", ")}`}. Install it (Debian: apt-get install mariadb-server-core), or ` +
      "set MYSQL_BIN to the folder of mariadbd, or of MySQL's mysqld",
  );
}

function shareOf(folder: string): string | undefined {
  const root = dirname(realpathSync(folder));
  const found = ["share/mariadb", "share/mysql", "share"].map((name) => join(root, name));
  return found.find((each) => existsSync(join(each, "english", "errmsg.sys")));
}
