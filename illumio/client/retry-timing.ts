/** When to try again. */
export interface RetryPolicy {
  /** Upper bound of the first wait; each further wait's bound is twice the one before. */
  readonly firstDelayMs: number;
  /** Upper bound of any wait that the PCE did not ask for. */
  readonly maxDelayMs: number;
  /** Time that an attempt must have left, or it is not made. */
  readonly attemptMs: number;
  /** @default - as many as there is time for */
  readonly maxAttempts?: number;
}

/** Rides out a minute of a PCE that is down with some ten attempts. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = Object.freeze({
  firstDelayMs: 500,
  maxDelayMs: 15_000,
  attemptMs: 2_000,
});

/** What is known when an attempt has failed. */
export interface FailedAttempt {
  /** Attempts made so far, from 1. */
  readonly attempts: number;
  /** What the answer's Retry-After asked for. */
  readonly retryAfterMs: number | undefined;
  readonly remainingMs: number;
  /** From 0 up to, not including, 1. */
  readonly random: number;
}

/**
 * Milliseconds to wait before the next attempt, or undefined when there is no time for one.
 *
 * Full jitter (any wait up to the bound, not the bound plus a bit): the instances that one outage stopped must not come
 * back together. Retry-After is authoritative: it is waited for in full, plus a little jitter for the same reason, and
 * when that leaves no time the answer is no, at once - waiting in a Lambda costs the same as working, in the queue nothing.
 */
export function nextDelayMs(failed: FailedAttempt, policy: RetryPolicy): number | undefined {
  const latestMs = failed.remainingMs - policy.attemptMs;
  // not even at 0: waits of nothing until the time is over would hammer a PCE that is in trouble
  if (latestMs <= 0) return undefined;
  if (failed.retryAfterMs !== undefined) {
    if (failed.retryAfterMs > latestMs) return undefined;
    return Math.min(failed.retryAfterMs + Math.floor(failed.random * policy.firstDelayMs), latestMs);
  }
  // the exponent is bounded so that the power stays a number; the bound is reached long before
  const boundMs = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** Math.min(failed.attempts - 1, 30));
  return Math.min(Math.floor(failed.random * boundMs), latestMs);
}

// source:  RFC 9110, section 10.2.3: seconds, or an HTTP date
// example: Retry-After: 7
// example: Retry-After: Fri, 31 Dec 1999 23:59:59 GMT
/** The wait that a Retry-After header asks for; 0 for a date that has passed, undefined when it says nothing readable. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  // Date.parse alone would make a date of "1.5"
  if (!/^[A-Z][a-z]{2,8},? .* GMT$/.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
