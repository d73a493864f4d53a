/** The command line `flows` as users start it: a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Connection } from "../../flow-logs/connections";
import type { Tally } from "../../flow-logs/tally";

const PROJECT = resolve(__dirname, "..", "..");

/** What a run of the command leaves behind. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the command is run. */
export interface RunOptions {
  /** Where the user stands. */
  readonly folder: string;
  /** What is piped in. @default - standard input is no pipe */
  readonly input?: Buffer | string;
  /** Variables of the command's; of this process's it has only those that a program needs to start, and none of AWS's. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts the command; it is for the caller to end its standard input, where there is `input`. */
export function startFlows(words: readonly string[], { folder, input, environment = {} }: RunOptions): ChildProcess {
  const { PATH, TMPDIR, HOME } = process.env;
  const child = spawn(process.execPath, ["-r", "./typescript/register.cjs", "flows/flows.ts", ...words], {
    cwd: PROJECT,
    env: { PATH, TMPDIR, HOME, INIT_CWD: folder, AWS_EC2_METADATA_DISABLED: "true", ...environment },
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  child.stdin?.write(input ?? "");
  return child;
}

/** Runs the command to its end. */
export async function runFlows(words: readonly string[], options: RunOptions): Promise<Run> {
  const child = startFlows(words, options);
  child.stdin?.end();
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const code = await new Promise<number | null>((ended) => child.on("close", ended));
  return { code, stdout, stderr };
}

/** What `--json` prints. */
export interface JsonOutput {
  readonly tally: Omit<Tally, "lines" | "headers" | "blanks">;
  readonly connections: readonly Connection[];
}

/** The connections that `--json` prints, as `client > server:port/protocol`. */
export function arrowsOf({ stdout }: Run): string[] {
  const { connections } = JSON.parse(stdout) as JsonOutput;
  return connections.map(({ client, server, port, protocol }) => `${client} > ${server}:${port}/${protocol}`);
}

/** A new folder, and what takes it away. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "flows-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
