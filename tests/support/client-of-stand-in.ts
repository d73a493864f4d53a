import { fixedCredentials } from "../../illumio/client/credentials";
import { Pce as PceClient, type PceObjects } from "../../illumio/client/pce";
import { type Pce, type PceOptions, startPce } from "../../sandbox/pce/server";

/** The typed client of a PCE stand-in of its own. */
export interface ClientOfStandIn extends PceObjects {
  readonly pce: Pce;
  close(): Promise<void>;
}

const DEADLINE_MS = 60_000;
/** What a client sleeps at most: long enough for the stand-in's next answer to be another one. */
const LONGEST_SLEEP_MS = 20;

/** Starts a stand-in that behaves as told, and a client of it that waits no longer than it must. */
export async function clientOfStandIn(options: PceOptions = {}): Promise<ClientOfStandIn> {
  const pce = await startPce({ requestsPerMinute: 100_000, provisionMs: 50, ...options });
  const endMs = Date.now() + DEADLINE_MS;
  const client = new PceClient({
    endpoint: { host: pce.host, port: pce.port, ca: pce.caCertificate },
    orgId: pce.orgId,
    credentials: fixedCredentials(pce.credentials.apiKeyId, pce.credentials.apiSecret),
    requestsPerMinute: 100_000,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, LONGEST_SLEEP_MS))),
  });
  return {
    ...client.within({ remainingMs: () => endMs - Date.now() }),
    pce,
    close: async () => {
      client.close();
      await pce.close();
    },
  };
}
