import { setTimeout as sleepMs } from "node:timers/promises";
import { authorization, type CredentialsSource, type PceCredentials, withoutSecret } from "./credentials";
import type { Deadline } from "./deadline";
import { type Attempt, type JudgedRequest, judge, requestIdOf, troubleOf } from "./pce-attempt";
import { UnavailableError } from "./pce-errors";
import type { PceMethod, SendToPce } from "./pce-transport";
import type { RequestPace } from "./request-pace";
import { DEFAULT_RETRY_POLICY, nextDelayMs, type RetryPolicy, retryAfterMs } from "./retry-timing";

/** Longest wait for one answer. */
const ANSWER_TIMEOUT_MS = 30_000;

/**
 * Longest Retry-After that is remembered beyond the request it answered: with a mistaken one of years the process would
 * send nothing for the rest of its life.
 */
const MAX_REMEMBERED_MS = 3_600_000;

/** What a session is made of; time, randomness and the network are the caller's to give. */
export interface PceSessionOptions {
  readonly send: SendToPce;
  readonly credentials: CredentialsSource;
  /** @default DEFAULT_RETRY_POLICY */
  readonly retry?: RetryPolicy;
  /** @default Date.now */
  readonly now?: () => number;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default - a timer */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** A request, as often as it takes. */
export interface PceRequest<T> extends JudgedRequest<T> {
  readonly method: PceMethod;
  /** With the `/api/v2` before it. */
  readonly path: string;
  /** Beside the credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** Asked at each attempt: what is still to do may have become less. */
  readonly body?: () => Buffer;
  /**
   * Called before the request is made again although the PCE may have carried it out: what it finds is the result, and
   * nothing is sent.
   * @default - the request does no harm when it is carried out twice
   */
  readonly lookFirst?: () => Promise<{ readonly value: T } | undefined>;
  /** @default - 1 MiB */
  readonly maxAnswerBytes?: number;
}

/** When the next request may be made, and that it is. */
export type Pace = Pick<RequestPace, "waitMs" | "count">;

/** What one request is held to. */
export interface Terms {
  readonly deadline: Deadline;
  /** How many requests may be made. */
  readonly pace: Pace;
  /** Told how long each answer took, whatever the answer. */
  readonly onAnswer?: (latencyMs: number) => void;
}

/**
 * Makes requests of one PCE, again and again while that makes sense and there is time.
 *
 * A session lives as long as its process, since what the PCE asks for outlives the request that it answered: until the
 * time of a Retry-After nothing is sent. Several processes each learn it on their own.
 */
export class PceSession {
  readonly #options: Required<PceSessionOptions>;
  /** When the PCE may be asked again, in milliseconds of `now`, and the answer that said so. */
  #notBefore: { readonly ms: number; readonly status: number; readonly requestId: string | undefined } | undefined;

  constructor(options: PceSessionOptions) {
    this.#options = { retry: DEFAULT_RETRY_POLICY, now: Date.now, random: Math.random, sleep: sleepMs, ...options };
  }

  /** Waits as every wait of the session does. */
  sleep(ms: number): Promise<unknown> {
    return this.#options.sleep(ms);
  }

