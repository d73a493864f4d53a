import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { findOnPath } from "./installed";
import { runLogged } from "./logged-process";
import { everySecond, type Ticker } from "./ticker";
import { BUILT_ENGINE_VERSION, compareVersions, findVersion } from "./version";

const run = promisify(execFile);

const MODULE_FOLDER = join(__dirname, "build");
const COMMAND_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** What a build needs from outside. */
export interface BuildOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Receives everything that Go prints. */
  readonly logFile: string;
  readonly report: Ticker;
  readonly signal?: AbortSignal | undefined;
}

/** The oldest Go that can build the engine: the `go` line of our go.mod. */
export async function requiredGo(): Promise<string> {
  const text = await readFile(join(MODULE_FOLDER, "go.mod"), "utf8");
  const line = /^go (\S+)$/m.exec(text)?.[1];
  if (line === undefined) {
    throw new Error(`${join(MODULE_FOLDER, "go.mod")} must have a "go" line, got none`);
  }

  return line;
}

/**
 * Builds `<root>/bin/pulumi` from the pinned Go module: about four minutes and 3 GB of Go's own caches the first time. Go's proxy
 * and checksum settings are the user's; what could change the result or fetch another Go is not.
 */
export async function buildEngine(root: string, options: BuildOptions): Promise<void> {
  const go = await findGo(options.env);
  const output = join(root, "bin", "pulumi");
  await mkdir(dirname(output), { recursive: true });

  const version = `-X ${VERSION_VARIABLE}=v${BUILT_ENGINE_VERSION}`; // without it the Automation API refuses the binary
  const reproducible = ["-trimpath", "-buildvcs=false", "-ldflags", `-s -w ${version}`];
  await runGo(go, ["build", "-v", ...reproducible, "-o", output, COMMAND_PACKAGE], options);
}

async function findGo(env: NodeJS.ProcessEnv): Promise<string> {
  const go = await findOnPath("go", env);
  if (go === undefined) {
    throw new Error("there is no go on PATH");
  }

  // in a folder without a go.mod, so that the answer is what is installed, not what some module asks for
  const { stdout } = await run(go, ["version"], { cwd: tmpdir(), env: goEnvironment(env) });
  const [installed, required] = [findVersion(stdout.replace(/^go version go/, "")), await requiredGo()];
  if (installed === undefined || compareVersions(installed, findVersion(required) ?? required) < 0) {
    throw new Error(`${go} is ${installed ?? stdout.trim()}; the build needs ${required} or newer`);
  }

  return go;
}

const goEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  CGO_ENABLED: "0", // no C compiler needed, and the same binary wherever it is built
  GOFLAGS: "-mod=readonly", // the pinned versions or none
  GOTOOLCHAIN: "local", // an older Go is told about, not replaced by a download
  GOWORK: "off",
});

async function runGo(go: string, args: readonly string[], options: BuildOptions): Promise<void> {
  const { env, logFile, report, signal } = options;
  const counts = { modules: 0, packages: 0 };
  const failures: string[] = [];
  const onLine = (line: string) => {
    countLine(line, counts);
    if (!isProgress(line)) {
      failures.push(line);
    }
  };

  const stopTelling = everySecond((seconds) => report(describe(counts, seconds)));
  try {
    const code = await runLogged({
      command: go,
      args,
      cwd: MODULE_FOLDER,
      env: goEnvironment(env),
      logFile,
      onLine,
      signal,
    });
    if (code !== 0) {
      throw new Error(`go build failed: ${failures.slice(-3).join("\n") || `exit code ${code}`}\nlog: ${logFile}`);
    }
  } finally {
    stopTelling();
  }
}

// format:  with -v, "go: downloading <module> <version>" for each module it fetches, and the import path of each package it compiles
const isDownload = (line: string): boolean => line.startsWith("go: downloading ");
const isProgress = (line: string): boolean => isDownload(line) || /^[\w.~-]+(\/[\w.~+-]+)*$/.test(line);

function countLine(line: string, counts: { modules: number; packages: number }): void {
  if (isDownload(line)) {
    counts.modules += 1;
  } else if (isProgress(line)) {
    counts.packages += 1;
  }
}

const describe = ({ modules, packages }: { modules: number; packages: number }, seconds: number): string => {
  const done = packages > 0 ? `${packages} packages compiled` : `${modules} modules downloaded`;

  return `building the Pulumi engine from its Go module, about 4 minutes the first time: ${done}, ${seconds} s`;
};
