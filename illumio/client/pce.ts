import { OneAtATime } from "./bulk";
import type { CredentialsSource } from "./credentials";
import type { Deadline } from "./deadline";
import { IpLists } from "./ip-lists";
import { Labels } from "./labels";
import { PceRequests } from "./pce-requests";
import { PceSession, type PceSessionOptions } from "./pce-session";
import { type PceEndpoint, PceTransport } from "./pce-transport";
import { Provisioning } from "./provisioning";
import { RequestPace } from "./request-pace";
import { DEFAULT_RETRY_POLICY } from "./retry-timing";
import { RuleSets } from "./rule-sets";
import { ServiceBindings } from "./service-bindings";
import { VirtualServices } from "./virtual-services";
import { Workloads } from "./workloads";

/** Which PCE, and who asks it. */
export interface PceOptions extends Omit<PceSessionOptions, "send"> {
  readonly endpoint: PceEndpoint;
  readonly orgId: number;
  readonly credentials: CredentialsSource;
  /**
   * Requests in any minute. A PCE takes 500 of an API key; who shares the key with others takes less.
   * @default 500
   */
  readonly requestsPerMinute?: number;
}

/** An outage of a minute is outlasted; a PCE that fails longer is not a matter of patience. */
const MAX_ATTEMPTS = 10;
const REQUESTS_PER_MINUTE = 500;
/** So that a long list does not hold up the rest. */
const CONNECTIONS = 4;

/** One PCE, for as long as the process lives; its connections are kept. */
export class Pce {
  readonly #transport: PceTransport;
  readonly #session: PceSession;
  readonly #orgId: number;
  readonly #pace: RequestPace;
  readonly #bulkQueue = new OneAtATime();

  constructor({ endpoint, orgId, requestsPerMinute = REQUESTS_PER_MINUTE, ...session }: PceOptions) {
    this.#transport = new PceTransport({ maxConnections: CONNECTIONS, ...endpoint });
    this.#session = new PceSession({
      retry: { ...DEFAULT_RETRY_POLICY, maxAttempts: MAX_ATTEMPTS },
      ...session,
      send: this.#transport.send,
    });
    this.#orgId = orgId;
    this.#pace = new RequestPace({ perMinute: requestsPerMinute, now: session.now ?? Date.now });
  }

  /** Everything that can be asked of the PCE, by work that ends at the deadline. `onAnswer` hears of every answer. */
  within(deadline: Deadline, onAnswer?: (latencyMs: number) => void): PceObjects {
    const terms = { deadline, pace: this.#pace, ...(onAnswer && { onAnswer }) };
    const requests = new PceRequests(this.#session, this.#orgId, terms);
    const labels = new Labels(requests);
    return {
      labels,
      workloads: new Workloads(requests, this.#bulkQueue),
      virtualServices: new VirtualServices(requests),
      ipLists: new IpLists(requests),
      ruleSets: new RuleSets(requests, labels),
      provisioning: new Provisioning(requests),
      serviceBindings: new ServiceBindings(requests),
    };
  }

  /** Closes the kept connections; a later request opens new ones. */
  close(): void {
    this.#transport.close();
  }
}

/** The objects of an organisation. */
export interface PceObjects {
  readonly labels: Labels;
  readonly workloads: Workloads;
  readonly virtualServices: VirtualServices;
  readonly ipLists: IpLists;
  readonly ruleSets: RuleSets;
  readonly provisioning: Provisioning;
  readonly serviceBindings: ServiceBindings;
}
