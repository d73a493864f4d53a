import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { ServerCertificates } from "./certificates";

const HOST = "127.0.0.1";
// idle connections outlive a client's pauses between batches; the usual setting of a proxy in front of a PCE
const KEEP_ALIVE_MS = 75_000;
const PORT_TAKEN_RETRY_MS = 100;

/**
 * An HTTPS server on a free port of 127.0.0.1 whose failures can be played: it can reset one connection, or go down
 * and come back on the same port.
 */
export class Listener {
  readonly host = HOST;
  readonly #server: Server;
  // TCP sockets by the client's port: a TLS socket cannot send a reset, the socket under it can
  readonly #sockets = new Map<number, Socket>();
  readonly #closed = new AbortController();
  #port = 0;
  #comeback: Promise<void> = Promise.resolve();

  constructor(certificates: ServerCertificates, onRequest: RequestListener) {
    this.#server = createServer(
      { key: certificates.privateKey, cert: certificates.certificate, minVersion: "TLSv1.2" },
      onRequest,
    );
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.#server.on("connection", (socket: Socket) => this.#track(socket));
    // a client that distrusts the CA, or hangs up during the handshake, is its own failure and not the server's
    this.#server.on("tlsClientError", () => {});
  }

  /** The port of the first `open`, also while the server is down. */
  get port(): number {
    return this.#port;
  }

  /** Starts listening; the first time on a free port, later on that same one. */
  async open(): Promise<void> {
    const { promise, resolve, reject } = promiseWithResolvers();
    this.#server.once("error", reject);
    this.#server.listen(this.#port, HOST, () => {
      this.#server.off("error", reject);
      this.#port = (this.#server.address() as AddressInfo).port;
      resolve();
    });
    await promise;
  }

  /** Sends a TCP reset on the connection that `socket` belongs to, so that the client sees ECONNRESET. */
  reset(socket: Socket): void {
    // the TLS socket notices by itself; to destroy it here as well makes Node trip over it in `close`
    this.#sockets.get(socket.remotePort ?? 0)?.resetAndDestroy();
  }

  /** Resets every connection, refuses new ones for `forMs`, then listens again. Returns at once; a second call waits its turn. */
  goDown(forMs: number): void {
    this.#comeback = this.#comeback.then(() => this.#stop()).then(() => this.#comeBack(forMs));
  }

  /** Ends every connection and stops for good. Harmless when repeated. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#comeback;
    await this.#stop();
  }

  #track(socket: Socket): void {
    const port = socket.remotePort ?? 0;
    this.#sockets.set(port, socket);
    socket.once("close", () => this.#sockets.delete(port));
  }

  async #stop(): Promise<void> {
    const { promise, resolve } = promiseWithResolvers();
    // the callback also comes, with an error, when the server was not listening
    this.#server.close(() => resolve());
    for (const socket of this.#sockets.values()) socket.resetAndDestroy();
    await promise;
  }

  async #comeBack(afterMs: number): Promise<void> {
    try {
      await wait(afterMs, undefined, { signal: this.#closed.signal });
      while (!(await this.#tryOpen())) await wait(PORT_TAKEN_RETRY_MS, undefined, { signal: this.#closed.signal });
    } catch (error) {
      if (!this.#closed.signal.aborted) throw error;
    }
  }

  /** False when another process has the port for the moment, as the near end of a connection of its own. */
  async #tryOpen(): Promise<boolean> {
    try {
      await this.open();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
      throw error;
    }
  }
}

// Promise.withResolvers is not in Node 20
function promiseWithResolvers() {
  let resolve: () => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
