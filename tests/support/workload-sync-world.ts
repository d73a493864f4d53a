import type { Resource } from "../../functions/workload-sync/inventory";
import type { LabelMapping } from "../../functions/workload-sync/labelling";
import { createWorkloadSync, type SyncOutcome, type WorkloadSync } from "../../functions/workload-sync/workload-sync";
import { fixedCredentials } from "../../illumio/client/credentials";
import { deadlineIn } from "../../illumio/client/deadline";
import { Pce as PceClient, type PceObjects } from "../../illumio/client/pce";
import { type Pce, type PceOptions, startPce } from "../../sandbox/pce/server";

export const DATA_SET = "rds-sightline/123456789012/eu-west-1/dev/workloads";
export const POLICY_DATA_SET = "rds-sightline/123456789012/eu-west-1/dev";
export const GRACE_MS = 3_600_000;
export const MAPPING: LabelMapping = { role: { tag: "Role" }, env: { tag: "env", default: "prod" } };

const RUN_MS = 30_000;
const LONGEST_SLEEP_MS = 5;

/** What the PCE has of a workload. */
export interface HeldWorkload {
  readonly name: string | null;
  readonly description: string | null;
  readonly addresses: readonly string[];
  /** Such as `role=web`, in order. */
  readonly labels: readonly (string | undefined)[];
}

/** A line of the log. */
export interface Line {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A workload sync of its own before a PCE stand-in; what AWS has, and the time, are the test's to say. */
export class WorkloadSyncWorld {
  readonly pce: Pce;
  readonly #client: PceClient;
  readonly log: Line[] = [];
  /** Every value of every metric, by its name. */
  readonly metrics: Record<string, number[]> = {};
  resources: readonly Resource[] = [];
  /** Thrown instead of an inventory. */
  awsFailure: Error | undefined;
  nowMs = Date.parse("2026-01-02T03:04:05Z");
  sync: WorkloadSync;

  private constructor(pce: Pce) {
    this.pce = pce;
    this.#client = new PceClient({
      endpoint: { host: pce.host, port: pce.port, ca: pce.caCertificate },
      orgId: pce.orgId,
      credentials: fixedCredentials(pce.credentials.apiKeyId, pce.credentials.apiSecret),
      requestsPerMinute: 100_000,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, LONGEST_SLEEP_MS))),
    });
    this.sync = this.another();
  }

  static async open(options: PceOptions = {}): Promise<WorkloadSyncWorld> {
    return new WorkloadSyncWorld(await startPce({ requestsPerMinute: 100_000, bulkMs: 1, ...options }));
  }

  /** The sync of another execution environment: it remembers nothing. */
  another(mapping: LabelMapping = MAPPING): WorkloadSync {
    const line = (level: Line["level"]) => (message: string, fields: Record<string, unknown>) => {
      this.log.push({ level, message, fields });
    };
    return createWorkloadSync({
      config: { externalDataSet: DATA_SET, labels: mapping, graceMs: GRACE_MS },
      readInventory: async () => {
        if (this.awsFailure !== undefined) throw this.awsFailure;
        return this.resources;
      },
      pce: (deadline, onAnswer) => this.#client.within(deadline, onAnswer),
      log: { info: line("info"), warn: line("warn"), error: line("error") },
      metrics: {
        addMetric: (name, _, value) => {
          this.metrics[name] = [...(this.metrics[name] ?? []), value];
        },
        publishStoredMetrics: () => undefined,
      },
      now: () => this.nowMs,
    });
  }

  /** The PCE as whoever else uses it has it. */
  get objects(): PceObjects {
    return this.#client.within(deadlineIn(RUN_MS));
  }

  run(event: unknown = {}): Promise<SyncOutcome> {
    return this.sync(event, deadlineIn(RUN_MS));
  }

  /** Takes away what the sync has made. */
  remove(): Promise<SyncOutcome> {
    return this.run({ trigger: "deploy", tf: { action: "delete" } });
  }

  /** The workloads of the sync, by their references. */
  own(): Record<string, HeldWorkload> {
    const { unmanagedWorkloads, labels } = this.pce.holdings();
    const named = new Map(labels.map(({ href, key, value }) => [href, `${key}=${value}`]));
    return Object.fromEntries(
      unmanagedWorkloads
        .filter(({ external_data_set: dataSet }) => dataSet === DATA_SET)
        .map((workload) => [
          workload.external_data_reference ?? "",
          {
            name: workload.name,
            description: workload.description,
            addresses: workload.interfaces.map(({ address }) => address),
            labels: workload.labels.map(({ href }) => named.get(href)).sort(),
          },
        ]),
    );
  }

  /** What everybody else has made, workloads as they are. */
  foreign() {
    const { unmanagedWorkloads, managedWorkloads } = this.pce.holdings();
    return [...managedWorkloads, ...unmanagedWorkloads.filter((each) => each.external_data_set !== DATA_SET)];
  }

  /** Requests since then that were no GET, and all of them. */
  async requestsOf(work: () => Promise<unknown>): Promise<{ readonly writes: number; readonly all: number }> {
    const before = this.pce.requestsByKind();
    await work();
    const kinds = Object.entries(this.pce.requestsByKind());
    const sum = (isCounted: (kind: string) => boolean) =>
      kinds.reduce((total, [kind, count]) => total + (isCounted(kind) ? count - (before[kind] ?? 0) : 0), 0);
    return { writes: sum((kind) => !kind.startsWith("GET ")), all: sum(() => true) };
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.pce.close();
  }
}

/** A resource of the inventory with these addresses and tags. */
export function resource(
  reference: string,
  addresses: readonly string[],
  tags: Readonly<Record<string, string>> = {},
): Resource {
  return {
    reference,
    name: reference,
    description: `Amazon EC2 instance ${reference}`,
    tags,
    addresses: addresses.map((address) => ({ name: `eni-${reference}`, address })),
  };
}
