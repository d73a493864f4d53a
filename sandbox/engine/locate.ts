import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { type LockHolder, withLock } from "./cache-lock";
import { downloadEngine } from "./download";
import { EngineUnavailableError, type FailedWay } from "./errors";
import { buildEngine, requiredGo } from "./go-build";
import { askVersion, findCached, findOnPath, type Installed } from "./installed";
import type { Ticker } from "./ticker";
import { isUsable, MINIMUM_ENGINE_VERSION } from "./version";

/** A Pulumi CLI that ran, spoke, and is recent enough. */
export interface Engine {
  /** Absolute path of the executable; its file name is `pulumi`. */
  readonly command: string;
  /** `major.minor.patch` */
  readonly version: string;
  /** Where it came from, this time. */
  readonly how: "path" | "cache" | "download" | "build";
}

/** Puts an engine at `<root>/bin/pulumi`, or rejects with why it can't. */
export type Install = (root: string, context: InstallContext) => Promise<void>;

/** The two ways to an engine that work by themselves, in this order. */
export interface Installs {
  readonly download: Install;
  readonly build: Install;
}

/** What an installation may use. */
export interface InstallContext {
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly report: Ticker;
  readonly signal?: AbortSignal | undefined;
}

/** What `locateEngine` may be given; each has a default. */
export interface LocateOptions {
  /** Told what is being done when it takes longer than a moment. @default silence */
  readonly report?: Ticker;
  /** Ends a wait or a build; `locateEngine` then rejects with its reason. */
  readonly signal?: AbortSignal;
  /** PATH, XDG_CACHE_HOME and what Go reads. @default the environment of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** @default the official download, the Go build */
  readonly installs?: Installs;
}

const INSTALLS = { download: downloadEngine, build: buildEngine };

/**
 * An engine, from the first of these that has a usable one: PATH, our cache, the official download, a build from the pinned Go
 * module. What is downloaded or built stays in the cache (`$XDG_CACHE_HOME` or `~/.cache`, then `rds-sightline/engine`), complete or
 * not at all; of several processes that need it at once, one works and the others wait for it. Rejects with
 * `EngineUnavailableError`.
 */
export async function locateEngine(options: LocateOptions = {}): Promise<Engine> {
  const { env = process.env, report = () => undefined, installs = INSTALLS, signal } = options;
  const onPath = await lookOnPath(env);
  if ("command" in onPath) {
    return { ...onPath, how: "path" };
  }

  const cache = engineCache(env);
  const cached = await findCached(cache, env);
  if (cached) {
    return { ...cached, how: "cache" };
  }

  const context = { env, report, signal };
  const onWait = ({ pid }: LockHolder, seconds: number) =>
    report(`waiting for process ${pid}, which is getting the Pulumi engine, ${seconds} s`);

  return withLock(
    join(cache, "lock"),
    async () => {
      // the process that was waited for has very likely left one
      const arrived = await findCached(cache, env);
      return arrived ? { ...arrived, how: "cache" } : installAny(cache, installs, context, onPath.why);
    },
    { signal, onWait },
  );
}

const PATH_WAY = `install pulumi ${MINIMUM_ENGINE_VERSION} or newer, so that it is on PATH (https://www.pulumi.com/docs/install/)`;
const DOWNLOAD_WAY = "allow the network to the official download (https://get.pulumi.com), which is then done for you";
const goWay = async () =>
  `install Go ${await requiredGo()} or newer (https://go.dev/doc/install), with a module proxy in reach; the engine is then built for you`;

// per system, since a home folder may be shared; a relative XDG_CACHE_HOME does not count, says the XDG specification
const engineCache = ({ XDG_CACHE_HOME = "" }: NodeJS.ProcessEnv): string => {
  const root = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), ".cache");

  return join(root, "rds-sightline", "engine", `${process.platform}-${process.arch}`);
};

async function lookOnPath(env: NodeJS.ProcessEnv): Promise<Installed | { why: string }> {
  const command = await findOnPath("pulumi", env);
  if (command === undefined) {
    return { why: "there is no pulumi on PATH" };
  }

  try {
    const found = await askVersion(command, env);
    return isUsable(found.version) ? found : { why: `${command} is ${found.version}` };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}

async function installAny(
  cache: string,
  installs: Installs,
  context: Omit<InstallContext, "logFile">,
  whyNotOnPath: string,
): Promise<Engine> {
  const failed: FailedWay[] = [{ way: PATH_WAY, why: whyNotOnPath }];
  for (const how of ["download", "build"] as const) {
    try {
      const installed = await installInto(cache, installs[how], { ...context, logFile: join(cache, `${how}.log`) });
      return { ...installed, how };
    } catch (error) {
      context.signal?.throwIfAborted();
      failed.push({
        way: how === "build" ? await goWay() : DOWNLOAD_WAY,
        why: error instanceof Error ? error.message : String(error),
      });
    }
  }

  throw new EngineUnavailableError(failed);
}

const FRESH = "new-";

// into a folder of its own and then renamed, so that no one ever meets half an engine
async function installInto(cache: string, install: Install, context: InstallContext): Promise<Installed> {
  await mkdir(cache, { recursive: true });
  for (const left of (await readdir(cache)).filter((name) => name.startsWith(FRESH))) {
    await rm(join(cache, left), { recursive: true, force: true }); // of a process that was killed: we hold the lock
  }
  const fresh = await mkdtemp(join(cache, FRESH));
  try {
    await install(fresh, context);
    const { version } = await askVersion(join(fresh, "bin", "pulumi"), context.env);
    if (!isUsable(version)) {
      throw new Error(`it is ${version}`);
    }
    const home = join(cache, version);
    await rm(home, { recursive: true, force: true }); // a broken one: a good one would have been found
    await rename(fresh, home);

    return { command: join(home, "bin", "pulumi"), version };
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}
