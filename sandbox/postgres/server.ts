/** A real PostgreSQL server on 127.0.0.1, over TLS only, with the roles that RDS has and a master user that is no superuser. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { freePort } from "../database-server/free-port";
import { ServerFolder } from "../database-server/server-folder";
import { unprivilegedUser } from "../database-server/system-user";
import { makeCertificates } from "../pce/certificates";
import { locatePostgres } from "./binaries";
import { asSuperuser, makeMaster, makeRoles, SUPERUSER, SUPERUSER_PASSWORD } from "./superuser";

const ADDRESS = "127.0.0.1";
const START_MS = 30_000;

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
  return new Server(child, folder, { port: chosenPort, caCertificate: certificates.caCertificate }).ready();
}

class Server implements PostgresServer {
  readonly address = ADDRESS;
  readonly port: number;
  readonly caCertificate: string;
  readonly #child: ChildProcess;
  readonly #folder: ServerFolder;
  #log = "";
  #stopped: Promise<void> | undefined;

  constructor(child: ChildProcess, folder: ServerFolder, place: Pick<PostgresServer, "port" | "caCertificate">) {
    this.#child = child;
    this.#folder = folder;
    this.port = place.port;
    this.caCertificate = place.caCertificate;
    child.stderr?.on("data", (text: Buffer) => {
      this.#log += text.toString();
    });
    // a test run that is killed leaves no server behind
    process.once("exit", () => child.kill("SIGQUIT"));
  }

  get log(): string {
    return this.#log;
  }

  async ready(): Promise<PostgresServer> {
    const deadline = Date.now() + START_MS;
    while (!this.#log.includes("ready to accept connections")) {
      if (this.#child.exitCode !== null || Date.now() > deadline) {
        await this.stop();
        throw new Error(`PostgreSQL did not start: ${this.#log}`);
      }
      await sleep(20);
    }
    await makeRoles(this);
    return this;
  }

  makeMaster(user: string, password: string, database: string): Promise<void> {
    return makeMaster(this, { user, password, database });
  }

  asSuperuser<T>(database: string, work: (client: Client) => Promise<T>): Promise<T> {
    return asSuperuser(this, database, work);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, "exit");
      this.#child.kill("SIGQUIT"); // nothing is kept: immediate shutdown
      await gone;
    }
    this.#folder.remove();
  }
}
