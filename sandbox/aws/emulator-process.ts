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

/** A line of the process that forks: forks.py says which there are. */
interface Told {
  readonly pid?: number;
  readonly port?: number;
  readonly ended?: number;
  readonly how?: string;
}

/** Gives a way to start emulators as forks of one process that has loaded everything: for who starts many, one after the other. */
export function forkedEmulators(): StartEmulator {
  let forker: Forker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  // one at a time, so that it is known whose port it is
  return (python, logFile) => {
    forker ??= new Forker(python);
    const { start } = forker;
    const started = last.then(() => start(logFile));
    last = started.catch(() => undefined);
    return started;
  };
}

/** The process that forks. Nothing waits for it, and it ends with this one. */
class Forker {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | string>;
  readonly #ends = new Map<number, (how: string) => void>();
  #answer: ((told: Told) => void) | undefined;

  constructor(python: string) {
    this.#child = spawnServer(python, ["--forks"], "inherit");
    this.#ended = endOf(this.#child);
    const { stdin, stdout } = this.#child;
    if (stdout === null) throw new Error("it has no output");
    createInterface({ input: stdout }).on("line", (line) => this.#hear(JSON.parse(line) as Told));
    this.#child.unref();
    for (const stream of [stdin, stdout]) (stream as unknown as { unref(): void }).unref();
  }

  readonly start = async (logFile: string): Promise<EmulatorProcess> => {
    const answer = this.#next();
    this.#child.stdin?.write(`${JSON.stringify({ log: logFile })}\n`);
    const { pid = 0, port, ended } = await answer;
    const end = async (): Promise<void> => {
      if (pid === 0) return;
      signal(pid);
      await ended;
    };
    return { pid, port, ended, end };
  };

  // with its end, which may come right behind it
  async #next(): Promise<Pick<Told, "pid" | "port"> & Pick<EmulatorProcess, "ended">> {
    const stopped = this.#ended.then((): Told => ({}));
    let ended = this.#ended;
    const told = new Promise<Told>((resolve) => {
      const late = setTimeout(() => resolve({}), START_DEADLINE_MS);
      this.#answer = (answer) => {
        clearTimeout(late);
        const { pid } = answer;
        if (pid !== undefined) {
          ended = Promise.race([new Promise<string>((end) => this.#ends.set(pid, end)), this.#ended]);
        }
        resolve(answer);
      };
      void stopped.then(() => clearTimeout(late));
    });
    const { pid, port } = await Promise.race([told, stopped]);
    this.#answer = undefined;
    return { ...(pid !== undefined && { pid }), ...(port !== undefined && { port }), ended };
  }

  // who ends without having had a port is the one that is being started
  #hear(told: Told): void {
    const { ended, how = "unknown" } = told;
    const end = ended === undefined ? undefined : this.#ends.get(ended);
    if (ended === undefined || end === undefined) {
      this.#answer?.(told);
      return;
    }
    this.#ends.delete(ended);
    end(how);
  }
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
