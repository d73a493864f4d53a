import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { UntrustedError } from "./pce-errors";

export type PceMethod = "GET" | "POST" | "PUT" | "DELETE";

/** One request to the PCE. */
export interface PceCall {
  readonly method: PceMethod;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /**
   * Longest body of an answer that is read.
   * @default 1 MiB: the answer to 1,000 lines that all failed is some 60 KB
   */
  readonly maxAnswerBytes?: number;
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
export type SendToPce = (call: PceCall) => Promise<PceAnswer>;

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
  /**
   * Connections kept, and so requests at a time; further ones wait for their turn.
   * @default 1
   */
  readonly maxConnections?: number;
}

/** Connecting takes milliseconds, or the host is not there. */
const CONNECT_TIMEOUT_MS = 5_000;

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
      maxSockets: endpoint.maxConnections ?? 1,
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
  readonly send: SendToPce = (call) =>
    new Promise((resolve, reject) => {
      const { host, port } = this.#endpoint;
      const outgoing = request({
        host,
        port,
        method: call.method,
        path: call.path,
        agent: this.#agent,
        headers: { ...call.headers, ...(call.body && { "content-length": String(call.body.length) }) },
      });
      const fail = (error: Error): void => {
        outgoing.destroy();
        reject(isUntrusted(error) ? untrusted(host, port, error) : error);
      };
      const giveUp = (what: string, afterMs: number): NodeJS.Timeout =>
        setTimeout(() => fail(new Error(`${what} within ${afterMs} ms`)), afterMs);
      const connectMs = Math.min(CONNECT_TIMEOUT_MS, call.timeoutMs);
      let connectTimer: NodeJS.Timeout | undefined;
      const totalTimer = giveUp(`no whole answer from ${host}:${port}`, call.timeoutMs);
      const settle = (): void => {
        clearTimeout(connectTimer);
        clearTimeout(totalTimer);
      };

      outgoing.on("socket", (socket) => {
        // not before: a request may wait for another to give up its connection
        if (!socket.connecting) return;
        connectTimer = giveUp(`no connection to ${host}:${port}`, connectMs);
        socket.once("secureConnect", () => clearTimeout(connectTimer));
      });
      outgoing.on("response", (incoming) => {
        readBody(incoming, call.maxAnswerBytes ?? MAX_ANSWER_BYTES).then((body) => {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
        }, fail);
      });
      outgoing.on("error", fail);
      outgoing.on("close", settle);
      outgoing.end(call.body);
    });
}

async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
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
