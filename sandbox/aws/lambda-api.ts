/** Lambda's Invoke API on 127.0.0.1, for who is not in the runner's process: the AWS provider stand-in, a client on the command line. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type InvokeEnd, NotDeployedError } from "./lambda-functions";

const ADDRESS = "127.0.0.1";
// source: Lambda developer guide, "Lambda quotas": 6 MB for a synchronous invocation, 1 MB for an asynchronous one
const MAX_BYTES = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024 } as const;
// format:  POST /2015-03-31/functions/<name, ARN or partial ARN>/invocations
const PATH = /^\/2015-03-31\/functions\/([^/?]+)\/invocations\/?(?:\?|$)/;

/** What the API asks of the runner. */
export interface Invoker {
  /** Resolves when what was deployed so far is known: an update may invoke what it has just changed. */
  settled(): Promise<void>;
  /** The function's name; undefined when it is not deployed. */
  nameOf(nameOrArn: string): string | undefined;
  /** Rejects when the function is not deployed, or its role can not be assumed. */
  invoke(functionName: string, event: unknown, requestId: string): Promise<InvokeEnd>;
  /** Takes the event and returns its request id. */
  invokeAsync(functionName: string, event: unknown): string;
}

/** A listening API. */
export interface LambdaApi {
  readonly url: string;
  /** Ends every connection; safe to call twice. */
  close(): Promise<void>;
}

/** Starts listening on a free port. */
export async function startLambdaApi(invoker: Invoker): Promise<LambdaApi> {
  const server = createServer((request, response) => {
    answer(request, invoker)
      .catch((cause: unknown) => (cause instanceof Refusal ? cause.answer : refuse(500, "ServiceException", cause)))
      .then((given) => respond(response, given))
      .catch(() => response.destroy());
  });
  server.listen(0, ADDRESS);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { url: `http://${ADDRESS}:${port}`, close: () => (closed ??= close()) };
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent = an empty body. */
  readonly body?: unknown;
}

/** Thrown where the answer is a refusal. */
class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with status ${answer.status}`);
    this.answer = answer;
  }
}

// source: Lambda API reference, Invoke: errors and their status
async function answer(request: IncomingMessage, invoker: Invoker): Promise<Answer> {
  const [, encoded] = PATH.exec(request.url ?? "") ?? [];
  if (encoded === undefined || request.method !== "POST") {
    return refuse(404, "UnknownOperationException", `the sandbox plays Invoke, not ${request.method} ${request.url}`);
  }
  const type = String(request.headers["x-amz-invocation-type"] ?? "RequestResponse");
  if (type !== "RequestResponse" && type !== "Event") {
    return refuse(400, "InvalidParameterValueException", `invocation type ${type} is not RequestResponse or Event`);
  }
  const asked = decodeURIComponent(encoded);
  const event = await eventOf(request, MAX_BYTES[type]);
  await invoker.settled();
  const name = invoker.nameOf(asked.replace(/^(?:\d{12}|arn:aws:lambda:[^:]+:\d{12}):function:/, ""));
  if (name === undefined) return refuse(404, "ResourceNotFoundException", `Function not found: ${asked}`);
  if (type === "Event") return { status: 202, headers: { "x-amzn-requestid": invoker.invokeAsync(name, event) } };
  return invokeNow(invoker, name, event);
}

async function invokeNow(invoker: Invoker, name: string, event: unknown): Promise<Answer> {
  const requestId = randomUUID();
  try {
    const end = await invoker.invoke(name, event, requestId);
    const headers = { "x-amzn-requestid": requestId, "x-amz-executed-version": "$LATEST" };
    if (end.outcome === "success") return { status: 200, headers, body: end.answer ?? null };
    if (end.outcome !== "throttled") {
      return { status: 200, headers: { ...headers, "x-amz-function-error": "Unhandled" }, body: end.error };
    }
    const reason = { Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" };
    return refuse(429, "TooManyRequestsException", "Rate Exceeded.", reason);
  } catch (cause) {
    if (cause instanceof NotDeployedError) return refuse(404, "ResourceNotFoundException", cause);
    return refuse(403, "AccessDeniedException", cause);
  }
}

/** An empty body is an empty event, as in Lambda. */
async function eventOf(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  if (bytes > maxBytes) {
    throw new Refusal(refuse(413, "RequestTooLargeException", `${bytes} bytes; at most ${maxBytes} are taken`));
  }
  const text = Buffer.concat(chunks).toString("utf8");
  if (text === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new Refusal(refuse(400, "InvalidRequestContentException", cause));
  }
}

function refuse(status: number, type: string, why: unknown, more: object = {}): Answer {
  const message = why instanceof Error ? why.message : String(why);
  return { status, headers: { "x-amzn-errortype": type }, body: { Type: "User", message, ...more } };
}

function respond(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body === undefined ? "" : JSON.stringify(body));
}
