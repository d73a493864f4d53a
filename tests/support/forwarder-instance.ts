import { DEFAULT_LIMITS } from "../../flow-logs/unreadable";
import type { BackfillResult } from "../../functions/flow-forwarder/backfill";
import type { BackfillInput } from "../../functions/flow-forwarder/backfill-input";
import { createForwarder, type Forwarder, type ForwarderEvent } from "../../functions/flow-forwarder/forwarder";
import type { PceTransport } from "../../illumio/client/pce-transport";
import { objectStore, type Stored } from "./object-store";
import { sqsEvent } from "./s3-notifications";

type Config = Parameters<typeof createForwarder>[0]["config"];

/** What the component sets, for one instance that has all of the PCE's requests to itself. */
export const CONFIG: Config = {
  servicePorts: [5432],
  sendRejected: false,
  pce: { orgId: 1 },
  queueUrl: "https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs",
  requestsPerMinute: 500,
  backfillRequestsPerMinute: 500,
  resendAfterMs: 3_600_000,
  limits: DEFAULT_LIMITS,
  quarantineBucket: undefined,
  format: undefined,
  logGroup: undefined,
};

/** What an instance is given beside its PCE. */
export interface InstanceOptions {
  readonly objects?: Readonly<Record<string, Stored>>;
  readonly config?: Partial<Config>;
  /** Formats that EC2 knows, in its own form. Absent: nobody is asked. */
  readonly describe?: () => readonly (readonly string[])[];
  /** Whether malformed lines are kept. */
  readonly hasQuarantine?: boolean;
  /** Fails what is sent to the queue. */
  readonly queueFailure?: Error;
}

/** One Lambda instance in front of a scripted PCE; its waits take no time but move the clock. */
export class ForwarderInstance {
  clockMs = Date.UTC(2026, 0, 2);
  secretReads = 0;
  describes = 0;
  readonly waits: number[] = [];
  readonly logged: string[] = [];
  /** Messages that it put into the queue. */
  readonly queued: string[] = [];
  /** What it put into the bucket, by key. */
  readonly put = new Map<string, Buffer>();
  /** Of each publication, in order: with dimensions beside the counts, if there are any. */
  readonly metrics: Record<string, number | string>[] = [];
  readonly store: ReturnType<typeof objectStore>;
  readonly #forward: Forwarder;

  constructor(transport: Pick<PceTransport, "send" | "close">, options: InstanceOptions = {}) {
    let counts: Record<string, number | string> = {};
    const log = (message: string, fields: Record<string, unknown>): void => {
      this.logged.push(JSON.stringify({ message, ...fields }));
    };
    this.store = objectStore(options.objects ?? {});
    const { describe, queueFailure, hasQuarantine = false } = options;
    this.#forward = createForwarder({
      config: { ...CONFIG, ...options.config },
      store: this.store.store,
      sendMessage: async (body) => {
        if (queueFailure) throw queueFailure;
        this.queued.push(body);
      },
      putObject: hasQuarantine ? async (key, body) => void this.put.set(key, body) : undefined,
      describeFormats: describe && (async () => this.#describe(describe)),
      readSecret: async () => {
        this.secretReads += 1;
        return '{"apiKeyId":"api_1a2b","apiSecret":"s3cr3t"}';
      },
      transport,
      log: { info: log, warn: log, error: log },
      metrics: {
        addMetric: (name, _unit, value) => {
          counts[name] = Number(counts[name] ?? 0) + value;
        },
        addDimension: (name, value) => {
          counts[name] = value;
        },
        publishStoredMetrics: () => {
          this.metrics.push(counts);
          counts = {};
        },
      },
      time: {
        now: () => this.clockMs,
        random: () => 0,
        sleep: async (ms) => {
          this.waits.push(ms);
          this.clockMs += ms;
        },
      },
    });
  }

  /** Runs an invocation of so many milliseconds on messages with these bodies, and gives the messages that go back. */
  async invoke(bodies: readonly string[], timeMs = 30_000): Promise<string[]> {
    const result = await this.invokeWith(sqsEvent(bodies), timeMs);
    if (result === undefined || !("batchItemFailures" in result)) throw new Error("a batch has a response");
    return result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  }

  /** Runs an invocation on any event. */
  async invokeWith(event: ForwarderEvent, timeMs = 30_000): ReturnType<Forwarder> {
    const endMs = this.clockMs + timeMs;
    return this.#forward(event, { getRemainingTimeInMillis: () => endMs - this.clockMs });
  }

  /** Runs an invocation of a backfill of these objects, each with an ETag of its own. */
  async backfill(keys: readonly string[], timeMs?: number, input?: BackfillInput): Promise<BackfillResult> {
    const objects = keys.map((key) => ({ key, etag: `"tag-of-${key}"` }));
    const backfill = { bucket: "flow-logs", objects, ...(input && { input }) };
    return (await this.invokeWith({ backfill }, timeMs)) as BackfillResult;
  }

  #describe(describe: NonNullable<InstanceOptions["describe"]>): readonly (readonly string[])[] {
    this.describes += 1;
    return describe();
  }
}
