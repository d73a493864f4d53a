import { type PceProblem, problemsOf, readProblems } from "./error-body";
import { RejectedError, UntrustedError } from "./pce-errors";
import type { PceAnswer } from "./pce-transport";

/** One attempt at a request: either an answer or the error there was instead. */
export type Attempt =
  | { readonly answer: PceAnswer; readonly error?: never }
  | { readonly error: unknown; readonly answer?: never };

/** What follows from an attempt: it is done, or sending it again cannot help, or it may. */
export type Verdict<T> =
  | { readonly done: { readonly value: T }; readonly isFinal?: never }
  | { readonly done?: never; readonly isFinal: true; readonly failure: unknown }
  | { readonly done?: never; readonly isFinal: false; readonly mayBeCarriedOut: boolean };

/** What an attempt is judged by. */
export interface JudgedRequest<T> {
  /** What it is, as errors name it: "an upload of flows". */
  readonly what: string;
  /** Reads an answer of success; undefined when no PCE wrote it. */
  readonly read: (answer: PceAnswer) => { readonly value: T } | undefined;
  /** Whether errors quote what the PCE said: not when it may repeat data of customers. */
  readonly isQuoted: boolean;
}

/** Again or never: the one place that decides. */
export function judge<T>({ answer, error }: Attempt, request: JudgedRequest<T>): Verdict<T> {
  if (answer === undefined) {
    if (error instanceof UntrustedError) return { isFinal: true, failure: error };
    return { isFinal: false, mayBeCarriedOut: !wasNeverSent(error) };
  }
  const { status } = answer;
  if (status >= 200 && status < 300) {
    const done = request.read(answer);
    return done === undefined ? { isFinal: false, mayBeCarriedOut: true } : { done };
  }
  // 408: a proxy or the PCE waited too long for us. Everything else below 500 but 429 says the request itself is wrong,
  // a redirect among it: following one would carry the credentials to a host that nobody named.
  if (status === 429) return { isFinal: false, mayBeCarriedOut: false };
  if (status === 408 || status >= 500) return { isFinal: false, mayBeCarriedOut: true };
  return { isFinal: true, failure: rejection(answer, request) };
}

function rejection<T>(answer: PceAnswer, request: JudgedRequest<T>): RejectedError {
  const { body } = answer;
  const said = readProblems(body);
  // a token is one of the PCE's words
  const problems = request.isQuoted ? said : said.map(({ token }) => (token === undefined ? {} : { token }));
  return rejectedBy(answer, request.what, problems, body.trim() === "" || isJson(body));
}

/** What a PCE refused of a request that asked for one thing, though the answer is one of success. */
export function rejectedItem(answer: Omit<PceAnswer, "body">, item: unknown, what: string): RejectedError {
  return rejectedBy(answer, what, problemsOf(item), true);
}

function rejectedBy(
  answer: Omit<PceAnswer, "body">,
  what: string,
  problems: readonly PceProblem[],
  isFromPce: boolean,
): RejectedError {
  const { status } = answer;
  const requestId = requestIdOf(answer);
  const said = problems.map(quote).filter((text) => text !== "");
  const got = said.length === 0 ? `${status}` : `${status} (${said.join("; ")})`;
  const id = requestId === undefined ? "" : ` [Request-ID ${requestId}]`;
  return new RejectedError(`the PCE answered ${got} to ${what}: ${adviceFor(status, problems)}${id}`, {
    status,
    requestId,
    problems,
    isFromPce,
  });
}

function quote({ token, message }: PceProblem): string {
  return [token, message].filter((part) => part !== undefined).join(": ");
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

function adviceFor(status: number, problems: readonly PceProblem[]): string {
  const byToken = problems.map(({ token }) => token && ADVICE_BY_TOKEN[token]).find((advice) => advice !== undefined);
  if (byToken !== undefined) return byToken;
  if (status >= 300 && status < 400)
    return "redirects are not followed, they would carry the API key elsewhere; give the host and port that answer themselves";
  return ADVICE[status] ?? "the PCE does not take this request";
}

const ADVICE: Readonly<Record<number, string>> = {
  401: "the API key in the credentials secret is not valid",
  403: "the API key has no permission, or the organization id is not the key's",
  404: "there is no such organization or endpoint at this host and port",
  405: "this PCE does not allow it here; members of a supercluster only read, give the leader's host",
};

// source: tokens seen in terraform-provider-illumio-core, illumio-py and the XSOAR integration
const ADVICE_BY_TOKEN: Readonly<Record<string, string>> = {
  invalid_uri:
    "one of the hrefs in it leads to nothing, or to a policy object that is not provisioned; provision or create it first",
  input_validation_error: "a field has a value that this PCE's version does not allow; correct it",
  not_acceptable_error:
    "an object in it does not exist or has nothing pending; look at the pending changes and try again",
};

/** The id by which the PCE's own logs know the request. */
export function requestIdOf(answer: Pick<PceAnswer, "headers">): string | undefined {
  const value = answer.headers["request-id"] ?? answer.headers["x-request-id"];
  const text = Array.isArray(value) ? value[0] : value;
  // an id, not whatever a stranger's server puts there
  return text !== undefined && /^[\w.:-]{1,128}$/.test(text) ? text : undefined;
}

/** Why an attempt failed, in a few words: no body, nor anything else of what was sent or answered. */
export function troubleOf({ answer, error }: Attempt): string {
  if (answer !== undefined)
    return answer.status < 300 ? `${answer.status} without a PCE's body` : `status ${answer.status}`;
  return error instanceof Error ? error.message : "no answer";
}

// without a connection there was no request
function wasNeverSent(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/.test(String(error.code));
}
