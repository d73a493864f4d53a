/** One Lambda execution environment: a child process that holds a function's code and runs one invocation at a time. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Credentials } from "./access-control";
import type { DeployedFunction } from "./registry";

const BOOTSTRAP = join(__dirname, "lambda-bootstrap.cjs");
const INIT_SECONDS = 10; // Lambda's limit for the init phase
const HEAP_SHARE = 0.9; // the rest of a function's memory is for what is not JavaScript heap
const EXIT_GRACE_MS = 50;
const OUTPUT_GRACE_MS = 1_000;

/** What every execution environment of a function is started with. */
export interface EnvironmentOptions {
  readonly deployed: DeployedFunction;
  readonly credentials: Credentials;
  readonly endpoint: string;
  readonly region: string;
  readonly logGroup: string;
  readonly logStream: string;
  /** Folder that `@aws-sdk/*` is found in, as the runtime of Lambda brings it. */
  readonly nodeModules: string;
  /** `<address>:<port>` of the DNS server that the function resolves through. @default - the computer's own */
  readonly dns?: string;
  /** Every line that the function writes to standard output or standard error. */
  readonly line: (text: string) => void;
}

/** How an invocation ended. `timeout` and `crash` end the environment too. */
export type InvocationEnd =
  | { readonly outcome: "success"; readonly answer: unknown }
  | { readonly outcome: "error" | "timeout" | "crash"; readonly reason: string; readonly error: FunctionError };

/** What Lambda answers in place of a result. Source: Lambda developer guide, "Node.js function errors in Lambda". */
export interface FunctionError {
  /** The error's name; `Sandbox.Timedout` and `Runtime.ExitError` are Lambda's own. */
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

interface FromChild {
  readonly type: "ready" | "failed" | "answer";
  readonly answer?: unknown;
  readonly error?: FunctionError;
}

interface Late {
  readonly type: "late";
}

interface Exit {
  readonly type: "exit";
  readonly how: string;
}

// the bootstrap ends the output of an invocation with this on both streams: an answer may overtake what was written before it
const END_OF_OUTPUT = "\u0000end of ";

/** A warm or starting process; `invoke` must not be called again before it has settled. */
export class LambdaEnvironment {
  readonly deployed: DeployedFunction;
  readonly #child: ChildProcess;
  readonly #exited: Promise<string>;
  readonly #said: Promise<FromChild | Late | Exit>;
  readonly #line: (text: string) => void;
  #endOfOutput: (requestId: string) => void = () => undefined;
  #gone = false;

  constructor(options: EnvironmentOptions) {
    this.deployed = options.deployed;
    this.#line = options.line;
    this.#child = spawn(process.execPath, [`--max-old-space-size=${heapMb(options.deployed)}`, BOOTSTRAP], {
      cwd: options.deployed.codeDir,
      detached: true, // a terminal's Ctrl-C is for the runner, which ends its environments; the IPC channel ends them when it dies
      env: processEnvironment(options),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const output of [this.#child.stdout, this.#child.stderr]) if (output) this.#follow(output);
    this.#exited = new Promise<string>((resolve) => {
      this.#child.once("close", (code, signal) => resolve(signal ? `signal: ${signal}` : `exit status ${code}`));
      this.#child.once("error", (error) => resolve(error.message));
    }).then((how) => {
      this.#gone = true;
      return how;
    });
    this.#said = this.#next(INIT_SECONDS * 1000);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** False once the process has ended: a later invocation needs another environment. */
  get isAlive(): boolean {
    return !this.#gone;
  }

  /** Resolves when the handler is loaded; otherwise ends the process and resolves to why. */
  async initialised(requestId: string): Promise<InvocationEnd | undefined> {
    const said = await this.#said;
    if (said.type === "ready") return undefined;
    await this.stop();
    return ended(said, requestId, `init took longer than ${INIT_SECONDS}.00 seconds`);
  }

