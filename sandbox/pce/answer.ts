import type { PceBehaviour } from "./behaviour";

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
  /** @default - the shape that the stand-in was started with */
  readonly shape?: ErrorShape;
}

/** Thrown by what serves a request, at any depth, to have it refused. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/**
 * How an error body is wrapped. A PCE normally sends an array; clients have met the bare object too, and an array of
 * nothing but texts.
 *
 * example: [{"token":"too_many_requests_error","message":"Too many requests"}]
 * example: {"token":"label_already_deleted","message":"Cannot delete a label that has already been deleted"}
 * example: [{"error":"Too many requests"}]
 */
export type ErrorShape = PceBehaviour["errorShape"];

/** Turns a refusal into an answer whose body has the given shape. */
export function refuse({ status, token, message, headers, shape }: Refusal, usual: ErrorShape): Answer {
  return { status, body: errorBody({ token, message }, shape ?? usual), ...(headers && { headers }) };
}

function errorBody(error: Pick<Refusal, "token" | "message">, shape: ErrorShape): unknown {
  switch (shape) {
    case "array":
      return [error];
    case "object":
      return error;
    case "error-key":
      return [{ error: error.message }];
  }
}

/** True for what a handler returned instead of an answer. */
export function isRefusal(result: Answer | Refusal): result is Refusal {
  return "token" in result;
}
