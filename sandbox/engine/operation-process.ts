import { type ChildProcess, fork } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type EngineSurroundings, engineEnvironment, PROJECT_ROOT } from "./environment";
import { EngineError } from "./errors";
import { type KeptProcess, tellProcess } from "./kept-process";
import type { FromChild, OperationRequest, ToChild } from "./operation-messages";
import { endGroup } from "./process-group";
import type { OperationEvent, OperationStep } from "./steps";

/** What a process of an operation is started with, and what ends it; as `OperationOptions` says. */
export interface ProcessOptions extends EngineSurroundings {
  readonly logFile: string;
  readonly signal?: AbortSignal;
  readonly graceMs?: number;
  readonly kept?: KeptProcess | undefined;
}

type OnEvent = (event: OperationEvent) => void;

/** Has a process do what the request says, and resolves with its steps. Afterwards the process is kept, or gone with its group. */
export async function inProcess(
  request: Omit<OperationRequest, "logFile" | "environment">,
  options: ProcessOptions,
  onEvent: OnEvent,
): Promise<OperationStep[]> {
  const { logFile, signal, graceMs, kept } = options;
  await mkdir(dirname(logFile), { recursive: true });
  const environment = engineEnvironment(options);
  const child = kept?.take() ?? (await start(environment, logFile));
  const tell = (message: ToChild) => tellProcess(child, message);
  const stop = () => endGroup(child, () => tell({ stop: true }), graceMs);
  const abort = () => void stop();
  signal?.addEventListener("abort", abort, { once: true });
  let again = false;

  try {
    signal?.throwIfAborted();
    const ended = untilEnd(child, onEvent);
    tell({ request: { ...request, logFile, environment } });
    const end = await ended;
    signal?.throwIfAborted();
    if (end !== undefined && "done" in end) {
      again = end.done.again;
      return end.done.steps;
    }
    const died = { message: `its process ended with ${child.signalCode ?? `exit code ${child.exitCode}`}` };
    throw new EngineError(
      `pulumi ${request.kind} of stack ${request.stack} failed`,
      end?.failed.diagnostics ?? [died],
      logFile,
    );
  } finally {
    signal?.removeEventListener("abort", abort);
    await (again && kept ? kept.keep(child) : stop());
  }
}

async function start(environment: NodeJS.ProcessEnv, logFile: string): Promise<ChildProcess> {
  const log = await open(logFile, "a");
  const child = fork(join(__dirname, "operation-child.ts"), {
    cwd: PROJECT_ROOT, // where ts-node finds the compiler's settings
    env: environment,
    // room for young objects, of which a program of hundreds of resources makes many: a tenth of its time was the collector's
    execArgv: ["--max-semi-space-size=64", "-r", join(PROJECT_ROOT, "typescript", "register.cjs")],
    detached: true, // a group of its own: Ctrl-C of the terminal reaches only us, and ending it finds all it started
    stdio: ["ignore", log.fd, log.fd, "ipc"],
  });
  await log.close();
  return child;
}

type End = Exclude<FromChild, { event: unknown }>;

// what the child said at the end; undefined when it went without a word
function untilEnd(child: ChildProcess, onEvent: OnEvent): Promise<End | undefined> {
  return new Promise((resolve, reject) => {
    const listen = (message: FromChild) => {
      if ("event" in message) {
        onEvent(message.event);
      } else {
        settle(() => resolve(message));
      }
    };
    const close = () => settle(() => resolve(undefined));
    const fail = (error: Error) => settle(() => reject(error));
    const settle = (how: () => void) => {
      child.off("message", listen).off("close", close).off("error", fail);
      how();
    };
    child.on("message", listen).once("close", close).once("error", fail);
  });
}
