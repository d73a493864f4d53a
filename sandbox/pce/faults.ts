/** Something that goes wrong with exactly one request, the next one that comes in. */
export type Fault =
  /** Answers with this status and never looks at the request. */
  | {
      readonly kind: "status";
      readonly status: number;
      /** The `Retry-After` header as it is sent: seconds, or an HTTP date. @default - no such header */
      readonly retryAfter?: number | string;
      /** @default - an error body in the PCE's own shape */
      readonly body?: unknown;
    }
  /** Answers with an HTML page, as a proxy in front of the PCE does. @default status 502 */
  | { readonly kind: "not-json"; readonly status?: number }
  /** Waits, then goes on as if nothing had been. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Fails the first `count` lines of an upload inside its 201. */
  | { readonly kind: "fail-flows"; readonly count: number }
  /** Resets the connection when the request's head has arrived: nothing is taken. */
  | { readonly kind: "reset" }
  /**
   * Resets the connection half way through the answer's body. `taken` says whether the flows were kept before that:
   * true is a PCE that dies while it answers, false a proxy that promised too early.
   * @default taken true
   */
  | { readonly kind: "reset-mid-body"; readonly taken?: boolean }
  /** Resets every connection and stops listening, this request included; listens on the same port again after `forMs`. */
  | { readonly kind: "down"; readonly forMs: number };

/** A queue of faults: each request takes the first; while there is none, what `disturb` set decides. */
export class FaultQueue {
  readonly #queue: Fault[] = [];
  #choose: () => Fault | undefined = () => undefined;

  inject(...faults: readonly Fault[]): void {
    this.#queue.push(...faults);
  }

  /** Has a function choose the fault, or none, of each request from now on. */
  disturb(choose: () => Fault | undefined): void {
    this.#choose = choose;
  }

  next(): Fault | undefined {
    return this.#queue.shift() ?? this.#choose();
  }
}
