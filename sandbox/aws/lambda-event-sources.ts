/** The event-source mappings that are deployed now: a poller for each that is enabled. */
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Credentials } from "./access-control";
import { deadLetterArnOf } from "./dead-letters";
import type { LambdaFunctions } from "./lambda-functions";
import { QueuePoller } from "./lambda-queue-poller";
import { type DeployedEventSource, type DeployedFunction, listEventSources } from "./registry";

/** What event sources work with. */
export interface EventSourcesOptions {
  readonly run: string;
  readonly endpoint: string;
  readonly region: string;
  readonly functions: LambdaFunctions;
  readonly credentialsOf: (deployed: DeployedFunction) => Promise<Credentials>;
  /** For what is the sandbox's own doing: queue depths and `returnAfterSeconds`. */
  readonly admin: Credentials;
  /** See LambdaRunnerOptions. */
  readonly returnAfterSeconds?: number;
  readonly problem: (what: string, cause?: unknown) => void;
}

/** Polls for the event sources of a run folder. */
export class EventSources {
  readonly #options: EventSourcesOptions;
  readonly #pollers = new Map<string, QueuePoller>();
  readonly #ending = new Set<Promise<void>>();

  constructor(options: EventSourcesOptions) {
    this.#options = options;
  }

  /** Takes up what was added, changed or removed since; after `functions` did. Does not wait for the batches of what ends. */
  async follow(): Promise<void> {
    const sources = (await listEventSources(this.#options.run)).filter((each) => each.enabled);
    const wanted = new Map(sources.map((each) => [each.uuid, each]));
    for (const [uuid, poller] of this.#pollers) {
      const target = this.#options.functions.find(poller.source.functionArn);
      if (!same(poller.source, wanted.get(uuid)) || !same(poller.deployed, target)) this.#end(uuid, poller);
    }
    for (const [uuid, source] of wanted) {
      if (!this.#pollers.has(uuid)) await this.#poll(uuid, source);
    }
  }

  /** Messages in the polled queues or at their functions. */
  async depth(): Promise<number> {
    const depths = await Promise.all([...this.#pollers.values()].map((poller) => poller.depth()));
    return depths.reduce((total, each) => total + each, this.#ending.size);
  }

  /** The ARNs of the polled queues' dead-letter queues. */
  async deadLetterArns(): Promise<readonly string[]> {
    const { endpoint, region, admin } = this.#options;
    const sqs = new SQSClient({ endpoint, region, credentials: admin });
    try {
      const sources = [...this.#pollers.values()].map(({ source }) => source.eventSourceArn);
      const found = await Promise.all(sources.map((arn) => deadLetterArnOf(sqs, endpoint, arn)));
      return found.filter((arn) => arn !== undefined);
    } finally {
      sqs.destroy();
    }
  }

  /** Receives no more. */
  async stop(): Promise<void> {
    for (const [uuid, poller] of this.#pollers) this.#end(uuid, poller);
    await Promise.all(this.#ending);
  }

  #end(uuid: string, poller: QueuePoller): void {
    this.#pollers.delete(uuid);
    const ended = poller.stop().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  async #poll(uuid: string, source: DeployedEventSource): Promise<void> {
    const { admin, credentialsOf, endpoint, functions, problem, region, returnAfterSeconds } = this.#options;
    const service = source.eventSourceArn.split(":")[2];
    if (service !== "sqs") return problem(`does not play event sources of ${service}, only those of sqs`);
    if (functions.find(source.functionArn) === undefined) await functions.follow(); // it may be as new as its event source
    const deployed = functions.find(source.functionArn);
    if (deployed === undefined) return problem(`has no function ${source.functionArn} for an event source`);
    const poller = new QueuePoller({
      source,
      deployed,
      endpoint,
      region,
      credentials: () => credentialsOf(deployed),
      admin,
      ...(returnAfterSeconds !== undefined && { returnAfterSeconds }),
      invoke: (event) => functions.invoke(deployed.name, event),
      invalidAnswer: (why) => problem(`fails the whole batch of ${deployed.name}: ${why}`),
      problem,
    });
    this.#pollers.set(uuid, poller);
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
