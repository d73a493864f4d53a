import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readdir } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { compareVersions, findVersion, isUsable } from "./version";

const run = promisify(execFile);

/** An executable that said its version. */
export interface Installed {
  readonly command: string;
  readonly version: string;
}

/** The first executable of that name on PATH, as an absolute path; undefined when there is none. */
export async function findOnPath(name: string, { PATH = "" }: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of PATH.split(delimiter).filter((entry) => entry !== "")) {
    const candidate = resolve(folder, name);
    const isExecutable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable) {
      return candidate;
    }
  }

  return undefined;
}

/** Runs `command version`; rejects when it does not run, does not answer within 20 seconds, or names no version. */
export async function askVersion(command: string, env: NodeJS.ProcessEnv): Promise<Installed> {
  const { stdout } = await run(command, ["version"], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeout: 20_000,
  });
  const version = findVersion(stdout);
  if (version === undefined) {
    throw new Error(`"${command} version" must print a version, got ${JSON.stringify(stdout.slice(0, 80))}`);
  }

  return { command, version };
}

/**
 * The newest usable engine of a cache (`<folder>/<version>/bin/pulumi`). One that does not run is passed over: the cache may hold
 * what a full disk or another system left there.
 */
export async function findCached(folder: string, env: NodeJS.ProcessEnv): Promise<Installed | undefined> {
  const names = await readdir(folder).catch(() => []);
  const versions = names.filter((name) => findVersion(name) === name && isUsable(name));

  for (const version of versions.sort(compareVersions).reverse()) {
    const found = await askVersion(join(folder, version, "bin", "pulumi"), env).catch(() => undefined);
    if (found && isUsable(found.version)) {
      return found;
    }
  }

  return undefined;
}
