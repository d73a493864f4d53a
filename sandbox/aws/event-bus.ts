/** Plays EventBridge's default bus and its schedules: what matches an enabled rule goes to the rule's targets, or to their dead-letter queues. */
import { randomUUID } from "node:crypto";
import { KMSClient } from "@aws-sdk/client-kms";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Credentials } from "./access-control";
import { matches, readPattern } from "./event-pattern";
import { EventSchedules } from "./event-schedules";
import { mayInvoke } from "./function-policy";
import type { LambdaFunctions } from "./lambda-functions";
import { ACCOUNT_ID } from "./moto";
import { queueUrl } from "./queue-url";
import {
  type DeployedFunction,
  type DeployedRule,
  type DeployedRuleTarget,
  listRules,
  listRuleTargets,
} from "./registry";
import { queueRefusals } from "./service-permissions";

const EVENTS = "events.amazonaws.com";

/** An event as it is put on the bus; what is absent is filled in as EventBridge does. */
export interface BusEvent {
  readonly source: string;
  readonly "detail-type": string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources?: readonly string[];
  /** @default - a new one; the same event put twice has the same id */
  readonly id?: string;
  /** ISO 8601, seconds. @default - now */
  readonly time?: string;
}

/** What the bus works with. */
export interface EventBusOptions {
  readonly run: string;
  readonly endpoint: string;
  readonly region: string;
  readonly functions: LambdaFunctions;
  readonly invokeAsync: (functionName: string, event: unknown) => string;
  /** Reads policies and sends to dead-letter queues; what EventBridge may do is judged by the policies. */
  readonly admin: Credentials;
  /** What a minute of a schedule takes here. */
  readonly minuteMs: number;
  readonly problem: (what: string, cause?: unknown) => void;
}

/** The rules and targets of a run folder. */
export class EventBus {
  readonly #options: EventBusOptions;
  readonly #schedules: EventSchedules;

