import { changeSubset, hrefsOfSubset, policyHrefsIn } from "./change-subset";
import { activeHref, checkHref } from "./hrefs";
import { InvalidRequestError, RejectedError, UnavailableError } from "./pce-errors";
import type { PceReply, PceRequests } from "./pce-requests";
import { Fields } from "./wire";

/** What a provisioning did. */
export interface Provisioned {
  /** The drafts that it made active, in the order asked for; none when nothing was pending. */
  readonly hrefs: readonly string[];
  /** Of the policy since; undefined when nothing was pending, or when the PCE's answer was lost. */
  readonly version?: number;
  readonly workloadsAffected?: number;
}

const FIRST_LOOK_MS = 500;
const LONGEST_LOOK_MS = 5_000;

/** What others provision meanwhile is no failure of ours; three times over is no coincidence. */
const MAX_TRIES = 3;

/** Makes drafts active. Labels, workloads and service bindings need no provisioning. */
export class Provisioning {
  readonly #pce: PceRequests;
  readonly #path: string;

  constructor(pce: PceRequests) {
    this.#pce = pce;
    this.#path = `${pce.org}/sec_policy`;
  }

  /** The hrefs of all drafts, whoever made them, that differ from what is active. */
  pending(): Promise<ReadonlySet<string>> {
    return this.#pce.send("GET", {
      what: "the list of pending changes",
      path: `${this.#path}/pending`,
      read: ({ body }) => hrefsOfSubset(body),
    });
  }

  /** The other drafts that must be provisioned with these; none from a PCE that does not tell. */
  async dependencies(hrefs: readonly string[]): Promise<readonly string[]> {
    const asked = this.#check(hrefs);
    try {
      const found = await this.#pce.send("POST", {
        what: "the dependencies of policy objects",
        path: `${this.#path}/draft/dependencies`,
        body: () => ({ changeSubset: changeSubset(asked) }),
        read: ({ body }) => policyHrefsIn(body),
      });
      return [...found].filter((href) => !asked.includes(href));
    } catch (error) {
      // an experimental call, which a PCE need not have
      if (error instanceof RejectedError && [404, 405].includes(error.status)) return [];
      throw error;
    }
  }

  /**
   * Provisions those of these drafts that are pending, and nothing of anybody else. `description` is what the PCE's list
   * of versions shows. It does not wait until the policy is active: see `waitUntil`.
   * @throws RejectedError that names what they depend on, when that is pending and not among them.
   */
  async provision(hrefs: readonly string[], description: string): Promise<Provisioned> {
    const asked = this.#check(hrefs);
    for (let tries = 1; ; tries++) {
      const pending = await this.#pendingOf(asked);
      if (pending.length === 0) return { hrefs: [] };
      try {
        return await this.#provision(pending, description);
      } catch (error) {
        if (!(error instanceof RejectedError) || error.status !== 406) throw error;
        const isAsBefore = (await this.#pendingOf(asked)).length === pending.length;
        if (isAsBefore || tries === MAX_TRIES) throw await this.#withDependencies(error, pending);
      }
    }
  }

  /**
   * Waits until each of the objects is active, or, after a deletion, gone, and none of them is pending.
   * @throws UnavailableError when time runs out before.
   */
  async waitUntil(state: "active" | "gone", hrefs: readonly string[]): Promise<void> {
    const asked = this.#check(hrefs);
    for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_LOOK_MS)) {
      const open = await this.notYet(state, asked);
      if (open.length === 0) return;
      if (this.#pce.deadline.remainingMs() <= waitMs) {
        throw new UnavailableError(
          `${open.length} of ${asked.length} policy objects must be ${state} after provisioning, and are not yet ` +
            `(${open.slice(0, 5).join(", ")}); no time is left to wait: run it again`,
          { attempts: 1 },
        );
      }
      await this.#pce.sleep(waitMs);
    }
  }

  /** Which of the objects are not active, or not gone, or pending. */
  async notYet(state: "active" | "gone", hrefs: readonly string[]): Promise<readonly string[]> {
    const asked = this.#check(hrefs);
    const pending = await this.pending();
    const open: string[] = [];
    for (const href of asked) {
      const isActive = pending.has(href)
        ? undefined
        : await this.#pce.get(`the policy object ${href}`, activeHref(href), () => true);
      if (pending.has(href) || (isActive ?? false) !== (state === "active")) open.push(href);
    }
    return open;
  }

  async #pendingOf(hrefs: readonly string[]): Promise<readonly string[]> {
    const pending = await this.pending();
    return hrefs.filter((href) => pending.has(href));
  }

  #provision(hrefs: readonly string[], description: string): Promise<Provisioned> {
    return this.#pce.send<Provisioned>("POST", {
      what: `the provisioning of ${hrefs.length} policy object${hrefs.length === 1 ? "" : "s"}`,
      path: this.#path,
      // without the subset a PCE provisions whatever is pending, by anyone
      body: () => ({ updateDescription: description, changeSubset: changeSubset(hrefs) }),
      read: (reply) => readProvisioned(reply, hrefs),
      lookFirst: async () => ((await this.#pendingOf(hrefs)).length === 0 ? { hrefs } : undefined),
    });
  }

  async #withDependencies(error: RejectedError, hrefs: readonly string[]): Promise<RejectedError> {
    const pending = await this.pending();
    const needed = (await this.dependencies(hrefs)).filter((href) => pending.has(href));
    if (needed.length === 0) return error;
    return new RejectedError(
      `${error.message}; they depend on what is pending, too: ${needed.slice(0, 5).join(", ")}; provision that first, or with them`,
      {
        status: error.status,
        requestId: error.requestId,
        problems: error.tokens.map((token) => ({ token })),
      },
      { cause: error },
    );
  }

  #check(hrefs: readonly string[]): readonly string[] {
    if (hrefs.length === 0) {
      throw new InvalidRequestError("what is provisioned must be named, got no href; give those of the drafts");
    }
    return [...new Set(hrefs.map((href) => checkHref(href, "draft policy object", this.#pce.org)))];
  }
}

function readProvisioned({ body }: PceReply, hrefs: readonly string[]): Provisioned {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return { hrefs };
  const fields = new Fields(body, "a provisioning");
  const version = fields.integer("version");
  const workloadsAffected = fields.integer("workloads_affected");
  return {
    hrefs,
    ...(version !== undefined && { version }),
    ...(workloadsAffected !== undefined && { workloadsAffected }),
  };
}
