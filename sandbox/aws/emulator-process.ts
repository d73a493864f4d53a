import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";

const SERVER = join(__dirname, "emulator", "server.py");
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 5_000;

/** A process of the emulator. It ends with this one, however this one ends. */
export interface EmulatorProcess {
  readonly pid: number;
  /** Undefined when it said none: it has ended, or will not answer. */
  readonly port: number | undefined;
  /** Resolves when it is gone, to its exit code or signal. */
  readonly ended: Promise<number | string>;
  /** Ends it and waits until it is gone; safe to call twice. */
  end(): Promise<void>;
}

/** Starts an emulator; its standard error is appended to the file. */
export type StartEmulator = (python: string, logFile: string) => Promise<EmulatorProcess>;

/** Starts one by itself: over a second of work. */
export const startEmulator: StartEmulator = async (python, logFile) => {
  const log = await open(logFile, "a");
  const child = spawnServer(python, [], log.fd);
  await log.close();
  const ended = endOf(child);
  const port = await Promise.race([child.stdout && readPort(createInterface({ input: child.stdout })), ended]);
  child.stdout?.resume();
  const end = async (): Promise<void> => {
    child.stdin?.destroy();
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_DEADLINE_MS);
    await ended;
    clearTimeout(late);
  };
  return { pid: child.pid ?? 0, port: typeof port === "number" ? port : undefined, ended, end };
};

interface Forker {
  readonly child: ChildProcess;
  readonly lines: Interface;
  readonly ended: Promise<number | string>;
}

/** Gives a way to start emulators as forks of one process that has loaded everything: for who starts many, one after the other. */
export function forkedEmulators(): StartEmulator {
  let forker: Forker | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const start: StartEmulator = async (python, logFile) => {
    forker ??= startForker(python);
    const { child, lines, ended: forkerEnded } = forker;
    child.stdin?.write(`${JSON.stringify({ log: logFile })}\n`);
    const told = once(lines, "line", { signal: AbortSignal.timeout(START_DEADLINE_MS) });
    const [line = "{}"] = (await Promise.race([told.catch(() => []), forkerEnded.then(() => [])])) as string[];
    const { pid = 0, port } = JSON.parse(line) as { pid?: number; port?: number };
    const ended = Promise.race([endOfFork(lines, pid), forkerEnded]);
    const end = async (): Promise<void> => {
      signal(pid);
      await ended;
    };
    return { pid, port, ended, end };
  };
  // one at a time, so that the next line is the answer
  return (python, logFile) => {
    const started = last.then(() => start(python, logFile));
    last = started.catch(() => undefined);
    return started;
  };
}

function startForker(python: string): Forker {
  const child = spawnServer(python, ["--forks"], "inherit");
  if (child.stdout === null) throw new Error("it has no output");
  const lines = createInterface({ input: child.stdout });
  // it is held up by nobody, and ends with this process
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref(): void }).unref();
  return { child, lines, ended: endOf(child) };
}

function endOfFork(lines: Interface, pid: number): Promise<string> {
  return new Promise((resolve) => {
    const listen = (line: string): void => {
      const { ended, how = "unknown" } = JSON.parse(line) as { ended?: number; how?: string };
      if (ended !== pid) return;
      lines.off("line", listen);
      resolve(how);
    };
    lines.on("line", listen);
  });
}

function signal(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it is gone
  }
}

// Detached, because a terminal's Ctrl-C must not reach it first: who shuts the sandbox down still needs it
const spawnServer = (python: string, args: readonly string[], log: number | "inherit"): ChildProcess =>
  spawn(python, ["-B", SERVER, ...args], {
    detached: true,
    stdio: ["pipe", "pipe", log],
    env: {
      PATH: process.env["PATH"],
      LANG: "C.UTF-8",
      // the count of calls before access control sets in: in effect never, until it is reset
      INITIAL_NO_AUTH_ACTION_COUNT: "1000000000",
    },
  });

const endOf = (child: ChildProcess): Promise<number | string> =>
  new Promise((resolve) => {
    child.once("exit", (code, name) => resolve(code ?? name ?? "unknown"));
    child.once("error", (error) => resolve(error.message));
  });

/** The server binds port 0 itself and tells the port it got, so two tours at once can not race for one. */
async function readPort(lines: Interface): Promise<number | undefined> {
  try {
    const [line] = (await once(lines, "line", { signal: AbortSignal.timeout(START_DEADLINE_MS) })) as [string];
    return (JSON.parse(line) as { port: number }).port;
  } catch {
    return undefined;
  } finally {
    lines.close();
  }
}
