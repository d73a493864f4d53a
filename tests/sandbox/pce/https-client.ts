import type { IncomingHttpHeaders } from "node:http";
import { type Agent, request } from "node:https";
import type { Pce } from "../../../sandbox/pce/server";

/** What came back, with the body as text. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What to send; everything has a default that a PCE takes. */
export interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly caCertificate?: string;
  /** `undefined` sends no Authorization header. */
  readonly auth?: string | undefined;
  readonly agent?: Agent;
}

/** Where flows are uploaded in organisation 1. */
export const FLOWS_PATH = "/api/v2/orgs/1/agents/bulk_traffic_flows";

/** Uploads with the PCE's own key and CA unless the call says otherwise. Rejects on a connection error or a cut-off body. */
export function call(pce: Pce, options: Call = {}): Promise<Reply> {
  const auth = "auth" in options ? options.auth : `${pce.credentials.apiKeyId}:${pce.credentials.apiSecret}`;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: pce.host,
        port: pce.port,
        method: options.method ?? "POST",
        path: options.path ?? FLOWS_PATH,
        ca: options.caCertificate ?? pce.caCertificate,
        agent: options.agent ?? false,
        headers: { ...options.headers },
        ...(auth !== undefined && { auth }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(options.body ?? "");
  });
}

/** Uploads these lines as `text/csv`. */
export function upload(pce: Pce, lines: readonly string[], options: Call = {}): Promise<Reply> {
  return call(pce, { body: lines.join("\n"), headers: { "Content-Type": "text/csv" }, ...options });
}

/** `count` different good lines. */
export function flowLines(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `10.0.${i >> 8}.${i & 255},10.1.0.5,5432,6`);
}
