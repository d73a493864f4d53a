import type { PceProblem } from "./error-body";

// What can go wrong on the way to the PCE comes down to one question, answered here: again, or never?
// None of these errors holds the body that was sent, the whole of the PCE's answer, or the credentials.

/** What an answer said; all empty when there was none. */
export interface AnswerFacts {
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly problems?: readonly PceProblem[];
}

/** Whatever goes wrong between this client and a PCE. Its message says what failed, what came, what is allowed and what to do. */
export abstract class PceError extends Error {
  /** Of the last answer; undefined when there was none. */
  readonly status: number | undefined;
  /** By which the PCE's own logs know the request. */
  readonly requestId: string | undefined;
  /** The PCE's names for what is wrong, such as `input_validation_error`. */
  readonly tokens: readonly string[];

  constructor(message: string, { status, requestId, problems = [] }: AnswerFacts, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.requestId = requestId;
    this.tokens = problems.flatMap(({ token }) => (token === undefined ? [] : [token]));
  }
}

/** The PCE answered, and sending the same again cannot succeed: bad credentials, no permission, a request it refuses. */
export class RejectedError extends PceError {
  override readonly name = "RejectedError";
  declare readonly status: number;
  /** Whether the answer can be a PCE's: a proxy's page is not. */
  readonly isFromPce: boolean;

  constructor(
    message: string,
    answer: AnswerFacts & { readonly status: number; readonly isFromPce?: boolean },
    options?: ErrorOptions,
  ) {
    super(message, answer, options);
    this.isFromPce = answer.isFromPce ?? true;
  }

  /** Whether it says that the object is not there, or no longer: a deletion has nothing left to do. */
  get isAboutSomethingGone(): boolean {
    if (!this.isFromPce) return false;
    return this.status === 404 || this.tokens.some((token) => /_already_deleted$|^not_found_error$/.test(token));
  }
}

/** The PCE could not be reached, or could not take the request, for as long as there was time. Later it may. */
export class UnavailableError extends PceError {
  override readonly name = "UnavailableError";
  /** Requests made; 0 when the PCE had asked before for none until later. */
  readonly attempts: number;

  constructor(message: string, details: AnswerFacts & { readonly attempts: number; readonly cause?: unknown }) {
    super(message, details, details.cause === undefined ? undefined : { cause: details.cause });
    this.attempts = details.attempts;
  }
}

/** The PCE's certificate is not one to trust. Nothing was sent, and trying again shows the same certificate. */
export class UntrustedError extends PceError {
  override readonly name = "UntrustedError";

  constructor(message: string, options?: ErrorOptions) {
    super(message, {}, options);
  }
}

/** The request would be wrong, by a rule of the PCE that is known beforehand. Nothing was sent. */
export class InvalidRequestError extends PceError {
  override readonly name = "InvalidRequestError";

  constructor(message: string) {
    super(message, {});
  }
}

/** The PCE answered with success, but not what this client understands. */
export class UnexpectedAnswerError extends PceError {
  override readonly name = "UnexpectedAnswerError";

  constructor(message: string, answer: AnswerFacts = {}) {
    super(message, answer);
  }
}
