import { randomBytes } from "node:crypto";
import type { ErrorShape } from "./answer";
import { type BulkTrafficFlowsOptions, bulkTrafficFlows } from "./bulk-traffic-flows";
import { makeCertificates } from "./certificates";
import { type ExchangeDeps, exchange } from "./exchange";
import { type Fault, FaultQueue } from "./faults";
import type { PceCredentials } from "./gate";
import { type Counters, Ledger } from "./ledger";
import { Listener } from "./listener";
import { RateLimit } from "./rate-limit";
import type { LogWriter } from "./request-log";

/** How the stand-in behaves. Where no public source says what a PCE does, a switch lets tests try both answers. */
export interface PceOptions extends Partial<BulkTrafficFlowsOptions> {
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
   * Whether a 429 of the rate limit has a `Retry-After` header.
   * @default true
   */
  readonly sendRetryAfter?: boolean;
  /** @default "array" */
  readonly errorShape?: ErrorShape;
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
  /** Each flow taken (`src,dst,port,protocol`) and how many times; a copy. */
  flows(): ReadonlyMap<string, number>;
  /** Adds faults to the queue; each is met by one request, in order. */
  inject(...faults: readonly Fault[]): void;
  /** Has a function choose the fault, or none, of each request that no injected fault is for. */
  disturb(choose: () => Fault | undefined): void;
  /** Ends every connection and frees the port. Harmless when repeated. */
  close(): Promise<void>;
}

const BULK_DEFAULTS: BulkTrafficFlowsOptions = {
  maxLines: 1000,
  aboveMaxLines: "reject",
  jsonContentType: "reject",
  failedFlows: "lines",
};
const DEFAULTS = {
  ...BULK_DEFAULTS,
  orgId: 1,
  requestsPerMinute: 500,
  sendRetryAfter: true,
  errorShape: "array",
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
  const deps: ExchangeDeps = {
    // one line per resource
    routes: [...bulkTrafficFlows(ledger, settings)],
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
    flows: () => ledger.flows(),
    inject: (...injected) => faults.inject(...injected),
    disturb: (choose) => faults.disturb(choose),
    close: () => listener.close(),
  };
}

function newCredentials(): PceCredentials {
  return { apiKeyId: `api_${randomBytes(8).toString("hex")}`, apiSecret: randomBytes(32).toString("hex") };
}