  /** Runs the handler once. After the function's timeout the process is killed, as Lambda does. */
  async invoke(requestId: string, event: unknown): Promise<InvocationEnd> {
    const { timeoutSeconds, arn } = this.deployed;
    const deadlineMs = Date.now() + timeoutSeconds * 1000;
    const answered = this.#next(timeoutSeconds * 1000);
    const written = this.#outputOf(requestId);
    this.#child.send({ type: "invoke", requestId, event, deadlineMs, functionArn: arn }, () => undefined);
    const said = await answered;
    if (said.type === "late" || said.type === "exit") await this.stop();
    else await Promise.race([written, this.#exited, sleep(OUTPUT_GRACE_MS, undefined, { ref: false })]);
    return ended(said, requestId, `Task timed out after ${timeoutSeconds}.00 seconds`);
  }

  /** Kills the process and waits until it is gone. */
  async stop(): Promise<void> {
    if (!this.#gone) this.#child.kill("SIGKILL");
    await this.#exited;
  }

  #follow(output: Readable): void {
    createInterface({ input: output }).on("line", (text) => {
      const [before = "", requestId] = text.split(END_OF_OUTPUT);
      if (requestId === undefined) this.#line(text);
      else {
        if (before !== "") this.#line(before);
        this.#endOfOutput(requestId);
      }
    });
  }

  /** Resolves when all that the invocation wrote to both streams has been read. */
  #outputOf(wanted: string): Promise<void> {
    let open = 2;
    return new Promise((resolve) => {
      this.#endOfOutput = (requestId) => {
        if (requestId === wanted) open -= 1;
        if (open === 0) resolve();
      };
    });
  }

  /** The next thing the child says, that it ended, or that it is late. */
  async #next(limitMs: number): Promise<FromChild | Late | Exit> {
    const done = new AbortController();
    const heard = once(this.#child, "message", { signal: done.signal }).then(([message]) => message as FromChild);
    // a last message may still be on its way when the process has ended
    const exit = this.#exited.then(async (how) => {
      await sleep(EXIT_GRACE_MS);
      return { type: "exit" as const, how };
    });
    const late = sleep(limitMs, { type: "late" as const }, { signal: done.signal });
    try {
      return await Promise.race([heard, exit, late]);
    } finally {
      done.abort();
      await Promise.allSettled([heard, late]);
    }
  }
}

function ended(said: FromChild | Late | Exit, requestId: string, lateReason: string): InvocationEnd {
  const byLambda = (errorType: string, reason: string): { reason: string; error: FunctionError } => {
    return { reason, error: { errorType, errorMessage: `RequestId: ${requestId} Error: ${reason}` } };
  };
  if (said.type === "late") return { outcome: "timeout", ...byLambda("Sandbox.Timedout", lateReason) };
  if (said.type === "exit") {
    const how = `Runtime exited without providing a reason (${said.how})`;
    return { outcome: "crash", ...byLambda("Runtime.ExitError", how) };
  }
  if (said.error === undefined) return { outcome: "success", answer: said.answer };
  const { errorType, errorMessage } = said.error;
  return { outcome: "error", reason: `${errorType}: ${errorMessage}`, error: said.error };
}

const heapMb = (deployed: DeployedFunction): number => Math.floor(deployed.memoryMb * HEAP_SHARE);

/**
 * Nothing of the parent's environment: the function's own variables, and those that Lambda sets, which win.
 * Source: Lambda developer guide, "Defined runtime environment variables".
 */
function processEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { deployed, credentials } = options;
  return {
    ...deployed.environment,
    _HANDLER: deployed.handler,
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${deployed.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: deployed.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(deployed.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: options.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: options.logStream,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
    LAMBDA_TASK_ROOT: deployed.codeDir,
    LAMBDA_RUNTIME_DIR: "/var/runtime",
    LANG: "en_US.UTF-8",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    TZ: ":UTC",
    NODE_PATH: options.nodeModules,
    // not Lambda's: where the emulator and its DNS are, and quiet about the Node release that the sandbox happens to run on
    AWS_ENDPOINT_URL: options.endpoint,
    ...(options.dns !== undefined && { SANDBOX_DNS: options.dns }),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
}
