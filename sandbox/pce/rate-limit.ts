const WINDOW_MS = 60_000;

/**
 * Counts requests per API key over the last minute. `admit` returns `undefined` when the request may pass, else the whole
 * seconds until the next one may. Refused requests are not counted, so a client that keeps trying gets through in time.
 *
 * source: Illumio Core 23.5 REST APIs, "REST API limits": 500 requests a minute per user session or API key
 */
export class RateLimit {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #passed = new Map<string, number[]>();

  /** `now` gives milliseconds; only differences matter. */
  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  admit(apiKeyId: string): number | undefined {
    const now = this.#now();
    const recent = (this.#passed.get(apiKeyId) ?? []).filter((time) => time > now - WINDOW_MS);
    this.#passed.set(apiKeyId, recent);
    if (recent.length < this.#perMinute) {
      recent.push(now);
      return undefined;
    }
    const oldest = recent[0] ?? now;
    return Math.max(1, Math.ceil((oldest + WINDOW_MS - now) / 1000));
  }
}
