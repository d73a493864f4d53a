/** Plays Lambda's SQS event source: receives under the function's role, invokes, deletes what succeeded. */

import { setTimeout as sleep } from "node:timers/promises";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { Credentials } from "./access-control";
import { batchVerdict } from "./lambda-batch-response";
import type { InvokeEnd } from "./lambda-functions";
import { sqsEvent } from "./lambda-sqs-event";
import { queueUrl } from "./queue-url";
import type { DeployedEventSource, DeployedFunction } from "./registry";

const RECEIVE_AT_MOST = 10; // SQS's limit for one call
// Lambda waits for messages up to 20 s. moto would go on waiting for a poller that is gone, and swallow the message that comes then.
const SHORTEST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 1_000; // an empty queue costs next to nothing
const PAUSE_GROWTH = 1.5;
const RETRY_MS = 1_000;
const DEFAULT_CONCURRENCY = 5; // Lambda starts with five pollers

/** What a poller needs. */
export interface QueuePollerOptions {
  readonly source: DeployedEventSource;
  readonly deployed: DeployedFunction;
  readonly endpoint: string;
  readonly region: string;
  /** A session of the function's role; asked again after a failure, since the role may have come again. */
  readonly credentials: () => Promise<Credentials>;
  /** For what is the sandbox's own doing: queue depths and `returnAfterSeconds`. */
  readonly admin: Credentials;
  /** See LambdaRunnerOptions. */
  readonly returnAfterSeconds?: number;
  readonly invoke: (event: unknown) => Promise<InvokeEnd>;
  /** The answer of a function had a shape that fails the whole batch. */
  readonly invalidAnswer: (why: string) => void;
  readonly problem: (what: string, cause: unknown) => void;
}

/** Polls one queue for one function until stopped. */
export class QueuePoller {
  readonly source: DeployedEventSource;
  readonly deployed: DeployedFunction;
  readonly #options: QueuePollerOptions;
  readonly #admin: SQSClient;
  readonly #queueUrl: string;
  readonly #stopping = new AbortController();
  readonly #inFlight = new Set<Promise<unknown>>();
  readonly #done: Promise<void>;
  #sqs: SQSClient | undefined;

  constructor(options: QueuePollerOptions) {
    const { endpoint, region, source } = options;
    this.source = source;
    this.deployed = options.deployed;
    this.#options = options;
    this.#admin = new SQSClient({ endpoint, region, credentials: options.admin });
    this.#queueUrl = queueUrl(endpoint, source.eventSourceArn);
    this.#done = this.#run();
  }

  /** Messages in the queue or at the function: visible, delayed and received. */
  async depth(): Promise<number> {
    const { Attributes: got = {} } = await this.#admin.send(
      new GetQueueAttributesCommand({ QueueUrl: this.#queueUrl, AttributeNames: ["All"] }),
    );
    const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: received } = got;
    return Number(visible) + Number(received) + Number(got.ApproximateNumberOfMessagesDelayed) + this.#inFlight.size;
  }

