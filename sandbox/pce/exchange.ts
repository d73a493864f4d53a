import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { type Answer, type ErrorShape, isRefusal, type Refusal, Refused, refuse } from "./answer";
import type { Fault, FaultQueue } from "./faults";
import { splitFlowLines } from "./flow-line";
import { type GateOptions, refuseAtGate } from "./gate";
import type { Ledger } from "./ledger";
import type { Listener } from "./listener";
import { readBody } from "./request-body";
import { type LogWriter, logRequest } from "./request-log";
import { findRoute, type Match, type Route } from "./router";

/** All that one request can meet. */
export interface ExchangeDeps {
  readonly routes: readonly Route[];
  readonly gate: GateOptions;
  readonly faults: FaultQueue;
  readonly ledger: Ledger;
  readonly errorShape: ErrorShape;
  readonly maxBodyBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly writeLog: LogWriter;
}

const API = "/api/v2";
// long enough for the half answer to leave the client's socket buffer, which a reset would empty
const HALF_ANSWER_MS = 20;
const PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";

/** Serves one request: plays the fault that is next in the queue, or answers as a PCE. Never rejects. */
export async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  listener: Listener,
  deps: ExchangeDeps,
): Promise<void> {
  const startedAt = deps.now();
  const target = targetOf(request, deps.routes);
  deps.ledger.countRequest(target.kind);
  const fault = deps.faults.next(target);
  let lines = 0;
  let status: number | undefined;
  try {
    if (fault?.kind === "reset") return listener.reset(request.socket);
    if (fault?.kind === "down") return listener.goDown(fault.forMs);
    // the body is read first: a PCE that answers late, or with an error, has still been sent everything
    const body = await readBody(request, deps.maxBodyBytes);
    lines = splitFlowLines(body ?? "").length;
    // unref'd, so that a long delay does not outlive `close`
    if (fault?.kind === "delay") await wait(fault.ms, undefined, { ref: false });

    const answer = await answerFor(request, target, body, fault, deps);
    status = answer.status;
    deps.ledger.countAnswer(status);
    if (fault?.kind === "reset-mid-body") await sendHalf(response, answer, listener);
    else send(response, answer);
  } catch {
    // only reading and writing can fail here: the client went away, and there is nobody to answer
    response.destroy();
  } finally {
    logRequest(deps.writeLog, {
      time: new Date(startedAt).toISOString(),
      method: request.method ?? "",
      path: request.url ?? "",
      ...(status !== undefined && { status }),
      lines,
      ms: deps.now() - startedAt,
      ...(fault && { fault: fault.kind }),
    });
  }
}

/** What a request asks for. */
interface Target {
  readonly method: string;
  readonly url: URL;
  /** Below `/api/v2`; the whole path when it is not there. */
  readonly path: string;
  readonly match: Match;
  /** The method and the path of the route; of nothing known, `unknown`, since its path could hold anything. */
  readonly kind: string;
}

function targetOf(request: IncomingMessage, routes: readonly Route[]): Target {
  const method = request.method ?? "";
  const url = new URL(request.url ?? "/", "https://pce");
  const inApi = url.pathname.startsWith(`${API}/`);
  const path = inApi ? url.pathname.slice(API.length) : url.pathname;
  const match: Match = inApi ? findRoute(routes, method, path) : { kind: "unknown" };
  return { method, url, path, match, kind: match.kind === "found" ? `${method} ${match.route.path}` : "unknown" };
}

async function answerFor(
  request: IncomingMessage,
  target: Target,
  body: string | undefined,
  fault: Fault | undefined,
  deps: ExchangeDeps,
): Promise<Answer> {
  const own = () => ownAnswer(request, target, body, fault?.kind === "fail-flows" ? fault.count : 0, deps);
  switch (fault?.kind) {
    case "status":
      if (fault.taken === true) await own();
      return scriptedAnswer(fault, deps.errorShape);
    case "not-json":
      if (fault.taken === true) await own();
      return { status: fault.status ?? 502, body: PROXY_PAGE, headers: { "Content-Type": "text/html" } };
    case "reset-mid-body":
      return fault.taken === false ? { status: 201, body: { num_flows_failed: 0 } } : own();
    case "delay":
    case "down":
    case "fail-flows":
    case "reset":
    case undefined:
      return own();
  }
}

async function ownAnswer(
  request: IncomingMessage,
  target: Target,
  body: string | undefined,
  flowsToFail: number,
  deps: ExchangeDeps,
): Promise<Answer> {
  try {
    const result = await handle(request, target, body, flowsToFail, deps);
    return isRefusal(result) ? refuse(result, deps.errorShape) : result;
  } catch (error) {
    if (error instanceof Refused) return refuse(error.refusal, deps.errorShape);
    // a bug in a resource: a client under test must see it, not hang
    return refuse({ status: 500, token: "internal_error", message: String(error) }, deps.errorShape);
  }
}

function scriptedAnswer(fault: Extract<Fault, { kind: "status" }>, shape: ErrorShape): Answer {
  const { status, retryAfter, body } = fault;
  const token = status === 429 ? "too_many_requests_error" : "injected_error";
  const headers = { ...(retryAfter !== undefined && { "Retry-After": String(retryAfter) }) };
  if (body !== undefined) return { status, body, headers };
  return refuse({ status, token, message: `Injected status ${status}`, headers }, shape);
}

function handle(
  request: IncomingMessage,
  { method, url, match }: Target,
  body: string | undefined,
  flowsToFail: number,
  { gate, maxBodyBytes }: ExchangeDeps,
): Answer | Refusal | Promise<Answer | Refusal> {
  const refused = refuseAtGate(request.headers.authorization, url.pathname, gate);
  if (refused !== undefined) return refused;

  if (match.kind === "unknown") {
    return { status: 404, token: "not_found_error", message: `Nothing is at ${url.pathname}` };
  }
  if (match.kind === "wrong-method") {
    return {
      status: 405,
      token: "method_not_allowed_error",
      message: `${method} is not allowed here`,
      headers: { Allow: match.allowed.join(", ") },
    };
  }
  if (body === undefined) {
    return { status: 413, token: "payload_too_large_error", message: `A body may have ${maxBodyBytes} bytes` };
  }
  return match.route.handle({
    parameters: match.parameters,
    query: url.searchParams,
    contentType: request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase(),
    prefersAsync: /\brespond-async\b/i.test(String(request.headers["prefer"] ?? "")),
    body,
    flowsToFail,
  });
}

function send(response: ServerResponse, answer: Answer): void {
  const body = writeHead(response, answer);
  response.end(body);
}

async function sendHalf(response: ServerResponse, answer: Answer, listener: Listener): Promise<void> {
  const body = writeHead(response, answer);
  response.write(body.subarray(0, Math.ceil(body.length / 2)));
  await wait(HALF_ANSWER_MS);
  if (response.socket) listener.reset(response.socket);
}

/** Writes status and headers for the whole body, and returns that body. Text is sent as it is, all else as JSON. */
function writeHead(response: ServerResponse, { status, body, headers }: Answer): Buffer {
  const text = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
  const bytes = Buffer.from(text, "utf8");
  response.writeHead(status, {
    // a 204 has no body to speak of
    ...(status !== 204 && { "Content-Type": "application/json", "Content-Length": bytes.length }),
    "Request-ID": randomUUID(),
    ...headers,
  });
  return bytes;
}
