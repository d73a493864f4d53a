/** Plays Lambda, EventBridge and CloudWatch Logs' subscriptions for what a stack deploys: all comes from the run folder, nothing from the source tree. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Credentials } from "./access-control";
import { type BusEvent, EventBus } from "./event-bus";
import { type LambdaApi, startLambdaApi } from "./lambda-api";
import { AsyncInvocations } from "./lambda-async-invocations";
import { countDeadLetters } from "./lambda-dead-letters";
import { EventSources } from "./lambda-event-sources";
import type { Invocation } from "./lambda-function";
import { type InvokeEnd, LambdaFunctions, NotDeployedError } from "./lambda-functions";
import { MetricSums } from "./lambda-logs";
import { type LogEvents, LogSubscriptions } from "./log-subscriptions";
import { type LambdaApiAddress, lambdaApiFile, removeRecord, watchRegistry, writeRecord } from "./registry";
import { RoleSessions } from "./role-sessions";

const IDLE_POLL_MS = 100;
const IDLE_DEADLINE_MS = 60_000;
const MINUTE_MS = 60_000;

/** What the runner works with. */
export interface LambdaRunnerOptions {
  /** The run folder that the AWS provider stand-in writes to. */
  readonly run: string;
  /** The emulator's URL: of `startMoto`. */
  readonly endpoint: string;
  readonly region: string;
  /** Of `makeAdmin`. Acts for the services: assumes the functions' roles, asks for queue depths. */
  readonly admin: Credentials;
  /** Folder for a local copy of each function's log, `<function name>.log`; made when it is not there. */
  readonly logFolder: string;
  /** The DNS server that functions resolve through. @default - the computer's own */
  readonly dns?: { readonly address: string; readonly port: number };
  /**
   * Seconds after which a failed message is visible again. Real queues keep it for their visibility timeout, six times the function's,
   * and a tour can not wait for minutes. The visibility during an invocation is the queue's own either way, and is never extended.
   * @default - the queue's visibility timeout, as in AWS
   */
  readonly returnAfterSeconds?: number;
  /**
   * What a minute takes of schedules, of the delays between two tries of an asynchronous invocation, and of its greatest age.
   * @default 60000, as in AWS
   */
  readonly minuteMs?: number;
  /** @default - the project's `node_modules` */
  readonly nodeModules?: string;
}

/** Something that real Lambda, EventBridge or CloudWatch Logs would refuse or drop: a missing permission, a missing log group, a wrong setting. */
export interface RunnerError {
  readonly message: string;
  readonly cause?: unknown;
}

/** A running Lambda, and what of EventBridge and CloudWatch Logs invokes it. */
export interface LambdaRunner {
  /** Of Lambda's Invoke API; also in the run folder, see `lambdaApiFile`. */
  readonly url: string;
  /**
   * Resolves when every polled queue is empty, no invocation runs and no event waits for one. A message that keeps failing ends in the
   * dead-letter queue, and an event in its queue for failures; both count as done: see `deadLetters`. Rejects with every error known so
   * far as soon as there is one, or after `deadlineMs` (60 s by default).
   */
  idle(deadlineMs?: number): Promise<void>;
  /** Invokes a deployed function once and waits for its end. Rejects when it is not deployed, or Lambda can not assume its role. */
  invoke(functionName: string, event: unknown): Promise<InvokeEnd>;
  /** Hands a function an event for later, with Lambda's retries and on-failure queue. Returns the request id. */
  invokeAsync(functionName: string, event: unknown): string;
  /** Puts an event on EventBridge's default bus. Returns the names of the enabled rules that it matched. */
  putEvent(event: BusEvent): Promise<readonly string[]>;
  /** Tells CloudWatch Logs' subscriptions of events that were written. Returns the names of the subscriptions that got them. */
  publishLogEvents(written: LogEvents): Promise<readonly string[]>;
  /** Kills one of the function's processes, the `at`th of those that live, whatever it does: a worker that is lost. False when it has none. */
  lose(functionName: string, at: number): Promise<boolean>;
  /** Every finished invocation, oldest first. */
  invocations(): readonly Invocation[];
  /** Embedded-metric-format values, summed by metric name. */
  metrics(): Readonly<Record<string, number>>;
  /** What real Lambda, EventBridge or CloudWatch Logs would refuse or drop, each once. A function's own failure is not here but in `invocations`. */
  errors(): readonly RunnerError[];
  /** Messages that failed at last: see `countDeadLetters`. */
  deadLetters(): Promise<number>;
  /** Stops polling, kills the functions' processes and waits until they are gone; safe to call twice. */
  stop(): Promise<void>;
}

/** Starts all that the run folder holds, and follows it: what an update adds, changes or removes takes effect. */
export async function startLambdaRunner(options: LambdaRunnerOptions): Promise<LambdaRunner> {
  await mkdir(options.logFolder, { recursive: true });
  const runner = new Runner(options);
  await runner.open();
  return runner;
}

