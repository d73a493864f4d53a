/** Plays Lambda's asynchronous invocations: an event waits its turn, is tried again when it fails, and is not lost without a record. */
import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Credentials } from "./access-control";
import type { FunctionError } from "./lambda-environment";
import { deadLetter, type FailedEvent, failureRecord, type QueueMessage } from "./lambda-failure-record";
import { type InvokeEnd, type LambdaFunctions, NotDeployedError } from "./lambda-functions";
import { queueUrl } from "./queue-url";
import { type DeployedFunction, type DeployedInvokeConfig, invokeConfigFile, readRecord } from "./registry";

// source: Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation": two retries, after one minute
// and after two more; throttled events from 1 second on up to 5 minutes apart, for up to 6 hours
const RETRY_DELAYS_MINUTES = [1, 2] as const;
const FIRST_BACK_OFF_MINUTES = 1 / 60;
const LONGEST_BACK_OFF_MINUTES = 5;
const DEFAULTS = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 } as const;
const SECONDS_A_MINUTE = 60;

/** What asynchronous invocations work with. */
export interface AsyncInvocationsOptions {
  readonly run: string;
  readonly endpoint: string;
  readonly region: string;
  readonly functions: LambdaFunctions;
  readonly credentialsOf: (deployed: DeployedFunction) => Promise<Credentials>;
  /** What a minute of Lambda's takes here. */
  readonly minuteMs: number;
  readonly problem: (what: string, cause?: unknown) => void;
}

interface Waiting {
  readonly name: string;
  readonly requestId: string;
  readonly payload: unknown;
  readonly since: number;
  invokeCount: number;
  error?: FunctionError;
}

/** The events that wait for their function, run, or wait for another try. */
export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  readonly #pending = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
    setMaxListeners(0, this.#stopping.signal); // one for each event that waits
  }

  /** Takes an event; what becomes of it is seen in the invocations, the queues for failures and the problems. Returns its request id. */
  take(name: string, payload: unknown): string {
    const event: Waiting = { name, requestId: randomUUID(), payload, since: Date.now(), invokeCount: 0 };
    const done = this.#see(event)
      .catch((cause: unknown) => this.#problem(`lost an event for ${name}`, cause))
      .finally(() => this.#pending.delete(done));
    this.#pending.add(done);
    return event.requestId;
  }

  /** Events that are not done with. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Drops what waits; what runs must be ended by others. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#pending);
  }

  async #see(event: Waiting): Promise<void> {
    for (let backOff = FIRST_BACK_OFF_MINUTES; !this.#isStopping; ) {
      const config = await this.#configOf(event.name);
      const minutesLeft = config.maximumEventAgeSeconds / SECONDS_A_MINUTE - this.#ageMinutes(event);
      if (minutesLeft <= 0) return this.#fail(event, config, "EventAgeExceeded");
      const end = await this.#try(event);
      if (end === "not deployed" || this.#isStopping) return;
      if (end.outcome === "success") return;
      if (end.outcome === "throttled") {
        await this.#pause(Math.min(backOff, LONGEST_BACK_OFF_MINUTES, minutesLeft));
        backOff *= 2;
        continue;
      }
      event.error = end.error;
      const delay = RETRY_DELAYS_MINUTES[event.invokeCount - 1];
      if (event.invokeCount > config.maximumRetryAttempts || delay === undefined) {
        return this.#fail(event, config, "RetriesExhausted");
      }
      await this.#pause(Math.min(delay, minutesLeft));
    }
  }

  async #try(event: Waiting): Promise<InvokeEnd | "not deployed"> {
    const { name, payload, requestId } = event;
    try {
      const end = await this.#options.functions.invoke(name, payload, requestId);
      if (end.outcome !== "throttled") event.invokeCount += 1;
      return end;
    } catch (cause) {
      if (cause instanceof NotDeployedError) return "not deployed"; // Lambda drops the events of a function that is deleted
      // a role that can't be assumed may be one again: like any failure of Lambda's own, tried until the event is too old
      this.#problem(`can not invoke ${name}`, cause);
      return { outcome: "throttled", reason: "the function can not be invoked" };
    }
  }

  async #fail(event: Waiting, config: DeployedInvokeConfig, condition: FailedEvent["condition"]): Promise<void> {
    const deployed = this.#options.functions.find(event.name);
    if (deployed === undefined) return;
    const { requestId, payload, invokeCount, error } = event;
    const failed = { requestId, functionArn: deployed.arn, payload, condition, invokeCount, ...(error && { error }) };
    const record = { MessageBody: JSON.stringify(failureRecord(failed, new Date())) };
    await this.#send(deployed, deployed.deadLetterArn, deadLetter(failed));
    await this.#send(deployed, config.onFailureArn, record);
  }

  /** As the function's role, which is who Lambda sends as. What can't be sent is lost. */
  async #send(deployed: DeployedFunction, queueArn: string | undefined, message: QueueMessage): Promise<void> {
    const { endpoint, region, credentialsOf } = this.#options;
    if (queueArn === undefined) return;
    if (!queueArn.startsWith("arn:aws:sqs:")) {
      return this.#problem(`does not play on-failure destinations but queues, got ${queueArn} for ${deployed.name}`);
    }
    try {
      const sqs = new SQSClient({ endpoint, region, credentials: await credentialsOf(deployed) });
      const request = new SendMessageCommand({ QueueUrl: queueUrl(endpoint, queueArn), ...message });
      await sqs.send(request).finally(() => sqs.destroy());
    } catch (cause) {
      this.#problem(`can not send a failed event of ${deployed.name} to ${queueArn}`, cause);
    }
  }

  async #configOf(functionName: string): Promise<DeployedInvokeConfig> {
    const found = await readRecord<DeployedInvokeConfig>(invokeConfigFile(this.#options.run, functionName));
    return found ?? { functionName, ...DEFAULTS };
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** In played time. */
  #ageMinutes({ since }: Waiting): number {
    return (Date.now() - since) / this.#options.minuteMs;
  }

  /** Ends early when stopped. */
  async #pause(minutes: number): Promise<void> {
    const milliseconds = minutes * this.#options.minuteMs;
    await sleep(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  #problem(what: string, cause?: unknown): void {
    if (!this.#isStopping) this.#options.problem(what, cause);
  }
}
