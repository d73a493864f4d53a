import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { makeCertificates } from "../../sandbox/pce/certificates";

/** How the server answers one request. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default - what a PCE says when it took every line */
  readonly body?: string;
  readonly delayMs?: number;
  /** Where the connection is cut: before any answer, or inside its body. */
  readonly reset?: "before-answer" | "mid-body";
}

/** One request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTPS server on this machine that answers by a script. */
export interface ScriptedPce {
  readonly host: string;
  readonly port: number;
  /** The CA that its certificate is from. */
  readonly ca: string;
  readonly requests: readonly SeenRequest[];
  /** TCP connections that it accepted. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** What is answered: these in turn and after the last of them 201 for ever, or whatever the function says. */
export type Script = readonly ScriptedAnswer[] | ((request: SeenRequest) => ScriptedAnswer);

/** Starts a server that answers by a script. Port 0 is any free one. */
export async function scriptedPce(answers: Script = [], port = 0): Promise<ScriptedPce> {
  const { caCertificate, certificate, privateKey } = await certificates();
  const script = typeof answers === "function" ? [] : [...answers];
  const answerTo = (request: SeenRequest) => (typeof answers === "function" ? answers(request) : script.shift());
  const requests: SeenRequest[] = [];
  let connections = 0;
  const respond = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await text(incoming);
    const request = { method: incoming.method ?? "", path: incoming.url ?? "", headers: incoming.headers, body };
    requests.push(request);
    const answer = answerTo(request) ?? {};
    if (answer.delayMs !== undefined) await sleep(answer.delayMs, undefined, { ref: false });
    if (answer.reset === "before-answer") {
      incoming.socket.destroy();
      return;
    }
    const answerBody = answer.body ?? tookAll(body);
    outgoing.writeHead(answer.status ?? 201, { "content-type": "application/json", ...answer.headers });
    if (answer.reset === "mid-body") {
      // without a length, so that only the missing last chunk tells that the answer is cut
      outgoing.write(answerBody.slice(0, 10), () => incoming.socket.destroy());
      return;
    }
    outgoing.end(answerBody);
  };
  const server = createServer({ cert: certificate, key: privateKey }, (incoming, outgoing) => {
    respond(incoming, outgoing).catch((error: Error) => outgoing.destroy(error));
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    ca: caCertificate,
    requests,
    connections: () => connections,
    close: () => closed(server),
  };
}

/** A server that has gone: nothing listens on its port, until one is started there again. */
export async function absentPce(): Promise<ScriptedPce> {
  const pce = await scriptedPce();
  await pce.close();
  return pce;
}

function tookAll(body: string): string {
  const lines = body.split("\n").filter((line) => line !== "").length;
  return JSON.stringify({ num_flows_received: lines, num_flows_failed: 0, failed_flows: [] });
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

let made: ReturnType<typeof makeCertificates> | undefined;

/** Making keys takes longer than most tests: one pair serves them all. */
function certificates(): ReturnType<typeof makeCertificates> {
  made ??= makeCertificates();
  return made;
}
