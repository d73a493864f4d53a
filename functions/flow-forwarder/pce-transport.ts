import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { UntrustedError } from "./pce-errors";

/** One request to the PCE. */
export interface PcePost {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Longest time for the whole exchange, connecting included. */
  readonly timeoutMs: number;
}

/** What the PCE answered, whatever the status. */
export interface PceAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends one request and waits for the whole answer. Rejects when there is none. */
export type SendToPce = (post: PcePost) => Promise<PceAnswer>;

/** Where the PCE is, and whom to believe that it is. */
export interface PceEndpoint {
  readonly host: string;
  readonly port: number;
  /**
   * CA certificates in PEM. When given they are the only ones trusted: who runs a private CA does not want any public
   * one to be able to vouch for the PCE.
   * @default - Node's public CA certificates
   */
  readonly ca?: string;
}

/** Connecting takes milliseconds, or the host is not there. */
const CONNECT_TIMEOUT_MS = 5_000;

/** The answer to 1,000 lines that all failed is some 60 KB. */
const MAX_ANSWER_BYTES = 1024 * 1024;

// The codes of OpenSSL's and Node's refusals of a certificate.
const UNTRUSTED =
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/** HTTPS to one PCE: connections are kept and used again until `close`, TLS 1.2 or newer, redirects are not followed. */
export class PceTransport {
  readonly #endpoint: PceEndpoint;
  readonly #agent: Agent;

  constructor(endpoint: PceEndpoint) {
    this.#endpoint = endpoint;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: 1,
      minVersion: "TLSv1.2",
      ...(endpoint.ca !== undefined && { ca: endpoint.ca }),
    });
  }

  /**
   * Closes the kept connections; the next request opens a new one. Called when an invocation ends: a frozen Lambda
   * does not notice that its peer hangs up, and would begin its next invocation with a dead connection.
   */
  close(): void {
    this.#agent.destroy();
  }

  /** @throws UntrustedError for a certificate that is not to be trusted; any other error is the network's. */
  readonly send: SendToPce = (post) =>
    new Promise((resolve, reject) => {
      const { host, port } = this.#endpoint;
      const outgoing = request({
        host,
        port,
        method: "POST",
        path: post.path,
        agent: this.#agent,
        headers: { ...post.headers, "content-length": String(post.body.length) },
      });
      const fail = (error: Error): void => {
        outgoing.destroy();
        reject(isUntrusted(error) ? untrusted(host, port, error) : error);
      };
      const giveUp = (what: string, afterMs: number): NodeJS.Timeout =>
        setTimeout(() => fail(new Error(`${what} within ${afterMs} ms`)), afterMs);
      const connectMs = Math.min(CONNECT_TIMEOUT_MS, post.timeoutMs);
      const connectTimer = giveUp(`no connection to ${host}:${port}`, connectMs);
      const totalTimer = giveUp(`no whole answer from ${host}:${port}`, post.timeoutMs);
      const settle = (): void => {
        clearTimeout(connectTimer);
        clearTimeout(totalTimer);
      };

      outgoing.on("socket", (socket) => {
        if (!socket.connecting) clearTimeout(connectTimer);
        socket.once("secureConnect", () => clearTimeout(connectTimer));
      });
      outgoing.on("response", (incoming) => {
        readBody(incoming).then((body) => {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
        }, fail);
      });
      outgoing.on("error", fail);
      outgoing.on("close", settle);
      outgoing.end(post.body);
    });
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function isUntrusted(error: Error): boolean {
  return "code" in error && typeof error.code === "string" && UNTRUSTED.test(error.code);
}

function untrusted(host: string, port: number, cause: Error): UntrustedError {
  return new UntrustedError(
    `the certificate of the PCE at ${host}:${port} is not trusted (${cause.message}); ` +
      "a PCE with a private CA needs the setting pce.caCertificate",
    { cause },
  );
}
