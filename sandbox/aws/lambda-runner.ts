/** Plays Lambda for what a stack deployed: code, environment and event sources come from the run folder, nothing from the source tree. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Credentials } from "./access-control";
import type { InvocationEnd } from "./lambda-environment";
import { type FunctionServices, type Invocation, LambdaFunction } from "./lambda-function";
import { MetricSums } from "./lambda-logs";
import { QueuePoller } from "./lambda-queue-poller";
import { type DeployedEventSource, listEventSources, listFunctions, watchRegistry } from "./registry";

const IDLE_POLL_MS = 100;
const IDLE_DEADLINE_MS = 60_000;

/** What the runner works with. */
export interface LambdaRunnerOptions {
  /** The run folder that the AWS provider stand-in writes to. */
  readonly run: string;
  /** The emulator's URL: of `startMoto`. */
  readonly endpoint: string;
  readonly region: string;
  /** A session of each function's role, by role ARN: of `turnOnAccessControl`. */
  readonly credentials: ReadonlyMap<string, Credentials>;
  /** For what is the sandbox's own doing: queue depths and `returnAfterSeconds`. */
  readonly admin: Credentials;
  /** Folder for a local copy of each function's log, `<function name>.log`; made when it is not there. */
  readonly logFolder: string;
  /**
   * Seconds after which a failed message is visible again. Real queues keep it for their visibility timeout, six times the function's,
   * and a tour can not wait for minutes. The visibility during an invocation is the queue's own either way, and is never extended.
   * @default - the queue's visibility timeout, as in AWS
   */
  readonly returnAfterSeconds?: number;
  /** @default - the project's `node_modules` */
  readonly nodeModules?: string;
}

/** Something that real Lambda would refuse or drop: a missing permission, a missing log group, a wrong setting. */
export interface RunnerError {
  readonly message: string;
  readonly cause?: unknown;
}

/** A running Lambda. */
export interface LambdaRunner {
  /**
   * Resolves when every polled queue is empty and no invocation runs. A message that keeps failing ends in the dead-letter queue, which
   * counts as empty: see `deadLetters`. Rejects with every error known so far as soon as there is one, or after `deadlineMs`
   * (60 s by default).
   */
  idle(deadlineMs?: number): Promise<void>;
  /** Invokes a deployed function once, as an event source other than a queue would. Rejects when it is not deployed. */
  invoke(functionName: string, event: unknown): Promise<InvocationEnd>;
  /** Every finished invocation, oldest first. */
  invocations(): readonly Invocation[];
  /** Embedded-metric-format values, summed by metric name. */
  metrics(): Readonly<Record<string, number>>;
  /** What real Lambda would refuse or drop, each once. A function's own failure is not here but in `invocations`. */
  errors(): readonly RunnerError[];
  /** Messages in the dead-letter queues of the polled queues. */
  deadLetters(): Promise<number>;
  /** Stops polling, kills the functions' processes and waits until they are gone; safe to call twice. */
  stop(): Promise<void>;
}

/** Starts polling for every enabled event source, and follows the run folder: what an update adds, changes or removes takes effect. */
export async function startLambdaRunner(options: LambdaRunnerOptions): Promise<LambdaRunner> {
  await mkdir(options.logFolder, { recursive: true });
  const runner = new Runner(options);
  await runner.follow();
  return runner;
}

