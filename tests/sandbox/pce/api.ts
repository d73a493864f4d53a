import assert from "node:assert/strict";
import { Agent } from "node:https";
import type { PceVariant } from "../../../sandbox/pce/behaviour";
import { pceVariants } from "../../../sandbox/pce/behaviour";
import { type Pce, type PceOptions, startPce } from "../../../sandbox/pce/server";
import { call, type Reply } from "./https-client";

/** What came back, with the body read as JSON. */
export interface ApiReply<T> {
  readonly status: number;
  readonly headers: Reply["headers"];
  readonly body: T;
}

/** An object as a PCE sends it. */
export type Shown = Record<string, unknown> & { readonly href: string };

/** A stand-in and the calls of its API, on connections that stay open. */
export interface Api {
  readonly pce: Pce;
  /** Calls what is below `/api/v2/orgs/1`, or what an href names. */
  send<T = Shown>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiReply<T>>;
  get<T = Shown[]>(path: string): Promise<ApiReply<T>>;
  /** Makes an object, and expects it to be made. */
  make(path: string, body: unknown): Promise<Shown>;
  close(): Promise<void>;
}

/** Starts a stand-in that lets a client hurry. */
export async function startApi(options: PceOptions = {}): Promise<Api> {
  const pce = await startPce({ requestsPerMinute: 100_000, bulkMs: 0, jobRetryAfterSeconds: 0, ...options });
  const agent = new Agent({ keepAlive: true });
  const send = async <T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const reply = await call(pce, {
      method,
      path: path.startsWith("/orgs/") ? `/api/v2${path}` : `/api/v2/orgs/1${path}`,
      agent,
      headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    assert.ok(reply.headers["request-id"], "every answer has a Request-ID");
    return { ...reply, body: (reply.body === "" ? undefined : JSON.parse(reply.body)) as T };
  };
  return {
    pce,
    send,
    get: (path) => send("GET", path),
    async make(path, body) {
      const reply = await send<Shown>("POST", path, body);
      assert.equal(reply.status, 201, JSON.stringify(reply.body));
      return reply.body;
    },
    async close() {
      agent.destroy();
      await pce.close();
    },
  };
}

/** The token of an error in any of the shapes that it can have; of the shape that has none, `undefined`. */
export function tokenOf({ body }: ApiReply<unknown>): string | undefined {
  const error = (Array.isArray(body) ? body[0] : body) as { token?: string } | undefined;
  return error?.token;
}

/** Describes the promises that a stand-in keeps however it behaves, once for each way. */
export function inEveryWay(promises: (start: () => Promise<Api>, variant: PceVariant) => void): void {
  for (const variant of pceVariants) {
    describe(`behaving ${variant.name}`, () => {
      const running: Api[] = [];
      afterEach(() => Promise.all(running.splice(0).map((api) => api.close())));
      promises(async () => {
        const api = await startApi({ ...variant.behaviour });
        running.push(api);
        return api;
      }, variant);
    });
  }
}
