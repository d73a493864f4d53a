/** A real PostgreSQL server on 127.0.0.1, over TLS only, with the roles that RDS has and a master user that is no superuser. */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Client } from "pg";
import { freePort } from "../database-server/free-port";
import { ServerFolder } from "../database-server/server-folder";
import { type ServerKind, ServerProcess } from "../database-server/server-process";
import { unprivilegedUser } from "../database-server/system-user";
import { makeCertificates } from "../pce/certificates";
import { locatePostgres } from "./binaries";
import { asSuperuser, makeMaster, makeRoles, SUPERUSER, SUPERUSER_PASSWORD } from "./superuser";

const ADDRESS = "127.0.0.1";
// an immediate shutdown
const KIND: ServerKind = { title: "PostgreSQL", readyText: "ready to accept connections", endSignal: "SIGQUIT" };

/** Where and as whom the server is reached. */
export interface PostgresServer {
  readonly address: string;
  readonly port: number;
  /** What a client must trust. */
  readonly caCertificate: string;
  /** Makes a master user as RDS does: it holds rds_superuser, makes roles and databases, and is no superuser. */
  makeMaster(user: string, password: string, database: string): Promise<void>;
  /** Works with a connection of the superuser, whom RDS gives nobody. */
  asSuperuser<T>(database: string, work: (client: Client) => Promise<T>): Promise<T>;
  /** All that the server logged so far, every statement among it. */
  readonly log: string;
  /** Stops the server and removes its folder; safe to call twice. */
  stop(): Promise<void>;
}

/** What a server may be told. */
export interface PostgresOptions {
  /** Names in its certificate. @default ["localhost"] */
  readonly hosts?: readonly string[];
  /** The common name of who signs it. @default - the sandbox's own */
  readonly authority?: string;
  /** @default - a free one */
  readonly port?: number;
}

/** Starts an empty server in a folder of its own. */
export async function startPostgres({
  hosts = ["localhost"],
  authority = "Sandbox database CA",
  port,
}: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = locatePostgres();
  const owner = unprivilegedUser("postgres");
  const folder = new ServerFolder("postgres-", owner);
  const data = join(folder.path, "data");
  const certificates = await makeCertificates({ hosts, authority });
  const chosenPort = port ?? (await freePort(ADDRESS));
  const passwordFile = folder.write("password", SUPERUSER_PASSWORD);
  const made = spawnSync(
    join(bin, "initdb"),
    [
      "-D",
      data,
      "-U",
      SUPERUSER,
      "-A",
      "scram-sha-256",
      `--pwfile=${passwordFile}`,
      "-E",
      "UTF8",
      "--no-sync",
      "--locale=C",
    ],
    { cwd: folder.path, encoding: "utf8", ...owner },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error?.message}`);
  const hba = folder.write("hba.conf", "hostssl all all 127.0.0.1/32 scram-sha-256\n");
  const settings = {
    listen_addresses: ADDRESS,
    port: String(chosenPort),
    unix_socket_directories: "",
    hba_file: hba,
    ssl: "on",
    ssl_cert_file: folder.write("server.crt", certificates.certificate),
    ssl_key_file: folder.write("server.key", certificates.privateKey),
    fsync: "off",
    shared_buffers: "16MB",
    max_connections: "40",
    password_encryption: "scram-sha-256",
    // so that tests see what a log of statements would hold
    log_statement: "all",
  };
  const child = spawn(
    join(bin, "postgres"),
    ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    { cwd: folder.path, stdio: ["ignore", "ignore", "pipe"], ...owner },
  );
  const running = new ServerProcess(child, folder, KIND);
  await running.ready();
  const place = { address: ADDRESS, port: chosenPort, caCertificate: certificates.caCertificate };
  await makeRoles(place);
  return {
    ...place,
    get log() {
      return running.log;
    },
    makeMaster: (user, password, database) => makeMaster(place, { user, password, database }),
    asSuperuser: (database, work) => asSuperuser(place, database, work),
    stop: () => running.stop(),
  };
}
