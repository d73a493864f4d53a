const MINUTE_MS = 60_000;

/**
 * Holds one instance to its share of the requests that the PCE takes of an API key in a minute (500; REST API guide, "Rate limits"): of any
 * minute, so that whatever minute the PCE counts by, its limit is kept. A share below one request is one request in a longer time.
 */
export class RequestPace {
  readonly #now: () => number;
  readonly #windowMs: number;
  /** When the last requests were made, as many as the window has; the oldest is at `#next`. */
  readonly #times: Float64Array;
  #next = 0;

  constructor({ perMinute, now }: { readonly perMinute: number; readonly now: () => number }) {
    this.#now = now;
    this.#times = new Float64Array(Math.max(1, Math.floor(perMinute))).fill(Number.NEGATIVE_INFINITY);
    this.#windowMs = perMinute >= 1 ? MINUTE_MS : MINUTE_MS / perMinute;
  }

  /** Milliseconds until the next request may be made. */
  waitMs(): number {
    return Math.max(0, (this.#times[this.#next] as number) + this.#windowMs - this.#now());
  }

  /** A request is made. */
  count(): void {
    this.#times[this.#next] = this.#now();
    this.#next = (this.#next + 1) % this.#times.length;
  }
}
