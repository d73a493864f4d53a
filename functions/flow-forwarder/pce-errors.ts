// What can go wrong on the way to the PCE comes down to one question, answered here: again, or never?
// Neither error holds the body that was sent, the PCE's answer, or the credentials.

/** The PCE answered, and sending the same again cannot succeed: bad credentials, no permission, a request it refuses. */
export class RejectedError extends Error {
  override readonly name = "RejectedError";
  readonly status: number;
  readonly requestId: string | undefined;

  constructor(message: string, answer: { readonly status: number; readonly requestId: string | undefined }) {
    super(message);
    this.status = answer.status;
    this.requestId = answer.requestId;
  }
}

/** The PCE could not be reached, or could not take the flows, for as long as there was time. Later it may. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  /** Requests made; 0 when the PCE had asked before for none until later. */
  readonly attempts: number;
  /** Of the last answer; undefined when there was none. */
  readonly status: number | undefined;
  readonly requestId: string | undefined;

  constructor(
    message: string,
    details: { attempts: number; status: number | undefined; requestId: string | undefined; cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.attempts = details.attempts;
    this.status = details.status;
    this.requestId = details.requestId;
  }
}

/** The PCE's certificate is not one to trust. Nothing was sent, and trying again shows the same certificate. */
export class UntrustedError extends Error {
  override readonly name = "UntrustedError";
}