  /** Receives no more, and waits for the batches in flight. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
    await Promise.all(this.#inFlight);
    this.#sqs?.destroy();
    this.#admin.destroy();
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    await this.#try("read the attributes of", () => this.#checkQueue());
    for (let pauseMs = SHORTEST_PAUSE_MS; !this.#isStopping; ) {
      if (this.#inFlight.size >= this.#concurrency()) {
        await Promise.race(this.#inFlight);
        continue;
      }
      const messages = await this.#try("receive from", () => this.#receiveBatch());
      if (messages !== undefined && messages.length > 0) this.#start(messages);
      else await this.#pause(messages === undefined ? RETRY_MS : pauseMs);
      // what a batch returns is soon visible again
      const isQuiet = messages?.length === 0 && this.#inFlight.size === 0;
      pauseMs = isQuiet ? Math.min(pauseMs * PAUSE_GROWTH, LONGEST_PAUSE_MS) : SHORTEST_PAUSE_MS;
    }
  }

  async #asFunction(): Promise<SQSClient> {
    const { endpoint, region } = this.#options;
    this.#sqs ??= new SQSClient({ endpoint, region, credentials: await this.#options.credentials() });
    return this.#sqs;
  }

  /** Ends early when the poller is stopped. */
  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  #concurrency(): number {
    const { deployed, source } = this;
    return Math.max(
      1,
      Math.min(source.maximumConcurrency ?? DEFAULT_CONCURRENCY, deployed.reservedConcurrency ?? 1_000),
    );
  }

  /** What CreateEventSourceMapping checks: the role may read the queue, and its visibility covers the function's timeout. */
  async #checkQueue(): Promise<void> {
    const sqs = await this.#asFunction();
    const { Attributes: got } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: this.#queueUrl, AttributeNames: ["VisibilityTimeout"] }),
    );
    const visibility = Number(got?.VisibilityTimeout);
    const { name, timeoutSeconds } = this.deployed;
    if (visibility < timeoutSeconds) {
      throw new Error(
        `its visibility timeout of ${visibility} s is less than the timeout of ${name}, ${timeoutSeconds} s; Lambda asks for at least that, and advises six times it`,
      );
    }
  }

  /** Up to the batch size; waits up to the batching window for more, as Lambda does. */
  async #receiveBatch(): Promise<readonly Message[]> {
    const { batchSize, maximumBatchingWindowSeconds } = this.source;
    const messages = await this.#receive(batchSize);
    const windowEndsAt = Date.now() + maximumBatchingWindowSeconds * 1000;
    while (messages.length > 0 && messages.length < batchSize && Date.now() < windowEndsAt && !this.#isStopping) {
      const more = await this.#receive(batchSize - messages.length);
      messages.push(...more);
      if (more.length === 0) await this.#pause(SHORTEST_PAUSE_MS);
    }
    return messages;
  }

  async #receive(wanted: number): Promise<Message[]> {
    const sqs = await this.#asFunction();
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#queueUrl,
        MaxNumberOfMessages: Math.min(wanted, RECEIVE_AT_MOST),
        WaitTimeSeconds: 0,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      }),
      { abortSignal: this.#stopping.signal },
    );
    return messages;
  }

  #start(messages: readonly Message[]): void {
    const batch = this.#try("run a batch of", () => this.#process(messages)).finally(() =>
      this.#inFlight.delete(batch),
    );
    this.#inFlight.add(batch);
  }

  async #process(messages: readonly Message[]): Promise<void> {
    const ids = messages.map(({ MessageId: id = "" }) => id);
    const end = await this.#options.invoke(sqsEvent(messages, this.source.eventSourceArn, this.#options.region));
    const reports = this.source.functionResponseTypes.includes("ReportBatchItemFailures");
    const verdict = end.outcome === "success" ? batchVerdict(end.answer, ids, reports) : { failed: new Set(ids) };
    if (verdict.invalid !== undefined) this.#options.invalidAnswer(verdict.invalid);
    const failed = messages.filter(({ MessageId: id = "" }) => verdict.failed.has(id));
    const succeeded = messages.filter(({ MessageId: id = "" }) => !verdict.failed.has(id));
    if (this.#isStopping && failed.length > 0) return; // killed, not failed: the queue keeps them
    await this.#try("delete from", () => this.#delete(succeeded));
    await this.#try("return messages to", () => this.#hastenReturn(failed));
  }

  async #delete(messages: readonly Message[]): Promise<void> {
    for (let at = 0; at < messages.length; at += RECEIVE_AT_MOST) {
      const entries = messages.slice(at, at + RECEIVE_AT_MOST);
      const sqs = await this.#asFunction();
      const { Failed: failed = [] } = await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.#queueUrl,
          Entries: entries.map(({ ReceiptHandle: handle }, index) => ({ Id: String(index), ReceiptHandle: handle })),
        }),
      );
      if (failed.length > 0) throw new Error(`${failed.length} messages were not deleted: ${failed[0]?.Message}`);
    }
  }

  /** AWS leaves a failed message alone until its visibility ends, which takes minutes; the sandbox may shorten the wait. */
  async #hastenReturn(messages: readonly Message[]): Promise<void> {
    const VisibilityTimeout = this.#options.returnAfterSeconds;
    if (VisibilityTimeout === undefined) return;
    for (const { ReceiptHandle } of messages) {
      const change = { QueueUrl: this.#queueUrl, ReceiptHandle, VisibilityTimeout };
      await this.#admin.send(new ChangeMessageVisibilityCommand(change));
    }
  }

  /** A refusal is told and the result is undefined; polling goes on, as Lambda's does. */
  async #try<T>(doing: string, action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (cause) {
      if (!this.#isStopping) this.#options.problem(`can not ${doing} ${this.source.eventSourceArn}`, cause);
      this.#sqs = undefined; // not destroyed: another batch may be using it
      return undefined;
    }
  }
}
