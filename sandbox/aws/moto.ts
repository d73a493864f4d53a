/** Starts and stops the AWS emulator: moto's server in its own Python environment, on 127.0.0.1 and a free port. */
import { readFile } from "node:fs/promises";
import { type StartEmulator, startEmulator } from "./emulator-process";
import { ensurePythonEnvironment, type PythonEnvironmentOptions } from "./python-environment";

const TAIL_LINES = 15;

/** The account that moto plays. */
export const ACCOUNT_ID = "123456789012";

/** What the emulator is started with. */
export interface MotoOptions {
  /** Its standard error goes here: one line a request, and a stack when it fails. */
  readonly logFile: string;
  /** Called once with the reason when the emulator ends without being asked to. */
  readonly crashed?: (error: Error) => void;
  readonly environment?: PythonEnvironmentOptions;
  /** How its process is started. @default `startEmulator` */
  readonly start?: StartEmulator;
  /** Told a sentence when something takes long (the environment is made). */
  readonly progress?: (sentence: string) => void;
}

/** A running emulator. */
export interface Moto {
  /** For `endpoint` of every AWS client, for example `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves to the reason when the emulator has ended without being asked to; never settles otherwise. */
  readonly crash: Promise<Error>;
  /** Calls that access control refused so far, one sentence each, in order, each once. */
  denials(): Promise<readonly string[]>;
  /** Ends the process and waits until it is gone; safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Resolves once the emulator answers. Access control is off until `turnOnAccessControl`.
 * The process ends with this one, however this one ends (it watches its standard input), and a terminal's Ctrl-C does not reach it
 * first: who shuts the sandbox down still needs it.
 */
export async function startMoto(options: MotoOptions): Promise<Moto> {
  const python = await ensurePythonEnvironment({
    ...(options.progress && { progress: options.progress }),
    ...options.environment,
  });
  const start = options.start ?? startEmulator;
  const { pid, port, ended, end } = await start(python, options.logFile);

  let stopping = false;
  const failure = async (how: string): Promise<Error> =>
    new Error(`The AWS emulator ${how}; the end of ${options.logFile}:\n${await tail(options.logFile)}`);
  const stop = async (): Promise<void> => {
    stopping = true;
    await end();
  };

  if (port === undefined) {
    await stop();
    throw await failure("did not start");
  }
  const crash = new Promise<Error>((resolve) => {
    void ended.then(async (how) => {
      if (stopping) return;
      const error = await failure(`ended on its own (${how})`);
      options.crashed?.(error);
      resolve(error);
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid,
    logFile: options.logFile,
    crash,
    denials: () => readDenials(options.logFile),
    stop,
  };
}

// source: refuse() in emulator/access.py
const DENIAL = /^sandbox: denied (\S+) on (\S+) for (\S+)$/gm;

async function readDenials(logFile: string): Promise<readonly string[]> {
  const text = await readFile(logFile, "utf8");
  const found = [...text.matchAll(DENIAL)].map(
    ([, action, resource, caller]) => `${caller} may not ${action} on ${resource}`,
  );
  return [...new Set(found)];
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
}
