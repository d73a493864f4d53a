/** Plays CloudWatch Logs' subscriptions: what is written into a log group invokes the functions that are subscribed to it. */
import { gzipSync } from "node:zlib";
import { mayInvoke } from "./function-policy";
import type { LambdaFunctions } from "./lambda-functions";
import { ACCOUNT_ID } from "./moto";
import { type DeployedSubscription, listSubscriptions } from "./registry";

// CloudWatch Logs sends what has come together in its own time; nothing says how much
const EVENTS_PER_MESSAGE = 1_000;
const ID_DIGITS = 56;

/** One event as it was written into a log group. */
export interface LogEvent {
  /** Unix milliseconds. */
  readonly timestamp: number;
  readonly message: string;
}

/** Events of one log stream. */
export interface LogEvents {
  readonly logGroup: string;
  readonly logStream: string;
  readonly events: readonly LogEvent[];
}

/** What subscriptions work with. */
export interface LogSubscriptionsOptions {
  readonly run: string;
  readonly region: string;
  readonly functions: LambdaFunctions;
  readonly invokeAsync: (functionName: string, event: unknown) => string;
  readonly problem: (what: string, cause?: unknown) => void;
}

/** The subscriptions of a run folder. */
export class LogSubscriptions {
  readonly #options: LogSubscriptionsOptions;
  readonly #known = new Set<string>();
  #sent = 0;

  constructor(options: LogSubscriptionsOptions) {
    this.#options = options;
  }

  /** Sends each subscription that was added since its first message, which holds no events of the group. */
  async follow(): Promise<void> {
    const now = await listSubscriptions(this.#options.run);
    const added = now.filter((each) => !this.#known.has(JSON.stringify(each)));
    this.#known.clear();
    for (const each of now) this.#known.add(JSON.stringify(each));
    for (const each of added) await this.#send(each, controlMessage());
  }

  /** Sends events to every subscription of their group; returns the subscriptions' names. */
  async publish({ logGroup, logStream, events }: LogEvents): Promise<readonly string[]> {
    const subscriptions = (await listSubscriptions(this.#options.run)).filter((each) => each.logGroup === logGroup);
    for (const subscription of subscriptions) {
      for (let at = 0; at < events.length; at += EVENTS_PER_MESSAGE) {
        const some = events.slice(at, at + EVENTS_PER_MESSAGE);
        await this.#send(subscription, this.#dataMessage(subscription, logStream, some));
      }
    }
    return subscriptions.map(({ name }) => name);
  }

  // source: CloudWatch Logs user guide, "Subscription filters with AWS Lambda": base64 of gzip
  async #send(subscription: DeployedSubscription, message: object): Promise<void> {
    const { functions, invokeAsync, problem } = this.#options;
    const { logGroup, name, destinationArn } = subscription;
    if (functions.find(destinationArn) === undefined) await functions.follow(); // it may be as new as its subscription
    const deployed = functions.find(destinationArn);
    const failure = deployed ? await this.#refusal(subscription, deployed) : `${destinationArn} is not there`;
    if (failure !== undefined)
      return problem(`can not send events of ${logGroup} to ${name}, they are lost: ${failure}`);
    const data = gzipSync(JSON.stringify(message)).toString("base64");
    if (deployed) invokeAsync(deployed.name, { awslogs: { data } });
  }

  async #refusal({ logGroup }: DeployedSubscription, deployed: { readonly name: string; readonly arn: string }) {
    const { run, region } = this.#options;
    if (await logsMayInvoke(run, region, deployed, logGroup)) return undefined;
    return `no permission of ${deployed.name} lets logs.amazonaws.com invoke it for ${logGroup}`;
  }

  // source: CloudWatch Logs user guide, "Subscription filters with AWS Lambda", the example of a decoded event
  #dataMessage({ logGroup, name }: DeployedSubscription, logStream: string, events: readonly LogEvent[]): object {
    const logEvents = events.map(({ timestamp, message }) => {
      this.#sent += 1;
      return { id: `${this.#sent}`.padStart(ID_DIGITS, "0"), timestamp, message };
    });
    const owner = ACCOUNT_ID;
    return { messageType: "DATA_MESSAGE", owner, logGroup, logStream, subscriptionFilters: [name], logEvents };
  }
}

/** True when a permission of the function lets CloudWatch Logs invoke it for this group. Its name as a service may have the region in it. */
export async function logsMayInvoke(
  run: string,
  region: string,
  deployed: { readonly name: string; readonly arn: string },
  logGroup: string,
): Promise<boolean> {
  const sourceArn = `arn:aws:logs:${region}:${ACCOUNT_ID}:log-group:${logGroup}:*`;
  const context = { "aws:SourceArn": sourceArn, "aws:SourceAccount": ACCOUNT_ID };
  const names = ["logs.amazonaws.com", `logs.${region}.amazonaws.com`];
  const verdicts = names.map((principal) => mayInvoke(run, deployed, { principal, context }));
  return (await Promise.all(verdicts)).includes(true);
}

// source: CloudWatch Logs user guide, "Subscription filters": "mainly for checking if the destination is reachable"
const controlMessage = (): object => ({
  messageType: "CONTROL_MESSAGE",
  owner: "CloudwatchLogs",
  logGroup: "",
  logStream: "",
  subscriptionFilters: [],
  logEvents: [{ id: "", timestamp: Date.now(), message: "CWL CONTROL MESSAGE: Checking health of destination." }],
});
