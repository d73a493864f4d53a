import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const DEBIAN = "/usr/lib/postgresql";

/** The folder of PostgreSQL's `initdb` and `postgres`: the one that POSTGRES_BIN names, of PATH, of Debian's packages, or of pg_config. */
export function locatePostgres(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const given = environment["POSTGRES_BIN"];
  const onPath = (environment["PATH"] ?? "").split(delimiter);
  const debian = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(given === undefined ? onPath : [given]),
    ...(given === undefined ? debian.map((version) => join(DEBIAN, version, "bin")) : []),
    ...(given === undefined ? configured() : []),
  ];
  const found = folders.find(
    (folder) => folder !== "" && ["initdb", "postgres"].every((name) => existsSync(join(folder, name))),
  );
  if (found !== undefined) return found;
  throw new Error(
    `No PostgreSQL server was found in ${given ?? `PATH, ${DEBIAN} or by pg_config`}. Install it (Debian: apt-get install postgresql), or ` +
      "set POSTGRES_BIN to the folder of initdb and postgres",
  );
}

function configured(): string[] {
  const { stdout } = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  return typeof stdout === "string" ? [stdout.trim()] : [];
}
