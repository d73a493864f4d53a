// The process of engine operations; `operation-process.ts` starts it and speaks to it over IPC. It serves one at a time, and leaves when
// it is told to stop, when its parent is gone, and after an operation that did not go well.
import { spawn } from "node:child_process";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import type { EngineDiagnostic } from "./errors";
import type { FromChild, OperationRequest, ToChild } from "./operation-messages";
import { printedTo, printTo } from "./printed-lines";
import { GRACE_MS } from "./process-group";
import { sparedCommand } from "./spared-command";
import { trackSteps } from "./steps";
import { leaveUntraced } from "./untraced";

leaveUntraced();

const stop = new AbortController();
let isServing = false;

process.on("message", (message: ToChild) => {
  if ("request" in message) {
    isServing = true;
    void serve(message.request);
    return;
  }
  stop.abort();
  if (!isServing) {
    process.exit(0);
  }
});

// the parent is gone, however it went: nothing of us may outlive it
process.once("disconnect", () => {
  stop.abort();
  setTimeout(() => process.kill(-process.pid, "SIGKILL"), GRACE_MS).unref();
  if (!isServing) {
    process.exit(0);
  }
});

// The Automation API logs an error that nobody handled (one thrown inside an `apply`), then waits for ever for the resources that were
// to come of it. Its own handler has reported it by then; the engine gets a moment to pass the report on.
const REPORT_MS = 2_000;
let hasUnhandled = false;
for (const unhandled of ["unhandledRejection", "uncaughtException"] as const) {
  process.on(unhandled, () => {
    hasUnhandled = true;
    setTimeout(() => stop.abort(), REPORT_MS).unref();
  });
}

async function serve(request: OperationRequest): Promise<void> {
  const tracker = trackSteps();
  printTo(request.logFile);
  setEnvironment(request.environment);
  try {
    const stack = await openStack(request);
    stop.signal.throwIfAborted();
    await operate(stack, request, (event) => {
      const told = tracker.observe(event);
      if (told) {
        send({ event: told });
      }
    });
    end({ done: { steps: tracker.steps(), again: !hasUnhandled } });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    const told = tracker.diagnostics();
    end({ failed: { diagnostics: told.length > 0 ? told : withoutEvents(error) } });
  }
}

// a process that was kept has that of an operation on another run
function setEnvironment(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
}

async function openStack({
  stack: stackName,
  isNew,
  project,
  program,
  workDir,
  command,
  version,
  secrets,
}: OperationRequest): Promise<Stack> {
  const args = { stackName, projectName: project, program: async () => run(program) };
  const options = { workDir, pulumiCommand: sparedCommand(command, version) };
  // `createOrSelectStack` tries to make each stack anew, and each try is a process
  const stack = await (isNew ? LocalWorkspace.createStack(args, options) : LocalWorkspace.selectStack(args, options));
  for (const [key, value] of Object.entries(secrets)) {
    await setSecret({ command, workDir, stackName, key, value });
  }

  return stack;
}

// Node keeps what it has loaded: a program would make nothing the second time. What it loads is kept, as it makes nothing by itself
function run(program: string): Record<string, unknown> {
  delete require.cache[program];
  return require(program) as Record<string, unknown>;
}

type OnEvent = NonNullable<NonNullable<Parameters<Stack["up"]>[0]>["onEvent"]>;

async function operate(stack: Stack, { kind, policyPacks }: OperationRequest, onEvent: OnEvent): Promise<void> {
  await stack[kind]({
    ...(policyPacks.length > 0 && (kind === "up" || kind === "preview") && { policyPacks: [...policyPacks] }),
    color: "never",
    onOutput: (text) => process.stdout.write(text),
    signal: stop.signal,
    onEvent,
  });
}

interface Secret {
  readonly command: string;
  readonly workDir: string;
  readonly stackName: string;
  readonly key: string;
  readonly value: string;
}

// over standard input: the Automation API's setConfig puts the value among the arguments, where `ps` and its own errors show it
async function setSecret({ command, workDir, stackName, key, value }: Secret): Promise<void> {
  const args = ["config", "set", "--secret", "--stack", stackName, "--non-interactive", key];
  const child = spawn(command, args, { cwd: workDir, stdio: ["pipe", printedTo(), printedTo()] });
  child.stdin?.end(value);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) {
    throw new Error(`pulumi config set --secret ${key} ended with exit code ${code}`);
  }
}

// what fails before the engine has a deployment (a wrong type in the stack file, a lock) is only in its standard error:
// "error: validating stack config: ..."
function withoutEvents(error: unknown): EngineDiagnostic[] {
  const text = error instanceof Error ? error.message : String(error);
  const errors = text.split("\n").filter((line) => line.startsWith("error: "));

  return [...new Set(errors.length > 0 ? errors : [text])].map((line) => ({ message: line.replace(/^error: /, "") }));
}

const send = (message: FromChild): void => void process.send?.(message);

// leaves, where there is nothing to wait for, even when the program holds a timer or a socket open; the parent counts on it
const end = (message: FromChild): void =>
  void process.send?.(message, undefined, undefined, () => {
    isServing = false;
    if (stop.signal.aborted || !("done" in message) || !message.done.again) {
      process.exit(0);
    }
  });