class Runner implements LambdaRunner {
  readonly #options: LambdaRunnerOptions;
  readonly #services: FunctionServices;
  readonly #functions = new Map<string, LambdaFunction>();
  readonly #pollers = new Map<string, QueuePoller>();
  readonly #metrics = new MetricSums();
  readonly #invocations: Invocation[] = [];
  readonly #errors = new Map<string, RunnerError>();
  #unwatch: () => void = () => undefined;
  #reconciled: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: LambdaRunnerOptions) {
    this.#options = options;
    this.#services = {
      endpoint: options.endpoint,
      region: options.region,
      nodeModules: options.nodeModules ?? join(__dirname, "..", "..", "node_modules"),
      logFolder: options.logFolder,
      credentialsOf: (roleArn) => this.#credentialsOf(roleArn),
      line: (text) => this.#metrics.add(text),
      invoked: (invocation) => this.#invocations.push(invocation),
      problem: (what, cause) => this.#problem(what, cause),
    };
  }

  async follow(): Promise<void> {
    this.#unwatch = await watchRegistry(this.#options.run, () => void this.#reconcile());
    await this.#reconcile();
  }

  async idle(deadlineMs = IDLE_DEADLINE_MS): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    for (let quiet = 0; quiet < 2; await sleep(IDLE_POLL_MS)) {
      await this.#reconciled;
      this.#throwErrors();
      const depths = await Promise.all([...this.#pollers.values()].map((poller) => poller.depth()));
      const waiting = depths.reduce((total, each) => total + each, 0);
      // twice in a row: a message may be between two queues, or an object between S3 and its queue
      quiet = waiting === 0 ? quiet + 1 : 0;
      if (quiet === 0 && Date.now() > deadline) throw this.#late(deadlineMs, waiting);
    }
    this.#throwErrors();
  }

  async invoke(functionName: string, event: unknown): Promise<InvocationEnd> {
    await this.#reconciled;
    const found = this.#functions.get(functionName);
    if (found === undefined) {
      const names = [...this.#functions.keys()].join(", ") || "none";
      throw new Error(`No function named ${functionName} is deployed; deployed: ${names}`);
    }
    return found.invoke(event);
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

  async deadLetters(): Promise<number> {
    const { admin, endpoint, region } = this.#options;
    const sqs = new SQSClient({ endpoint, region, credentials: admin });
    const arns = await Promise.all([...this.#pollers.values()].map((poller) => poller.deadLetterQueue()));
    let total = 0;
    for (const arn of new Set(arns)) {
      if (arn === undefined) continue;
      const QueueUrl = `${endpoint}/${arn.split(":").slice(4).join("/")}`;
      const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
      );
      for (const name of AttributeNames) total += Number(Attributes?.[name]);
    }
    sqs.destroy();
    return total;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unwatch();
    await this.#reconciled;
    const polling = [...this.#pollers.values()].map((poller) => poller.stop());
    await Promise.all([...this.#functions.values()].map((each) => each.stop()));
    await Promise.all(polling);
  }

  /** One reconciliation at a time; a change during one leads to another. */
  #reconcile(): Promise<void> {
    this.#reconciled = this.#reconciled.then(async () => {
      if (this.#stopped) return;
      try {
        await this.#followFunctions();
        await this.#followEventSources();
      } catch (cause) {
        this.#problem("can not follow what is deployed", cause);
      }
    });
    return this.#reconciled;
  }

  async #followFunctions(): Promise<void> {
    const deployed = new Map((await listFunctions(this.#options.run)).map((each) => [each.name, each]));
    for (const [name, known] of this.#functions) {
      if (same(known.deployed, deployed.get(name))) continue;
      this.#functions.delete(name);
      await known.retire();
    }
    for (const [name, each] of deployed) {
      if (!this.#functions.has(name)) this.#functions.set(name, new LambdaFunction(each, this.#services));
    }
  }

  async #followEventSources(): Promise<void> {
    const sources = (await listEventSources(this.#options.run)).filter((each) => each.enabled);
    const wanted = new Map(sources.map((each) => [each.uuid, each]));
    for (const [uuid, poller] of this.#pollers) {
      if (same(poller.source, wanted.get(uuid)) && same(poller.deployed, this.#functionOf(poller.source)?.deployed))
        continue;
      this.#pollers.delete(uuid);
      await poller.stop();
    }
    for (const [uuid, source] of wanted) {
      if (!this.#pollers.has(uuid)) this.#poll(uuid, source);
    }
  }

  #poll(uuid: string, source: DeployedEventSource): void {
    const service = source.eventSourceArn.split(":")[2];
    const target = this.#functionOf(source);
    if (service !== "sqs") throw new Error(`event sources of ${service} are not played, only those of sqs`);
    if (target === undefined) throw new Error(`no function ${source.functionArn} is deployed for an event source`);
    const { name, roleArn } = target.deployed;
    const { admin, endpoint, region, returnAfterSeconds } = this.#options;
    const poller = new QueuePoller({
      source,
      deployed: target.deployed,
      endpoint,
      region,
      credentials: this.#credentialsOf(roleArn),
      admin,
      ...(returnAfterSeconds !== undefined && { returnAfterSeconds }),
      invoke: (event) => this.#invokeFor(name, event),
      invalidAnswer: (why) => this.#problem(`fails the whole batch of ${name}: ${why}`, undefined),
      problem: (what, cause) => this.#problem(what, cause),
    });
    this.#pollers.set(uuid, poller);
  }

  async #invokeFor(name: string, event: unknown): Promise<InvocationEnd> {
    const target = this.#functions.get(name);
    return target ? target.invoke(event) : { outcome: "error", reason: `${name} was removed` };
  }

  #functionOf(source: DeployedEventSource): LambdaFunction | undefined {
    return [...this.#functions.values()].find(({ deployed }) => deployed.arn === source.functionArn);
  }

  #credentialsOf(roleArn: string): Credentials {
    const found = this.#options.credentials.get(roleArn);
    if (found === undefined) throw new Error(`The role ${roleArn} has no session; give turnOnAccessControl its ARN`);
    return found;
  }

  #problem(what: string, cause: unknown): void {
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    const message = `Lambda ${what}${why}`;
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

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