  constructor(options: EventBusOptions) {
    const { minuteMs, problem } = options;
    this.#options = options;
    this.#schedules = new EventSchedules({
      minuteMs,
      due: (rule) => this.#deliver(rule, this.#whole(scheduledEvent(rule))),
      problem,
    });
  }

  /** Starts the schedules that were added since and ends those that are gone; tells of patterns that are not played. */
  async follow(): Promise<void> {
    const rules = (await listRules(this.#options.run)).filter(({ enabled }) => enabled);
    for (const rule of rules) this.#tryPattern(rule, (pattern) => readPattern(pattern));
    this.#schedules.follow(rules);
  }

  /** Delivers an event to the targets of every enabled rule that it matches; returns those rules' names. */
  async put(event: BusEvent): Promise<readonly string[]> {
    const whole = this.#whole(event);
    const rules = (await listRules(this.#options.run)).filter(({ enabled }) => enabled);
    const matching = rules.filter((rule) => this.#tryPattern(rule, (pattern) => matches(pattern, whole)) === true);
    for (const rule of matching) await this.#deliver(rule, whole);
    return matching.map(({ name }) => name);
  }

  /** Ends the schedules. */
  async stop(): Promise<void> {
    await this.#schedules.stop();
  }

  #tryPattern<T>({ name, eventPattern }: DeployedRule, action: (pattern: Readonly<Record<string, unknown>>) => T) {
    if (eventPattern === undefined) return undefined;
    try {
      return action(eventPattern);
    } catch (cause) {
      this.#options.problem(`can not play rule ${name}`, cause);
      return undefined;
    }
  }

  // source: EventBridge user guide, "AWS service event metadata"
  #whole(event: BusEvent): Required<BusEvent> & Readonly<Record<string, unknown>> {
    const { id = randomUUID(), time = seconds(new Date()), resources = [] } = event;
    return { version: "0", account: ACCOUNT_ID, region: this.#options.region, ...event, id, time, resources };
  }

  async #deliver(rule: DeployedRule, event: Required<BusEvent>): Promise<void> {
    const { run, functions, invokeAsync } = this.#options;
    for (const target of (await listRuleTargets(run)).filter((each) => each.rule === rule.name)) {
      if (functions.find(target.arn) === undefined) await functions.follow(); // it may be as new as its rule
      const deployed = functions.find(target.arn);
      const payload: unknown = target.input === undefined ? event : JSON.parse(target.input);
      const failure = deployed ? await this.#mayInvoke(rule, deployed) : noSuchTarget(target);
      if (deployed && failure === undefined) invokeAsync(deployed.name, payload);
      else if (failure !== undefined) await this.#giveUp(rule, target, event, failure);
    }
  }

  /** Undefined when a statement of the function's policy lets this rule invoke it. */
  async #mayInvoke({ arn }: DeployedRule, { name, arn: resource }: DeployedFunction): Promise<Failure | undefined> {
    const context = { "aws:SourceArn": arn, "aws:SourceAccount": ACCOUNT_ID };
    if (await mayInvoke(this.#options.run, { name, arn: resource }, { principal: EVENTS, context })) return undefined;
    return { code: "NO_PERMISSIONS", message: `no permission of ${name} lets ${EVENTS} invoke it for ${arn}` };
  }

  /** To the dead-letter queue, if EventBridge may send there; told either way. */
  async #giveUp(rule: DeployedRule, target: DeployedRuleTarget, event: BusEvent, failure: Failure): Promise<void> {
    const { problem } = this.#options;
    const what = `can not deliver an event of rule ${rule.name} to ${target.arn}: ${failure.message}`;
    if (target.deadLetterArn === undefined) return problem(`${what}; it is lost, there is no dead-letter queue`);
    try {
      const refused = await this.#sendDeadLetter(rule, target.deadLetterArn, deadLetter(rule, target, event, failure));
      problem(refused.length === 0 ? what : `${what}; it is lost: ${refused.join(", ")}`);
    } catch (cause) {
      problem(`${what}; it is lost`, cause);
    }
  }

  /** Sends nothing when it returns what keeps EventBridge from sending. */
  async #sendDeadLetter({ arn: ruleArn }: DeployedRule, arn: string, message: DeadLetter): Promise<readonly string[]> {
    const { endpoint, region, admin } = this.#options;
    const url = queueUrl(endpoint, arn);
    const sqs = new SQSClient({ endpoint, region, credentials: admin });
    const kms = new KMSClient({ endpoint, region, credentials: admin });
    try {
      const context = { "aws:SourceArn": ruleArn, "aws:SourceAccount": ACCOUNT_ID };
      const refused = await queueRefusals({ sqs, kms }, { arn, url }, { principal: EVENTS, context });
      if (refused.length === 0) await sqs.send(new SendMessageCommand({ QueueUrl: url, ...message }));
      return refused;
    } finally {
      sqs.destroy();
      kms.destroy();
    }
  }
}

interface Failure {
  readonly code: string;
  readonly message: string;
}

const noSuchTarget = ({ arn }: DeployedRuleTarget): Failure => ({
  code: "NO_RESOURCE",
  message: `${arn} is not there`,
});

type DeadLetter = ReturnType<typeof deadLetter>;

// source: EventBridge user guide, "Using dead-letter queues to process undelivered events": the event, and why in attributes
function deadLetter(rule: DeployedRule, target: DeployedRuleTarget, event: BusEvent, { code, message }: Failure) {
  const text = (StringValue: string) => ({ DataType: "String", StringValue });
  return {
    MessageBody: JSON.stringify(event),
    MessageAttributes: {
      RULE_ARN: text(rule.arn),
      TARGET_ARN: text(target.arn),
      ERROR_CODE: text(code),
      ERROR_MESSAGE: text(message),
    },
  };
}

// source: EventBridge user guide, "Creating an Amazon EventBridge rule that runs on a schedule", the event of a schedule
const scheduledEvent = ({ arn }: DeployedRule): BusEvent => ({
  source: "aws.events",
  "detail-type": "Scheduled Event",
  detail: {},
  resources: [arn],
});

const seconds = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;
