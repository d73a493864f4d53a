import { setTimeout as sleepMs } from "node:timers/promises";
import type { Deadline } from "../shared/deadline";
import { type Attempt, judge, requestIdOf, troubleOf } from "./pce-attempt";
import type { PceCredentials } from "./pce-credentials";
import { RejectedError, UnavailableError, UntrustedError } from "./pce-errors";
import type { SendToPce } from "./pce-transport";
import { DEFAULT_RETRY_POLICY, nextDelayMs, type RetryPolicy, retryAfterMs } from "./retry-timing";
import type { UploadResult } from "./upload-answer";

/** Longest wait for one answer. */
const ANSWER_TIMEOUT_MS = 30_000;

/**
 * Longest Retry-After that is remembered beyond the upload it answered: with a mistaken one of years the instance would
 * send nothing for the rest of its life.
 */
const MAX_REMEMBERED_MS = 3_600_000;

/** Where the client gets its API key, and where to ask again after the PCE refused it. */
export interface CredentialsSource {
  get(deadline: Deadline): Promise<PceCredentials>;
  refresh(deadline: Deadline): Promise<PceCredentials>;
}

/** What the client is made of; time, randomness and the network are the caller's to give. */
export interface PceClientOptions {
  readonly orgId: number;
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

/**
 * Sends CSV lines (at most 1,000) and says what became of them.
 * @throws RejectedError or UntrustedError when trying again cannot help, UnavailableError when time ran out.
 */
export type UploadFlows = (lines: readonly string[], deadline: Deadline) => Promise<UploadResult>;

/** When the next request may be made, and that it is. */
export interface Pace {
  waitMs(): number;
  count(): void;
}

/** What the uploads of one invocation have in common. */
export interface Invocation {
  /** Told how long each answer took, whatever the answer. */
  readonly onAnswer: (latencyMs: number) => void;
  /** How many requests may be made. */
  readonly pace: Pace;
}

/**
 * Uploads flows to the PCE's Bulk Traffic Loader, again and again while that makes sense and there is time.
 *
 * One client serves one PCE for as long as the process lives, since what the PCE asks for outlives the upload that it
 * answered: until the time of a Retry-After nothing is sent, neither for the next message nor in the next invocation.
 * Several instances of a Lambda each learn it on their own.
 */
export class PceClient {
  readonly #options: Required<Omit<PceClientOptions, "orgId">>;
  readonly #path: string;
  /** When the PCE may be asked again, in milliseconds of `now`, and the answer that said so. */
  #notBefore: { readonly ms: number; readonly status: number; readonly requestId: string | undefined } | undefined;

  constructor({ orgId, ...options }: PceClientOptions) {
    this.#path = `/api/v2/orgs/${orgId}/agents/bulk_traffic_flows`;
    this.#options = {
      retry: DEFAULT_RETRY_POLICY,
      now: Date.now,
      random: Math.random,
      sleep: sleepMs,
      ...options,
    };
  }

  /**
   * The uploads of one invocation. Once one has shown that the API key or the certificate is wrong, the others fail in
   * the same way without a request; in the next invocation either may have been put right, and it is tried afresh.
   */
  forInvocation(invocation: Invocation): UploadFlows {
    let verdict: RejectedError | UntrustedError | undefined;
    return async (lines, deadline) => {
      if (verdict !== undefined) throw verdict;
      try {
        return await this.#upload(lines, deadline, invocation);
      } catch (failure) {
        if (holdsForEveryUpload(failure)) verdict = failure;
        throw failure;
      }
    };
  }

  async #upload(lines: readonly string[], deadline: Deadline, invocation: Invocation): Promise<UploadResult> {
    await this.#waitUntilAllowed(deadline);
    // an answer that is cut off may be a yes, and the lines would be sent again
    if (deadline.remainingMs() < this.#options.retry.attemptMs)
      throw new UnavailableError("no time is left to upload flows", {
        attempts: 0,
        status: undefined,
        requestId: undefined,
      });
    const body = Buffer.from(lines.join("\n"), "latin1");
    let credentials = await this.#options.credentials.get(deadline);
    let isRefreshed = false;
    for (let attempts = 1; ; attempts++) {
      await this.#waitForTurn(invocation.pace, deadline);
      const attempt = await this.#attempt(body, credentials, deadline, invocation);
      const verdict = judge(attempt, lines.length);
      if (verdict.delivered !== undefined) return verdict.delivered;
      if (attempt.answer?.status === 401 && !isRefreshed) {
        // the key may have been rotated while this instance kept the old one; a second 401 is an answer
        credentials = await this.#options.credentials.refresh(deadline);
        isRefreshed = true;
        continue;
      }
      if (verdict.isFinal) throw verdict.failure;
      await this.#waitOrGiveUp(attempt, attempts, deadline);
    }
  }

  async #attempt(
    body: Buffer,
    credentials: PceCredentials,
    deadline: Deadline,
    { onAnswer, pace }: Invocation,
  ): Promise<Attempt> {
    const { send, now } = this.#options;
    const startedMs = now();
    const timeoutMs = Math.max(1, Math.min(ANSWER_TIMEOUT_MS, deadline.remainingMs()));
    pace.count();
    try {
      const answer = await send({ path: this.#path, headers: headers(credentials), body, timeoutMs });
      onAnswer(now() - startedMs);
      return { answer };
    } catch (error) {
      return { error };
    }
  }

  /** Retries are requests, too: the PCE counts whatever reaches it. */
  async #waitForTurn(pace: Pace, deadline: Deadline): Promise<void> {
    const waitMs = pace.waitMs();
    if (waitMs === 0) return;
    if (waitMs > deadline.remainingMs() - this.#options.retry.attemptMs) {
      throw new UnavailableError(
        `the share of the PCE's requests is used up for ${Math.ceil(waitMs / 1000)} s; there is no time to wait`,
        { attempts: 0, status: undefined, requestId: undefined },
      );
    }
    await this.#options.sleep(waitMs);
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

  async #waitOrGiveUp(attempt: Attempt, attempts: number, deadline: Deadline): Promise<void> {
    const { answer, error } = attempt;
    const nowMs = this.#options.now();
    const askedMs = retryAfterMs(answer?.headers["retry-after"], nowMs);
    const requestId = answer && requestIdOf(answer);
    if (answer !== undefined && askedMs !== undefined) {
      this.#notBefore = { ms: nowMs + Math.min(askedMs, MAX_REMEMBERED_MS), status: answer.status, requestId };
    }
    if (await this.#wait({ attempts, retryAfterMs: askedMs }, deadline)) return;
    throw new UnavailableError(
      `the PCE took no flows in ${attempts} attempt${attempts === 1 ? "" : "s"} (last: ${troubleOf(attempt)}); no time is left for another`,
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

// a 403 or a 404 may be about the one request: a gateway before the PCE gives those too
function holdsForEveryUpload(failure: unknown): failure is RejectedError | UntrustedError {
  return failure instanceof UntrustedError || (failure instanceof RejectedError && failure.status === 401);
}

function headers({ apiKeyId, apiSecret }: PceCredentials): Record<string, string> {
  return {
    authorization: `Basic ${Buffer.from(`${apiKeyId}:${apiSecret.reveal()}`).toString("base64")}`,
    accept: "application/json",
    "content-type": "text/csv",
    "x-bulk-traffic-load-csv-version": "1",
    "user-agent": "rds-sightline",
  };
}
