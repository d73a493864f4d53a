import { setTimeout as sleepMs } from "node:timers/promises";
import type { Deadline } from "../shared/deadline";
import type { PceCredentials } from "./pce-credentials";
import { RejectedError, UnavailableError, UntrustedError } from "./pce-errors";
import type { PceAnswer, SendToPce } from "./pce-transport";
import { DEFAULT_RETRY_POLICY, nextDelayMs, type RetryPolicy, retryAfterMs } from "./retry-timing";
import { readUpload, type UploadResult } from "./upload-answer";

/** Longest wait for one answer. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Where the client gets its API key, and where to ask again after the PCE refused it. */
export interface CredentialsSource {
  get(): Promise<PceCredentials>;
  refresh(): Promise<PceCredentials>;
}

/** What the client is made of; time, randomness and the network are the caller's to give. */
export interface PceClientOptions {
  readonly orgId: number;
  readonly send: SendToPce;
  readonly credentials: CredentialsSource;
  /** @default DEFAULT_RETRY_POLICY */
  readonly retry?: RetryPolicy;
  /** Told how long each answer took, whatever the answer. */
  readonly onAnswer?: (latencyMs: number) => void;
  /** @default Date.now */
  readonly now?: () => number;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default - a timer */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** Uploads flows to the PCE's Bulk Traffic Loader, again and again while that makes sense and there is time. */
export class PceClient {
  readonly #options: Required<Omit<PceClientOptions, "orgId">>;
  readonly #path: string;

  constructor({ orgId, ...options }: PceClientOptions) {
    this.#path = `/api/v2/orgs/${orgId}/agents/bulk_traffic_flows`;
    this.#options = {
      retry: DEFAULT_RETRY_POLICY,
      onAnswer: () => undefined,
      now: Date.now,
      random: Math.random,
      sleep: sleepMs,
      ...options,
    };
  }

  /**
   * Sends CSV lines (at most 1,000) and says what became of them.
   * @throws RejectedError or UntrustedError when trying again cannot help, UnavailableError when time ran out.
   */
  async uploadFlows(lines: readonly string[], deadline: Deadline): Promise<UploadResult> {
    const body = Buffer.from(lines.join("\n"), "latin1");
    let credentials = await this.#options.credentials.get();
    let isRefreshed = false;
    for (let attempts = 1; ; attempts++) {
      const attempt = await this.#attempt(body, credentials, deadline);
      const verdict = judge(attempt, lines.length);
      if (verdict.delivered !== undefined) return verdict.delivered;
      if (attempt.answer?.status === 401 && !isRefreshed) {
        // the key may have been rotated while this instance kept the old one; a second 401 is an answer
        credentials = await this.#options.credentials.refresh();
        isRefreshed = true;
        continue;
      }
      if (verdict.isFinal) throw verdict.failure;
      await this.#waitOrGiveUp(attempt, attempts, deadline);
    }
  }

  async #attempt(body: Buffer, credentials: PceCredentials, deadline: Deadline): Promise<Attempt> {
    const { send, now, onAnswer } = this.#options;
    const startedMs = now();
    const timeoutMs = Math.max(1, Math.min(ANSWER_TIMEOUT_MS, deadline.remainingMs()));
    try {
      const answer = await send({ path: this.#path, headers: headers(credentials), body, timeoutMs });
      onAnswer(now() - startedMs);
      return { answer };
    } catch (error) {
      return { error };
    }
  }

  async #waitOrGiveUp(attempt: Attempt, attempts: number, deadline: Deadline): Promise<void> {
    const { now, random, retry, sleep } = this.#options;
    const { answer, error } = attempt;
    const waitMs = nextDelayMs(
      {
        attempts,
        retryAfterMs: retryAfterMs(answer?.headers["retry-after"], now()),
        remainingMs: deadline.remainingMs(),
        random: random(),
      },
      retry,
    );
    if (waitMs === undefined) {
      throw new UnavailableError(
        `the PCE took no flows in ${attempts} attempt${attempts === 1 ? "" : "s"} (last: ${lastTrouble(attempt)}); no time is left for another`,
        { attempts, status: answer?.status, requestId: answer && requestIdOf(answer), cause: error },
      );
    }
    await sleep(waitMs);
  }
}

/** Either an answer or the error there was instead. */
type Attempt =
  | { readonly answer: PceAnswer; readonly error?: never }
  | { readonly error: unknown; readonly answer?: never };

type Verdict =
  | { readonly delivered: UploadResult; readonly isFinal?: never }
  | { readonly delivered?: never; readonly isFinal: true; readonly failure: unknown }
  | { readonly delivered?: never; readonly isFinal: false };

/** Again or never: the one place that decides. */
function judge({ answer, error }: Attempt, lines: number): Verdict {
  if (answer === undefined) {
    return error instanceof UntrustedError ? { isFinal: true, failure: error } : { isFinal: false };
  }
  const { status } = answer;
  if (status >= 200 && status < 300) {
    const delivered = readUpload(answer.body, lines, requestIdOf(answer));
    return delivered === undefined ? { isFinal: false } : { delivered };
  }
  // 408: a proxy or the PCE waited too long for us. Everything else below 500 but 429 says the request itself is wrong,
  // a redirect among it: following one would carry the credentials to a host that nobody named.
  if (status === 408 || status === 429 || status >= 500) return { isFinal: false };
  return { isFinal: true, failure: rejection(answer) };
}

function rejection(answer: PceAnswer): RejectedError {
  const { status } = answer;
  const requestId = requestIdOf(answer);
  const advice = ADVICE[status] ?? "the PCE does not take this request";
  return new RejectedError(`the PCE answered ${status} to an upload of flows: ${advice}`, { status, requestId });
}

const ADVICE: Readonly<Record<number, string>> = {
  401: "the API key in the credentials secret is not valid",
  403: "the API key has no permission, or the organization id is not the key's",
  404: "there is no such organization or endpoint at this host and port",
};

function headers({ apiKeyId, apiSecret }: PceCredentials): Record<string, string> {
  return {
    authorization: `Basic ${Buffer.from(`${apiKeyId}:${apiSecret.reveal()}`).toString("base64")}`,
    accept: "application/json",
    "content-type": "text/csv",
    "x-bulk-traffic-load-csv-version": "1",
    "user-agent": "rds-sightline",
  };
}

function requestIdOf(answer: PceAnswer): string | undefined {
  const value = answer.headers["request-id"] ?? answer.headers["x-request-id"];
  const text = Array.isArray(value) ? value[0] : value;
  // an id, not whatever a stranger's server puts there
  return text !== undefined && /^[\w.:-]{1,128}$/.test(text) ? text : undefined;
}

function lastTrouble({ answer, error }: Attempt): string {
  if (answer !== undefined)
    return answer.status < 300 ? `${answer.status} without a PCE's body` : `status ${answer.status}`;
  return error instanceof Error ? error.message : "no answer";
}
