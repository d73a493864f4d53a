const MINUTE_MS = 60_000;

/**
 * Spaces the requests of one invocation evenly, from its beginning on: the first one waits, too. However many instances the invocations
 * that follow each other run in, so many of them at once stay within so many shares in any minute. `RequestPace` knows only the requests
 * of its own instance.
 */
export class EvenPace {
  readonly #now: () => number;
  readonly #intervalMs: number;
  #nextMs: number;

  constructor({ perMinute, now }: { readonly perMinute: number; readonly now: () => number }) {
    this.#now = now;
    // whole requests: at 1.5 a minute, some minutes would have two
    this.#intervalMs = Math.ceil(MINUTE_MS / (perMinute >= 1 ? Math.floor(perMinute) : perMinute));
    this.#nextMs = now() + this.#intervalMs;
  }

  /** Milliseconds until the next request may be made. */
  waitMs(): number {
    return Math.max(0, this.#nextMs - this.#now());
  }

  /** A request is made. */
  count(): void {
    this.#nextMs = this.#now() + this.#intervalMs;
  }
}
