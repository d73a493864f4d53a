import { fixedCredentials } from "../../illumio/client/credentials";
import { Pce, type PceObjects, type PceOptions } from "../../illumio/client/pce";
import { type Script, type ScriptedAnswer, type ScriptedPce, scriptedPce } from "./scripted-pce";

export const API_SECRET = "s3cr3t-of-the-fixture";

/** The client of a scripted PCE whose waits take no time but move the clock. */
export interface ScriptedObjects extends PceObjects {
  readonly pce: ScriptedPce;
  readonly waits: readonly number[];
  /** Of each request, in order: method and path, without the organisation. */
  asked(): readonly string[];
  /** The JSON that the last request with this method had. */
  sent(method: string): unknown;
  close(): Promise<void>;
}

/** Starts the PCE and its client. `timeMs` is how long the client may work. */
async function scriptedObjects(
  script: Script,
  { timeMs = 100_000, ...options }: Partial<PceOptions> & { readonly timeMs?: number } = {},
): Promise<ScriptedObjects> {
  const pce = await scriptedPce(script);
  let clockMs = Date.UTC(2026, 0, 2);
  const endMs = clockMs + timeMs;
  const waits: number[] = [];
  const client = new Pce({
    endpoint: { host: pce.host, port: pce.port, ca: pce.ca },
    orgId: 1,
    credentials: fixedCredentials("api_1a2b", API_SECRET),
    now: () => clockMs,
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms);
      clockMs += ms;
    },
    ...options,
  });
  return {
    ...client.within({ remainingMs: () => endMs - clockMs }),
    pce,
    waits,
    asked: () => pce.requests.map(({ method, path }) => `${method} ${path.replace("/api/v2/orgs/1", "")}`),
    sent: (method) => JSON.parse(pce.requests.findLast((request) => request.method === method)?.body ?? "null"),
    close: async () => {
      client.close();
      await pce.close();
    },
  };
}

/** Starts clients of scripts that are closed after each test of the suite that calls this. */
export function scriptedClients(): typeof scriptedObjects {
  const open: ScriptedObjects[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });
  return async (script, options) => {
    const made = await scriptedObjects(script, options);
    open.push(made);
    return made;
  };
}

/** An answer with this JSON. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): ScriptedAnswer {
  return { status, body: JSON.stringify(value), headers };
}

/** A PUT's or DELETE's answer of success. */
export const NO_CONTENT: ScriptedAnswer = { status: 204, body: "" };
