/** Why a state or an execution failed: a name of the States Language (`States.Timeout`) or of a service, and a sentence. */
export interface Failure {
  readonly error: string;
  readonly cause: string;
}

/** A state failed; its retriers may know the error by its name. */
export class StatesError extends Error implements Failure {
  override readonly name = "StatesError";
  readonly error: string;
  override readonly cause: string;

  constructor(error: string, cause: string) {
    super(`${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
  }
}

/** The failure that a thrown value stands for. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof StatesError) return { error: thrown.error, cause: thrown.cause };
  return { error: "States.Runtime", cause: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** What the API refuses, with AWS's name for it. */
export class StatesApiError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Something that Step Functions does and the sandbox does not: nothing is faked for it. */
export class NotPlayedError extends Error {
  override readonly name = "NotPlayedError";

  constructor(what: string) {
    super(`the sandbox does not play ${what}; add it to sandbox/aws/states, or do without`);
  }
}
