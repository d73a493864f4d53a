/** What goes back to the client; `body` is sent as JSON. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal in the PCE's words. */
export interface Refusal {
  readonly status: number;
  readonly token: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * How an error body is wrapped. A PCE normally sends an array; clients have met the bare object too.
 *
 * example: [{"token":"too_many_requests_error","message":"Too many requests"}]
 * example: {"token":"label_already_deleted","message":"Cannot delete a label that has already been deleted"}
 */
export type ErrorShape = "array" | "object";

/** Turns a refusal into an answer whose body has the given shape. */
export function refuse({ status, token, message, headers }: Refusal, shape: ErrorShape): Answer {
  const error = { token, message };
  return { status, body: shape === "array" ? [error] : error, ...(headers && { headers }) };
}

/** True for what a handler returned instead of an answer. */
export function isRefusal(result: Answer | Refusal): result is Refusal {
  return "token" in result;
}
