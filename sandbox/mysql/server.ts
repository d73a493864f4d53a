/** A real MariaDB, or MySQL, on 127.0.0.1, over TLS only, with a master user as RDS makes it. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { freePort } from "../database-server/free-port";
import { ServerFolder } from "../database-server/server-folder";
import { type ServerKind, ServerProcess } from "../database-server/server-process";
import { unprivilegedUser } from "../database-server/system-user";
import { makeCertificates } from "../pce/certificates";
import { locateMysql, type MysqlBinaries } from "./binaries";
import { makeData } from "./data";
import { asSuperuser, FIRST_STATEMENTS, type Master, type MysqlPlace, makeMaster } from "./superuser";

const ADDRESS = "127.0.0.1";
const KIND: ServerKind = { title: "the server", readyText: "ready for connections", endSignal: "SIGKILL" };

/** Where and as whom the server is reached. */
export interface MysqlServer extends MysqlPlace {
  /** Makes a master user as RDS does, and the first database. */
  makeMaster(master: Master): Promise<void>;
  /** Works with a connection of the superuser, whom RDS gives nobody. */
  asSuperuser<T>(work: (client: Connection) => Promise<T>): Promise<T>;
  /** All statements that the server logged so far. */
  readonly statementLog: string;
  /** Stops the server and removes its folder; safe to call twice. */
  stop(): Promise<void>;
}

/** What a server may be told. */
export interface MysqlOptions {
  /** Names in its certificate. @default ["localhost"] */
  readonly hosts?: readonly string[];
  /** The common name of who signs it. @default - the sandbox's own */
  readonly authority?: string;
}

/** Starts an empty server in a folder of its own. */
export async function startMysql({
  hosts = ["localhost"],
  authority = "Sandbox database CA",
}: MysqlOptions = {}): Promise<MysqlServer> {
  const binaries = locateMysql();
  const owner = unprivilegedUser("mysql");
  const certificates = await makeCertificates({ hosts, authority });
  const port = await freePort(ADDRESS);
  const folder = new ServerFolder("mysql-", owner);
  try {
    const data = folder.folder("data");
    const temporary = folder.folder("temporary");
    const statementLog = join(folder.path, "statements.log");
    makeData(binaries, { data, temporary, owner });
    const options = {
      ...optionsOf(binaries),
      datadir: data,
      tmpdir: temporary,
      port: String(port),
      "init-file": folder.write("first.sql", `${FIRST_STATEMENTS.join("\n")}\n`),
      "ssl-cert": folder.write("server.crt", certificates.certificate),
      "ssl-key": folder.write("server.key", certificates.privateKey),
      "general-log-file": statementLog,
    };
    const child = spawn(
      binaries.program,
      ["--no-defaults", ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)],
      { cwd: data, stdio: ["ignore", "ignore", "pipe"], ...owner },
    );
    const place = { kind: binaries.kind, address: ADDRESS, port, caCertificate: certificates.caCertificate };
    const running = new ServerProcess(child, folder, KIND);
    await running.ready();
    return {
      ...place,
      get statementLog() {
        return readFileSync(statementLog, "utf8");
      },
      makeMaster: (master) => makeMaster(place, master),
      asSuperuser: (work) => asSuperuser(place, work),
      stop: () => running.stop(),
    };
  } catch (error) {
    folder.remove();
    throw error;
  }
}

function optionsOf({ kind, share }: MysqlBinaries): Readonly<Record<string, string>> {
  return {
    "lc-messages-dir": share,
    "bind-address": ADDRESS,
    // beside the data, which the server is in: a path may have 107 characters, and folders of tests are deep
    socket: "socket",
    "pid-file": "pid",
    "secure-file-priv": ".",
    "require-secure-transport": "ON",
    "skip-name-resolve": "ON",
    "innodb-buffer-pool-size": "16M",
    "innodb-flush-log-at-trx-commit": "0",
    "performance-schema": "OFF",
    "max-connections": "40",
    // so that tests see what a log of statements would hold
    "general-log": "ON",
    "log-output": "FILE",
    ...(kind === "mysql" ? { mysqlx: "OFF", "skip-log-bin": "ON", "plugin-load-add": "mysql_no_login.so" } : {}),
  };
}
