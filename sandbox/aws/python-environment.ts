/** The Python environment that the AWS emulator runs in: pinned, made once, kept outside the checkout. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The packages of the environment, all pinned. */
export const REQUIREMENTS_FILE = join(__dirname, "emulator", "requirements.txt");

const OLDEST_PYTHON = [3, 10] as const; // moto 5.2 asks for it
const STALE_LOCK_MS = 60_000; // the owner touches its lock every few seconds
const LOCK_POLL_MS = 500;
const OUTPUT_BYTES = 16 * 1024 * 1024;

/** No usable Python, or its packages could not be had; the message says what to do. */
export class PythonEnvironmentError extends Error {
  override readonly name = "PythonEnvironmentError";
}

/** Where and with what an environment is made. */
export interface PythonEnvironmentOptions {
  /**
   * Folder that environments are kept in.
   * @default - `rds-sightline` under XDG_CACHE_HOME or ~/.cache
   */
  readonly cacheFolder?: string;
  /** What it is called, for people. @default - the AWS emulator's and its version */
  readonly name?: string;
  /** @default - the requirements file beside this module */
  readonly requirementsFile?: string;
  /** @default - `python3`, looked up on PATH */
  readonly python?: string;
  /** Told a sentence when something takes long; not called when the environment is there. */
  readonly progress?: (sentence: string) => void;
}

/**
 * Makes sure that the pinned environment exists and returns its Python interpreter (an absolute path).
 * Two callers at once make it once; a build that was cut off leaves nothing that is taken for an environment.
 */
export async function ensurePythonEnvironment(options: PythonEnvironmentOptions = {}): Promise<string> {
  const requirementsFile = options.requirementsFile ?? REQUIREMENTS_FILE;
  const requirements = await readFile(requirementsFile, "utf8");
  const cache = options.cacheFolder ?? defaultCacheFolder(process.env, homedir());
  const folder = join(cache, environmentName(requirements, options.name));
  const interpreter = join(folder, "bin", "python");
  if (await exists(interpreter)) return interpreter;

  const python = options.python ?? "python3";
  await checkPython(python);
  await mkdir(cache, { recursive: true });
  await withLock(`${folder}.lock`, options.progress, async () => {
    if (await exists(interpreter)) return;
    options.progress?.(`making the Python environment of the AWS emulator, once (${folder})`);
    await build(python, requirementsFile, folder);
  });
  return interpreter;
}

/** `$XDG_CACHE_HOME/rds-sightline`, or `~/.cache/rds-sightline`; a relative XDG_CACHE_HOME is ignored, as its specification says. */
export function defaultCacheFolder(env: NodeJS.ProcessEnv, home: string): string {
  const xdg = env["XDG_CACHE_HOME"];
  return join(xdg?.startsWith("/") ? xdg : join(home, ".cache"), "rds-sightline");
}

/** `<name>-<hash of the requirements>`: another pin is another environment. */
export function environmentName(requirements: string, name?: string): string {
  const version = /^moto==(\S+)$/m.exec(requirements)?.[1] ?? "unpinned";
  return `${name ?? `moto-${version}`}-${createHash("sha256").update(requirements).digest("hex").slice(0, 12)}`;
}

async function checkPython(python: string): Promise<void> {
  const wanted = `Python ${OLDEST_PYTHON.join(".")} or newer with the venv and ensurepip modules`;
  const fix = `Install it (Debian, Ubuntu: apt install python3 python3-venv) and make sure that "${python}" on PATH is it.`;
  const probe = "import sys; print('%d.%d' % sys.version_info[:2]); import venv, ensurepip";
  try {
    const { stdout } = await run(python, ["-c", probe]);
    const [major = 0, minor = 0] = stdout.trim().split(".").map(Number);
    if (major > OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1])) return;
    throw new PythonEnvironmentError(
      `The AWS emulator needs ${wanted}, got ${python} ${stdout.trim()}. Set a newer one first on PATH. ${fix}`,
    );
  } catch (cause) {
    if (cause instanceof PythonEnvironmentError) throw cause;
    const got = (cause as NodeJS.ErrnoException).code === "ENOENT" ? `no "${python}" on PATH` : lastLine(cause);
    throw new PythonEnvironmentError(`The AWS emulator needs ${wanted}, got: ${got}. ${fix}`, { cause });
  }
}

/**
 * Builds beside the target and renames at the end. `pip` is called as a module and nothing else of `bin` is used, since the scripts
 * there keep the path of the folder that they were installed to.
 */
async function build(python: string, requirementsFile: string, folder: string): Promise<void> {
  const draft = `${folder}.draft-${process.pid}`;
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
  try {
    await rm(draft, { recursive: true, force: true });
    await run(python, ["-m", "venv", draft], { maxBuffer: OUTPUT_BYTES });
    const interpreter = join(draft, "bin", "python");
    await run(interpreter, ["-m", "pip", "install", ...quiet, "--requirement", requirementsFile], {
      maxBuffer: OUTPUT_BYTES,
    });
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw new PythonEnvironmentError(
      `The Python packages of the AWS emulator could not be installed: ${lastLine(cause)}. ` +
        `They come from the package index that pip is set up for; check that "pip download moto" works here, then try again.`,
      { cause },
    );
  }
}

/** Holds a lock file while `action` runs; a lock that nobody touches any more is taken over. */
async function withLock(
  lock: string,
  progress: ((sentence: string) => void) | undefined,
  action: () => Promise<void>,
): Promise<void> {
  let told = false;
  while (!(await tryLock(lock))) {
    if (!told) progress?.("waiting for another run that makes the Python environment");
    told = true;
    await sleep(LOCK_POLL_MS);
  }
  const touch = setInterval(() => void utimes(lock, new Date(), new Date()).catch(() => undefined), STALE_LOCK_MS / 12);
  try {
    await action();
  } finally {
    clearInterval(touch);
    await rm(lock, { force: true });
  }
}

async function tryLock(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, `${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
  }
  const age = await stat(lock).then(
    (found) => Date.now() - found.mtimeMs,
    () => 0,
  );
  if (age > STALE_LOCK_MS) await rm(lock, { force: true });
  return false;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function lastLine(cause: unknown): string {
  const { stderr, message } = cause as { stderr?: string; message?: string };
  const text = stderr?.trim() ? stderr : (message ?? String(cause));
  return text.trim().split("\n").at(-1) ?? text;
}
