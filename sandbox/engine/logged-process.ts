import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import { endGroup, signalGroup } from "./process-group";

/** What to run and where its output goes. */
export interface LoggedProcess {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Replaced by everything that the process prints. */
  readonly logFile: string;
  /** Told each line of standard error. */
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a process in a group of its own and resolves with its exit code (null after a signal). When the signal is aborted it rejects
 * with the reason, once nothing of the group is left.
 */
export async function runLogged({
  command,
  args,
  cwd,
  env,
  logFile,
  onLine,
  signal,
}: LoggedProcess): Promise<number | null> {
  signal?.throwIfAborted();
  await mkdir(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.pipe(log, { end: false });
  createInterface({ input: child.stderr }).on("line", (line) => {
    log.write(`${line}\n`);
    onLine(line);
  });
  const stop = () => endGroup(child, () => signalGroup(child.pid ?? 0, "SIGTERM"));
  const abort = () => void stop();
  signal?.addEventListener("abort", abort, { once: true });

  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    signal?.throwIfAborted();
    return code;
  } finally {
    signal?.removeEventListener("abort", abort);
    await stop();
    log.end();
    await finished(log);
  }
}
