import { requestIdOf } from "../../illumio/client/pce-attempt";
import { RejectedError, UntrustedError } from "../../illumio/client/pce-errors";
import { type PceRequest, PceSession, type PceSessionOptions, type Terms } from "../../illumio/client/pce-session";
import type { Deadline } from "../shared/deadline";
import { readUpload, type UploadResult } from "./upload-answer";

/** What the client is made of; time, randomness and the network are the caller's to give. */
export interface PceClientOptions extends PceSessionOptions {
  readonly orgId: number;
}

/**
 * Sends CSV lines (at most 1,000) and says what became of them.
 * @throws RejectedError or UntrustedError when trying again cannot help, UnavailableError when time ran out.
 */
export type UploadFlows = (lines: readonly string[], deadline: Deadline) => Promise<UploadResult>;

/** What the uploads of one invocation have in common. */
export type Invocation = Omit<Terms, "deadline">;

/**
 * Uploads flows to the PCE's Bulk Traffic Loader. One client serves one PCE for as long as the process lives: a
 * Retry-After holds for the next message and the next invocation, too.
 */
export class PceClient {
  readonly #session: PceSession;
  readonly #path: string;

  constructor({ orgId, ...options }: PceClientOptions) {
    this.#path = `/api/v2/orgs/${orgId}/agents/bulk_traffic_flows`;
    this.#session = new PceSession(options);
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
        return await this.#session.request(upload(this.#path, lines), { ...invocation, deadline });
      } catch (failure) {
        if (holdsForEveryUpload(failure)) verdict = failure;
        throw failure;
      }
    };
  }
}

// a 403 or a 404 may be about the one request: a gateway before the PCE gives those too
function holdsForEveryUpload(failure: unknown): failure is RejectedError | UntrustedError {
  return failure instanceof UntrustedError || (failure instanceof RejectedError && failure.status === 401);
}

function upload(path: string, lines: readonly string[]): PceRequest<UploadResult> {
  const body = Buffer.from(lines.join("\n"), "latin1");
  return {
    what: "an upload of flows",
    method: "POST",
    path,
    headers: { "content-type": "text/csv", "x-bulk-traffic-load-csv-version": "1" },
    body: () => body,
    read: (answer) => {
      const value = readUpload(answer.body, lines.length, requestIdOf(answer));
      return value && { value };
    },
    // an answer may repeat the lines it refuses
    isQuoted: false,
  };
}
