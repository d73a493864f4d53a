import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const MODULE_FOLDER = join(__dirname, "actionlint");
const VERSION = "1.7.12";

/** One fault that actionlint found. */
export interface LintFault {
  readonly filepath: string;
  readonly line: number;
  readonly message: string;
}

/**
 * actionlint's executable, built from its pinned Go module into the cache that the sandbox uses, too. Undefined where there is no Go:
 * the npm package is years behind, and the PyPI package downloads when it is installed.
 */
export async function findActionlint(): Promise<string | undefined> {
  const root = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "rds-sightline");
  const command = join(root, `actionlint-${VERSION}`, "actionlint");
  if (existsSync(command)) return command;
  try {
    await run("go", ["version"]);
  } catch {
    return undefined;
  }
  await mkdir(dirname(command), { recursive: true });
  const fresh = await mkdtemp(join(root, "actionlint-new-"));
  await run(
    "go",
    ["build", "-trimpath", "-o", join(fresh, "actionlint"), "github.com/rhysd/actionlint/cmd/actionlint"],
    {
      cwd: MODULE_FOLDER,
      env: { ...process.env, GOFLAGS: "-mod=readonly", GOTOOLCHAIN: "local", CGO_ENABLED: "0" },
    },
  );
  await rename(join(fresh, "actionlint"), command);
  await rm(fresh, { recursive: true });
  return command;
}

/** What actionlint says of some workflow files; its own optional helpers (shellcheck, pyflakes) are off, so every machine says the same. */
export async function actionlint(command: string, files: readonly string[]): Promise<readonly LintFault[]> {
  const args = ["-format", "{{json .}}", "-shellcheck=", "-pyflakes=", ...files];
  // exit code 1 = faults found; they are in the output either way
  const { stdout } = await run(command, args).catch((failure: { code?: unknown; stdout?: string }) => {
    if (failure.code === 1 && failure.stdout) return { stdout: failure.stdout };
    throw failure;
  });
  return JSON.parse(stdout) as LintFault[];
}
