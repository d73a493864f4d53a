import { RejectedError, UntrustedError } from "./pce-errors";
import type { PceAnswer } from "./pce-transport";
import { readUpload, type UploadResult } from "./upload-answer";

/** One attempt to upload: either an answer or the error there was instead. */
export type Attempt =
  | { readonly answer: PceAnswer; readonly error?: never }
  | { readonly error: unknown; readonly answer?: never };

/** What follows from an attempt: the flows are delivered, or sending them again cannot help, or it may. */
export type Verdict =
  | { readonly delivered: UploadResult; readonly isFinal?: never }
  | { readonly delivered?: never; readonly isFinal: true; readonly failure: unknown }
  | { readonly delivered?: never; readonly isFinal: false };

/** Again or never for an upload of so many lines: the one place that decides. */
export function judge({ answer, error }: Attempt, lines: number): Verdict {
  if (answer === undefined) {
    return error instanceof UntrustedError ? { isFinal: true, failure: error } : { isFinal: false };
  }
  const { status } = answer;
  if (status >= 200 && status < 300) {
    const delivered = readUpload(answer.body, lines, requestIdOf(answer));
    return delivered === undefined ? { isFinal: false } : { delivered };
  }
  // 408: a proxy or the PCE waited too long for us. Everything else below 500 but 429 says the request itself is wrong,
  // a redirect among it: following one would carry the credentials to a host that nobody named.
  if (status === 408 || status === 429 || status >= 500) return { isFinal: false };
  return { isFinal: true, failure: rejection(answer) };
}

function rejection(answer: PceAnswer): RejectedError {
  const { status } = answer;
  const requestId = requestIdOf(answer);
  const advice = ADVICE[status] ?? "the PCE does not take this request";
  return new RejectedError(`the PCE answered ${status} to an upload of flows: ${advice}`, { status, requestId });
}

const ADVICE: Readonly<Record<number, string>> = {
  401: "the API key in the credentials secret is not valid",
  403: "the API key has no permission, or the organization id is not the key's",
  404: "there is no such organization or endpoint at this host and port",
};

/** The id by which the PCE's own logs know the request. */
export function requestIdOf(answer: PceAnswer): string | undefined {
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
