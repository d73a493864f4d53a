/** What functions write: to their CloudWatch log group under their own role, to a local file, and metrics summed. */

import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  type InputLogEvent,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Credentials } from "./access-control";
import type { DeployedFunction } from "./registry";

const EVENTS_PER_PUT = 1_000; // CloudWatch takes 10,000 and 1 MB

/** Sums of embedded-metric-format values, by metric name, over all functions; those that are told apart by more than the function are summed apart. */
export class MetricSums {
  readonly #sums = new Map<string, number>();

  /** Adds the metrics of a line that is in the embedded metric format; any other line is left alone. */
  add(line: string): void {
    for (const [name, value] of embeddedMetrics(line)) this.#sums.set(name, (this.#sums.get(name) ?? 0) + value);
  }

  /** A copy, sorted by name. */
  all(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#sums].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/**
 * The metric values in a log line.
 * source:  CloudWatch user guide, "Specification: Embedded metric format"
 * format:  {"_aws":{"CloudWatchMetrics":[{"Metrics":[{"Name":<name>}]}]},"<name>":<number or list of numbers>}
 * example: {"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[[]],"Metrics":[{"Name":"Records"}]}]},"Records":12}
 */
export function embeddedMetrics(line: string): readonly (readonly [name: string, value: number])[] {
  if (!line.startsWith("{") || !line.includes('"CloudWatchMetrics"')) return [];
  let parsed: EmbeddedMetricLine;
  try {
    parsed = JSON.parse(line) as EmbeddedMetricLine;
  } catch {
    return [];
  }
  const values = new Map<string, number>();
  for (const { Metrics, Dimensions = [] } of parsed._aws?.CloudWatchMetrics ?? []) {
    // each metric of a function has a dimension for the function; a further one makes it another metric
    const more = Dimensions.flat().slice(1);
    const by = more.length === 0 ? "" : ` by ${more.join(", ")}`;
    for (const { Name } of Metrics) values.set(`${Name}${by}`, sum(parsed[Name]));
  }
  return [...values];
}

interface EmbeddedMetricLine {
  readonly _aws?: {
    readonly CloudWatchMetrics?: readonly {
      readonly Dimensions?: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

const sum = (value: unknown): number =>
  Array.isArray(value) ? value.reduce((total: number, each) => total + Number(each), 0) : Number(value);

/** The log group a function writes to: its own setting, or Lambda's default. */
export const logGroupOf = (deployed: DeployedFunction): string => deployed.logGroup ?? `/aws/lambda/${deployed.name}`;

/** Where one execution environment writes. */
export interface LogStreamOptions {
  readonly deployed: DeployedFunction;
  readonly stream: string;
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** Local copies: `<folder>/<function name>.log`. */
  readonly folder: string;
  /** Told when CloudWatch refuses; real Lambda drops the lines without a word. */
  readonly problem: (what: string, cause: unknown) => void;
}

/** The log stream of one execution environment. */
export class LambdaLogStream {
  readonly #options: LogStreamOptions;
  readonly #client: CloudWatchLogsClient;
  #waiting: InputLogEvent[] = [];
  #created = false;
  #flushed: Promise<void> = Promise.resolve();

  constructor(options: LogStreamOptions) {
    const { endpoint, region, credentials } = options;
    this.#options = options;
    this.#client = new CloudWatchLogsClient({ endpoint, region, credentials });
  }

  /** Keeps a line for the next flush. */
  line(text: string): void {
    if (text !== "") this.#waiting.push({ timestamp: Date.now(), message: text });
  }

  /** Writes what waits; never rejects, a refusal goes to `problem`. */
  flush(): Promise<void> {
    this.#flushed = this.#flushed.then(() => this.#write());
    return this.#flushed;
  }

  async #write(): Promise<void> {
    const events = this.#waiting;
    this.#waiting = [];
    if (events.length === 0) return;
    const { deployed, folder, problem, stream } = this.#options;
    const logGroupName = logGroupOf(deployed);
    await appendFile(join(folder, `${deployed.name}.log`), events.map(({ message }) => `${message}\n`).join(""));
    try {
      if (!this.#created) {
        await this.#client.send(new CreateLogStreamCommand({ logGroupName, logStreamName: stream }));
        this.#created = true;
      }
      for (let at = 0; at < events.length; at += EVENTS_PER_PUT) {
        const logEvents = events.slice(at, at + EVENTS_PER_PUT);
        await this.#client.send(new PutLogEventsCommand({ logGroupName, logStreamName: stream, logEvents }));
      }
    } catch (cause) {
      problem(`can not write to the log group ${logGroupName}`, cause);
    }
  }

  /** Frees the connection. */
  close(): void {
    this.#client.destroy();
  }
}
