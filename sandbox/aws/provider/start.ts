import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";

/** A provider stand-in that runs in a process of its own. */
export interface RunningProvider {
  /** The Pulumi package that it stands in for. */
  readonly name: "aws" | "random";
  /** On 127.0.0.1, for PULUMI_DEBUG_PROVIDERS. */
  readonly port: number;
  readonly pid: number;
  /** Ends the process; resolves when it is gone. A second call does nothing. */
  stop(): Promise<void>;
}

/** How to start a provider stand-in. */
export interface ProviderStart {
  readonly name: "aws" | "random";
  /** What the process writes goes to the end of this file. */
  readonly logFile: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What the AWS stand-in works against. */
export interface AwsStandInSettings {
  /** The emulator's URL. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The run folder (absolute). */
  readonly run: string;
  readonly logFile: string;
}

const SCRIPTS = { aws: join(__dirname, "main.ts"), random: join(__dirname, "..", "..", "random", "main.ts") };
const TYPESCRIPT = join(__dirname, "..", "..", "..", "typescript", "register.cjs");
const CHECKOUT = join(__dirname, "..", "..", "..");
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

/** Starts the AWS provider stand-in against an emulator. */
export const startAwsProvider = (settings: AwsStandInSettings): Promise<RunningProvider> =>
  startProvider({
    name: "aws",
    logFile: settings.logFile,
    env: {
      AWS_ENDPOINT_URL: settings.endpoint,
      AWS_REGION: settings.region,
      AWS_ACCESS_KEY_ID: settings.accessKeyId,
      AWS_SECRET_ACCESS_KEY: settings.secretAccessKey,
      SANDBOX_RUN: settings.run,
    },
  });

/** Starts the random provider stand-in. */
export const startRandomProvider = ({ logFile }: { readonly logFile: string }): Promise<RunningProvider> =>
  startProvider({ name: "random", logFile });

/** Starts a provider stand-in and waits for its port; throws, with the log's place, when it ends or stays silent. */
export async function startProvider({ name, logFile, env = {} }: ProviderStart): Promise<RunningProvider> {
  const log = await open(logFile, "a");
  const child = spawn(process.execPath, ["-r", TYPESCRIPT, SCRIPTS[name]], {
    cwd: CHECKOUT,
    env: { ...process.env, ...env },
    // its standard input closes when this process ends, however it ends, and then it ends too; a terminal's Ctrl-C must not reach
    // it first, because the engine still needs it to finish
    detached: true,
    stdio: ["pipe", "pipe", log.fd],
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    const harder = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(harder);
  };
  try {
    if (child.stdout === null) throw new Error("it has no output");
    const port = await firstLine(child.stdout, ended);
    if (!/^\d+$/.test(port)) throw new Error(`expected a port, got "${port}"`);
    return { name, port: Number(port), pid: child.pid ?? 0, stop };
  } catch (cause) {
    await stop();
    throw new Error(`the stand-in for the ${name} provider did not start; see ${logFile}`, { cause });
  } finally {
    await log.close();
  }
}

function firstLine(stdout: NodeJS.ReadableStream, ended: Promise<void>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`no port after ${START_TIMEOUT_MS} ms`)), START_TIMEOUT_MS);
    const settle = (step: () => void): void => {
      clearTimeout(timer);
      step();
    };
    stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      const end = text.indexOf("\n");
      if (end >= 0) settle(() => resolve(text.slice(0, end).trim()));
    });
    void ended.then(() => settle(() => reject(new Error("it ended before it had a port"))));
  });
}