  /** @throws RejectedError or UntrustedError when trying again cannot help, UnavailableError when time or attempts ran out. */
  async request<T>(request: PceRequest<T>, terms: Terms): Promise<T> {
    const { deadline } = terms;
    await this.#waitUntilAllowed(deadline);
    // an answer that is cut off may be a yes, and the same would be sent again
    if (deadline.remainingMs() < this.#options.retry.attemptMs)
      throw new UnavailableError(`no time is left for ${request.what}`, { attempts: 0 });
    let credentials = await this.#options.credentials.get(deadline);
    let isRefreshed = false;
    for (let attempts = 1; ; attempts++) {
      await this.#takeTurn(terms.pace, deadline);
      const attempt = await this.#attempt(request, credentials, terms);
      const verdict = judge(attempt, request);
      if (verdict.done !== undefined) return verdict.done.value;
      if (attempt.answer?.status === 401 && !isRefreshed) {
        // the key may have been rotated while this process kept the old one; a second 401 is an answer
        credentials = await this.#options.credentials.refresh(deadline);
        isRefreshed = true;
        continue;
      }
      if (verdict.isFinal) throw verdict.failure;
      await this.#waitOrGiveUp(request.what, attempt, attempts, deadline);
      const found = verdict.mayBeCarriedOut ? await request.lookFirst?.() : undefined;
      if (found !== undefined) return found.value;
    }
  }

  async #attempt<T>(request: PceRequest<T>, credentials: PceCredentials, terms: Terms): Promise<Attempt> {
    const { send, now } = this.#options;
    const { method, path, body, maxAnswerBytes } = request;
    const headers = {
      accept: "application/json",
      "user-agent": "rds-sightline",
      ...request.headers,
      authorization: authorization(credentials),
    };
    const startedMs = now();
    const timeoutMs = Math.max(1, Math.min(ANSWER_TIMEOUT_MS, terms.deadline.remainingMs()));
    try {
      const answer = await send({
        method,
        path,
        headers,
        timeoutMs,
        ...(body && { body: body() }),
        ...(maxAnswerBytes !== undefined && { maxAnswerBytes }),
      });
      terms.onAnswer?.(now() - startedMs);
      return { answer: { ...answer, body: withoutSecret(answer.body, credentials) } };
    } catch (error) {
      return { error };
    }
  }

  /** Retries are requests, too: the PCE counts whatever reaches it. Requests side by side take their turns one by one. */
  async #takeTurn(pace: Pace, deadline: Deadline): Promise<void> {
    for (let waitMs = pace.waitMs(); waitMs > 0; waitMs = pace.waitMs()) {
      if (waitMs > deadline.remainingMs() - this.#options.retry.attemptMs) {
        throw new UnavailableError(
          `this instance's share of the PCE's requests is used up for ${Math.ceil(waitMs / 1000)} s; there is no time to wait`,
          { attempts: 0 },
        );
      }
      await this.#options.sleep(waitMs);
    }
    pace.count();
  }

  async #waitUntilAllowed(deadline: Deadline): Promise<void> {
    if (this.#notBefore === undefined) return;
    const { ms, status, requestId } = this.#notBefore;
    const leftMs = ms - this.#options.now();
    if (leftMs <= 0) {
      this.#notBefore = undefined;
      return;
    }
    if (await this.#wait({ attempts: 1, retryAfterMs: leftMs }, deadline)) return;
    const until = new Date(ms).toISOString();
    throw new UnavailableError(
      `the PCE took no request: it answered ${status} before and asked for none until ${until}; there is no time to wait`,
      { attempts: 0, status, requestId },
    );
  }

  async #waitOrGiveUp(what: string, attempt: Attempt, attempts: number, deadline: Deadline): Promise<void> {
    const { answer, error } = attempt;
    const nowMs = this.#options.now();
    const askedMs = retryAfterMs(answer?.headers["retry-after"], nowMs);
    const requestId = answer && requestIdOf(answer);
    if (answer !== undefined && askedMs !== undefined) {
      this.#notBefore = { ms: nowMs + Math.min(askedMs, MAX_REMEMBERED_MS), status: answer.status, requestId };
    }
    const isLast = attempts >= (this.#options.retry.maxAttempts ?? Number.POSITIVE_INFINITY);
    if (!isLast && (await this.#wait({ attempts, retryAfterMs: askedMs }, deadline))) return;
    const id = requestId === undefined ? "" : ` [Request-ID ${requestId}]`;
    throw new UnavailableError(
      `the PCE did not take ${what} in ${attempts} attempt${attempts === 1 ? "" : "s"} (last: ${troubleOf(attempt)}); ` +
        `${isLast ? "that is as often as it is tried" : "no time is left for another"}${id}`,
      { attempts, status: answer?.status, requestId, cause: error },
    );
  }

  /** Says whether there was time to wait, and an attempt may follow. */
  async #wait(
    failed: { readonly attempts: number; readonly retryAfterMs: number | undefined },
    deadline: Deadline,
  ): Promise<boolean> {
    const { random, retry, sleep } = this.#options;
    const waitMs = nextDelayMs({ ...failed, remainingMs: deadline.remainingMs(), random: random() }, retry);
    if (waitMs === undefined) return false;
    await sleep(waitMs);
    return true;
  }
}