class Runner implements LambdaRunner {
  readonly #options: LambdaRunnerOptions;
  readonly #sessions: RoleSessions;
  readonly #functions: LambdaFunctions;
  readonly #eventSources: EventSources;
  readonly #asynchronous: AsyncInvocations;
  readonly #bus: EventBus;
  readonly #subscriptions: LogSubscriptions;
  readonly #metrics = new MetricSums();
  readonly #invocations: Invocation[] = [];
  readonly #errors = new Map<string, RunnerError>();
  #api: LambdaApi | undefined;
  #unwatch: () => void = () => undefined;
  #reconciled: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(options: LambdaRunnerOptions) {
    const { run, endpoint, region, admin, dns, returnAfterSeconds, minuteMs = MINUTE_MS } = options;
    const problemOf = (service: string) => (what: string, cause?: unknown) => this.#problem(service, what, cause);
    const problem = problemOf("Lambda");
    this.#options = options;
    this.#sessions = new RoleSessions(endpoint, admin);
    const credentialsOf: RoleSessions["of"] = (deployed) => this.#sessions.of(deployed);
    this.#functions = new LambdaFunctions(run, {
      endpoint,
      region,
      nodeModules: options.nodeModules ?? join(__dirname, "..", "..", "node_modules"),
      logFolder: options.logFolder,
      ...(dns && { dns: `${dns.address}:${dns.port}` }),
      credentialsOf,
      line: (text) => this.#metrics.add(text),
      invoked: (invocation) => this.#invocations.push(invocation),
      problem,
    });
    const services = { run, endpoint, region, functions: this.#functions };
    this.#eventSources = new EventSources({
      ...services,
      credentialsOf,
      admin,
      ...(returnAfterSeconds !== undefined && { returnAfterSeconds }),
      problem,
    });
    this.#asynchronous = new AsyncInvocations({ ...services, credentialsOf, minuteMs, problem });
    const invokeAsync = (name: string, event: unknown) => this.#asynchronous.take(name, event);
    this.#bus = new EventBus({ ...services, invokeAsync, admin, minuteMs, problem: problemOf("EventBridge") });
    this.#subscriptions = new LogSubscriptions({ ...services, invokeAsync, problem: problemOf("CloudWatch Logs") });
  }

  async open(): Promise<void> {
    this.#api = await startLambdaApi({
      nameOf: (nameOrArn) => this.#functions.find(nameOrArn)?.name,
      invoke: (name, event, requestId) => this.#functions.invoke(name, event, requestId),
      invokeAsync: (name, event) => this.#asynchronous.take(name, event),
      settled: () => this.#reconcile(),
    });
    const { run } = this.#options;
    await writeRecord(lambdaApiFile(run), { url: this.#api.url } satisfies LambdaApiAddress);
    this.#unwatch = await watchRegistry(run, () => void this.#reconcile());
    await this.#reconcile();
  }

  get url(): string {
    return this.#api?.url ?? "";
  }

  async idle(deadlineMs = IDLE_DEADLINE_MS): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    for (let quiet = 0; quiet < 2; await sleep(IDLE_POLL_MS)) {
      await this.#reconciled;
      this.#throwErrors();
      const messages = await this.#eventSources.depth();
      const waiting = messages + this.#asynchronous.pending;
      // twice in a row: a message may be between two queues, or an object between S3 and its queue
      quiet = waiting + this.#functions.running() === 0 ? quiet + 1 : 0;
      if (quiet === 0 && Date.now() > deadline) throw this.#late(deadlineMs, waiting);
    }
    this.#throwErrors();
  }

  async invoke(functionName: string, event: unknown): Promise<InvokeEnd> {
    await this.#reconciled;
    return this.#functions.invoke(functionName, event);
  }

  invokeAsync(functionName: string, event: unknown): string {
    if (this.#functions.find(functionName) === undefined) {
      throw new NotDeployedError(functionName, this.#functions.names());
    }
    return this.#asynchronous.take(functionName, event);
  }

  putEvent(event: BusEvent): Promise<readonly string[]> {
    return this.#bus.put(event);
  }

  publishLogEvents(written: LogEvents): Promise<readonly string[]> {
    return this.#subscriptions.publish(written);
  }

  lose(functionName: string, at: number): Promise<boolean> {
    return this.#functions.lose(functionName, at);
  }

  invocations(): readonly Invocation[] {
    return [...this.#invocations];
  }

  metrics(): Readonly<Record<string, number>> {
    return this.#metrics.all();
  }

  errors(): readonly RunnerError[] {
    return [...this.#errors.values()];
  }

  deadLetters(): Promise<number> {
    return countDeadLetters({ ...this.#options, eventSources: this.#eventSources });
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #end(): Promise<void> {
    this.#unwatch();
    await removeRecord(lambdaApiFile(this.#options.run));
    await this.#reconciled;
    const ending = [this.#bus.stop(), this.#asynchronous.stop(), this.#eventSources.stop()];
    await Promise.all([this.#functions.stop(), this.#api?.close()]);
    await Promise.all(ending);
    this.#sessions.close();
  }

  /** One reconciliation at a time; a change during one leads to another. */
  #reconcile(): Promise<void> {
    this.#reconciled = this.#reconciled.then(async () => {
      if (this.#stopped !== undefined) return;
      try {
        await this.#functions.follow();
        await this.#eventSources.follow();
        await this.#bus.follow();
        await this.#subscriptions.follow();
      } catch (cause) {
        this.#problem("Lambda", "can not follow what is deployed", cause);
      }
    });
    return this.#reconciled;
  }

  #problem(service: string, what: string, cause: unknown): void {
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    const message = `${service} ${what}${why}`;
    if (!this.#errors.has(message)) this.#errors.set(message, { message, ...(cause !== undefined && { cause }) });
  }

  #throwErrors(): void {
    if (this.#errors.size === 0) return;
    const all = this.errors();
    throw new AggregateError(
      all.map(({ cause }) => cause),
      all.map(({ message }) => message).join("\n"),
    );
  }

  #late(deadlineMs: number, waiting: number): Error {
    const last = this.#invocations.findLast(({ reason }) => reason !== undefined);
    const because = last ? `; the last failure was ${last.functionName}: ${last.reason}` : "";
    const { logFolder } = this.#options;
    return new Error(
      `After ${deadlineMs / 1000} s ${waiting} messages still wait for a function${because}. The functions' logs are in ${logFolder}`,
    );
  }
}
