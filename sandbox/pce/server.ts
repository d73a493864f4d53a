import { randomBytes } from "node:crypto";
import { DEFAULT_BEHAVIOUR, type PceBehaviour } from "./behaviour";
import { bulkTrafficFlows } from "./bulk-traffic-flows";
import { makeCertificates } from "./certificates";
import { type ExchangeDeps, exchange } from "./exchange";
import { type ExplainedFlows, explainFlows } from "./explain/explain-flows";
import { type CallFault, type Fault, FaultQueue, type FaultTarget } from "./faults";
import type { PceCredentials } from "./gate";
import { healthRoutes } from "./health";
import { type Holdings, holdingsOf } from "./holdings";
import { type Counters, Ledger } from "./ledger";
import { Listener } from "./listener";
import { jobRoutes } from "./objects/jobs";
import { labelRoutes } from "./objects/labels";
import type { PlantedWorkload } from "./objects/workload";
import { plantManagedWorkload, unpairWorkload, workloadRoutes } from "./objects/workloads";
import { fixedRoutes } from "./policy/fixed-objects";
import { ruleSetRoutes } from "./policy/rule-sets";
import { ruleRoutes } from "./policy/rules";
import { secPolicyRoutes } from "./policy/sec-policy";
import { serviceBindingRoutes } from "./policy/service-bindings";
import { virtualServiceRoutes } from "./policy/virtual-services";
import { RateLimit } from "./rate-limit";
import type { LogWriter } from "./request-log";
import { emptyWorld } from "./world";

/** How the stand-in behaves; see `SWITCHES` for the points that no public source settles. */
export interface PceOptions extends Partial<PceBehaviour> {
  /**
   * Lines that one upload of flows may have.
   * @default 1000
   */
  readonly maxLines?: number;
  /** @default 1 */
  readonly orgId?: number;
  /** @default - a new random key */
  readonly credentials?: PceCredentials;
  /**
   * Requests that one API key may make in a minute before it gets a 429.
   * @default 500
   */
  readonly requestsPerMinute?: number;
  /**
   * The keys that a label may have.
   * @default role, app, env and loc
   */
  readonly labelKeys?: readonly string[];
  /**
   * Milliseconds that a bulk operation lasts after its last item; another one in that time gets a 429.
   * @default 20
   */
  readonly bulkMs?: number;
  /**
   * How many times a job is still running when it is asked for.
   * @default 1
   */
  readonly jobPolls?: number;
  /**
   * The `Retry-After` of a job, in seconds.
   * @default 1
   */
  readonly jobRetryAfterSeconds?: number;
  /**
   * Milliseconds until provisioned policy is active, where `provisioning` is "eventual".
   * @default 100
   */
  readonly provisionMs?: number;
  /**
   * Bytes that a request body may have; above it the answer is 413.
   * @default 10 MiB
   */
  readonly maxBodyBytes?: number;
  /**
   * Milliseconds since 1970, for the rate limit and the log.
   * @default Date.now
   */
  readonly now?: () => number;
  /** @default - requests are not logged */
  readonly writeLog?: LogWriter;
}

/** A running stand-in. */
export interface Pce {
  /** `https://host:port`, without a path. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly orgId: number;
  /** PEM of the CA that a client must trust. */
  readonly caCertificate: string;
  readonly credentials: PceCredentials;
  counters(): Counters;
  /** How many requests of each kind came in, such as `PUT /orgs/:org/workloads/bulk_create`. */
  requestsByKind(): Readonly<Record<string, number>>;
  /** Each flow taken (`src,dst,port,protocol`) and how many times; a copy. */
  flows(): ReadonlyMap<string, number>;
  /** Everything that it holds now: labels, workloads, policy, bindings. */
  holdings(): Holdings;
  /** Says of each flow taken which workloads it is of, and whether the active policy allows it. */
  explainFlows(): ExplainedFlows;
  /** Puts a workload with an agent in place, and returns its href. */
  plantManagedWorkload(workload: PlantedWorkload): string;
  /** Takes a planted workload away, as when its agent is unpaired. */
  unpairWorkload(href: string): void;
  /** Adds faults to the queue; each is met by one request, in order. */
  inject(...faults: readonly Fault[]): void;
  /** Has a function choose the fault, or none, of each request that no injected fault is for. */
  disturb(choose: (target: FaultTarget) => Fault | undefined): void;
  /** Has some calls meet faults: those of a method and a path, the third one, some by chance. */
  failCalls(...rules: readonly CallFault[]): void;
  /** Has every call go well from now on. */
  clearFaults(): void;
  /** Ends every connection and frees the port. Harmless when repeated. */
  close(): Promise<void>;
}

