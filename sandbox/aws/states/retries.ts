import type { Retrier } from "./states-language";

/** Which errors a task is tried again after, and when. Source: Step Functions developer guide, "Retrying after an error". */
export class Retries {
  readonly #retriers: readonly Retrier[];
  readonly #random: () => number;
  readonly #attempts: number[];

  constructor(retriers: readonly Retrier[], random: () => number) {
    this.#retriers = retriers;
    this.#random = random;
    this.#attempts = retriers.map(() => 0);
  }

  /** Seconds until the next try after this error; undefined when there is none. Each retrier counts its own tries. */
  delaySeconds(error: string): number | undefined {
    const at = this.#retriers.findIndex(({ ErrorEquals: errors }) => errors.some((each) => matches(each, error)));
    const retrier = this.#retriers[at];
    const attempts = this.#attempts[at] ?? 0;
    if (retrier === undefined || attempts >= retrier.MaxAttempts) return undefined;
    this.#attempts[at] = attempts + 1;
    const bound = retrier.IntervalSeconds * retrier.BackoffRate ** attempts;
    const seconds = Math.min(bound, retrier.MaxDelaySeconds ?? bound);
    return retrier.JitterStrategy === "FULL" ? this.#random() * seconds : seconds;
  }
}

// neither of the two stands for what no retry mends
function matches(name: string, error: string): boolean {
  if (error === "States.Runtime" || error === "States.DataLimitExceeded") return false;
  if (name === "States.ALL") return true;
  return name === "States.TaskFailed" ? error !== "States.Timeout" : name === error;
}
