import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SystemUser } from "../database-server/system-user";
import type { MysqlBinaries } from "./binaries";

/** Empty folders, and whose processes may write there. */
export interface DataFolder {
  readonly data: string;
  /** Of its own, since a server that starts removes what others have open in one that they share. */
  readonly temporary: string;
  readonly owner: SystemUser | undefined;
}

const STEP_MS = 60_000;

/** Makes the server's own tables in an empty folder. */
export function makeData(binaries: MysqlBinaries, folder: DataFolder): void {
  const { kind, program, share } = binaries;
  const places = [`--datadir=${folder.data}`, `--tmpdir=${folder.temporary}`, `--lc-messages-dir=${share}`];
  const [options, input] =
    kind === "mysql"
      ? [["--initialize-insecure", "--innodb-log-writer-threads=OFF"], ""]
      : [["--bootstrap", "--enforce-storage-engine=", "--innodb-log-file-size=4M"], ownTables(share)];
  const { status, stderr, error } = spawnSync(program, ["--no-defaults", ...places, ...options], {
    input,
    cwd: folder.data,
    encoding: "utf8",
    timeout: STEP_MS,
    ...folder.owner,
  });
  if (status !== 0) throw new Error(`${program} made no tables of its own: ${error?.message ?? stderr}`);
}

// what mariadb-install-db does, which needs programs of the client's package; without its first users, and without the texts of HELP, which are the slow part
function ownTables(share: string): string {
  const parts = ["system_tables", "performance_tables"].map((part) => {
    const file = ["mariadb", "mysql"].map((prefix) => join(share, `${prefix}_${part}.sql`)).find(existsSync);
    if (file === undefined) throw new Error(`MariaDB's statements for its ${part} are not in ${share}`);
    return readFileSync(file, "utf8");
  });
  return ["CREATE DATABASE mysql;", "USE mysql;", ...parts].join("\n");
}