const DEFAULTS = {
  ...DEFAULT_BEHAVIOUR,
  maxLines: 1000,
  orgId: 1,
  requestsPerMinute: 500,
  labelKeys: ["role", "app", "env", "loc"],
  bulkMs: 20,
  jobPolls: 1,
  jobRetryAfterSeconds: 1,
  provisionMs: 100,
  maxBodyBytes: 10 * 1024 * 1024,
  now: Date.now,
  writeLog: () => {},
} as const;

/** Starts a PCE stand-in on 127.0.0.1 with a CA, a certificate and an API key of its own. */
export async function startPce(options: PceOptions = {}): Promise<Pce> {
  const settings = { ...DEFAULTS, credentials: newCredentials(), ...options };
  const { orgId, credentials, now } = settings;
  const certificates = await makeCertificates();
  const ledger = new Ledger();
  const faults = new FaultQueue();
  const world = emptyWorld({
    orgId,
    now,
    behaviour: settings,
    labelKeys: settings.labelKeys,
    bulkMs: settings.bulkMs,
    provisionMs: settings.provisionMs,
    jobOptions: { polls: settings.jobPolls, retryAfterSeconds: settings.jobRetryAfterSeconds },
  });
  const deps: ExchangeDeps = {
    // one line per resource
    routes: [
      ...bulkTrafficFlows(ledger, settings),
      ...labelRoutes(world),
      ...workloadRoutes(world),
      ...jobRoutes(world),
      ...virtualServiceRoutes(world),
      ...ruleSetRoutes(world),
      ...ruleRoutes(world),
      ...fixedRoutes(world),
      ...secPolicyRoutes(world),
      ...serviceBindingRoutes(world),
      ...healthRoutes(world),
    ],
    gate: {
      credentials,
      orgId,
      rateLimit: new RateLimit(settings.requestsPerMinute, now),
      sendRetryAfter: settings.sendRetryAfter,
    },
    faults,
    ledger,
    errorShape: settings.errorShape,
    maxBodyBytes: settings.maxBodyBytes,
    now,
    writeLog: settings.writeLog,
  };
  const listener = new Listener(certificates, (request, response) => {
    void exchange(request, response, listener, deps);
  });
  await listener.open();

  return {
    url: `https://${listener.host}:${listener.port}`,
    host: listener.host,
    port: listener.port,
    orgId,
    caCertificate: certificates.caCertificate,
    credentials,
    counters: () => ledger.counters(),
    requestsByKind: () => ledger.requestsByKind(),
    flows: () => ledger.flows(),
    holdings: () => holdingsOf(world),
    explainFlows: () => explainFlows(world, ledger.flows()),
    plantManagedWorkload: (workload) => plantManagedWorkload(world, workload),
    unpairWorkload: (href) => unpairWorkload(world, href),
    inject: (...injected) => faults.inject(...injected),
    failCalls: (...rules) => faults.failCalls(...rules),
    disturb: (choose) => faults.disturb(choose),
    clearFaults: () => faults.clear(),
    close: () => listener.close(),
  };
}

function newCredentials(): PceCredentials {
  return { apiKeyId: `api_${randomBytes(8).toString("hex")}`, apiSecret: randomBytes(32).toString("hex") };
}
