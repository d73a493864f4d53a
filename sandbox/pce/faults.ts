import { matchPath } from "./router";

/** Something that goes wrong with exactly one request, the next one that comes in. */
export type Fault =
  /** Answers with this status and, unless `taken`, never looks at the request. */
  | {
      readonly kind: "status";
      readonly status: number;
      /** The `Retry-After` header as it is sent: seconds, or an HTTP date. @default - no such header */
      readonly retryAfter?: number | string;
      /** @default - an error body in the PCE's own shape */
      readonly body?: unknown;
      /** Whether the PCE does what it was asked before this answer takes the place of its own. @default false */
      readonly taken?: boolean;
    }
  /** Answers with an HTML page, as a proxy in front of the PCE does. @default status 502, taken false */
  | { readonly kind: "not-json"; readonly status?: number; readonly taken?: boolean }
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

/** What a fault can be chosen by. */
export interface FaultTarget {
  readonly method: string;
  /** Below `/api/v2`, without the query. */
  readonly path: string;
}

/** Faults for some calls only: those of a method and a path, from the `after`th on, `times` times. */
export interface CallFault {
  readonly fault: Fault;
  /** @default - any method */
  readonly method?: string;
  /**
   * Below `/api/v2`; a part that begins with a colon matches anything, for example `/orgs/:org/labels`.
   * @default - any path
   */
  readonly path?: string;
  /** Calls that pass unharmed first. @default 0 */
  readonly after?: number;
  /** Calls that meet the fault. @default 1 */
  readonly times?: number;
  /** Whether a call meets the fault is a matter of chance from then on: how likely, 0 to 1. @default 1 */
  readonly likelihood?: number;
  /** What the chance is drawn from: the same seed and the same calls give the same faults. @default 1 */
  readonly seed?: number;
}

/**
 * A queue of faults: each request takes the first; while there is none, the first `CallFault` that is for this call,
 * and last what `disturb` set decides.
 */
export class FaultQueue {
  readonly #queue: Fault[] = [];
  #rules: CallRule[] = [];
  #choose: (target: FaultTarget) => Fault | undefined = () => undefined;

  inject(...faults: readonly Fault[]): void {
    this.#queue.push(...faults);
  }

  /** Has some calls meet faults; where several want one call, the first does; all count it. */
  failCalls(...rules: readonly CallFault[]): void {
    this.#rules.push(...rules.map((rule) => new CallRule(rule)));
  }

  /** Forgets the queue, the faults of `failCalls` and what `disturb` set. */
  clear(): void {
    this.#queue.length = 0;
    this.#rules = [];
    this.#choose = () => undefined;
  }

  /** Has a function choose the fault, or none, of each request from now on. */
  disturb(choose: (target: FaultTarget) => Fault | undefined): void {
    this.#choose = choose;
  }

  next(target: FaultTarget): Fault | undefined {
    // every rule counts this call, also when another fault is first
    const wanting = this.#rules.filter((rule) => rule.wants(target));
    const queued = this.#queue.shift();
    if (queued !== undefined) return queued;
    return wanting[0] === undefined ? this.#choose(target) : wanting[0].take();
  }
}

/** A `CallFault` that remembers the calls it saw. */
class CallRule {
  readonly #rule: CallFault;
  readonly #chance: () => number;
  #seen = 0;
  #taken = 0;

  constructor(rule: CallFault) {
    this.#rule = rule;
    this.#chance = chances(rule.seed ?? 1);
  }

  /** Counts the call when it is one of the rule's, and says whether it should meet the fault. */
  wants({ method, path }: FaultTarget): boolean {
    const { method: wanted, path: pattern, after = 0, times = 1, likelihood = 1 } = this.#rule;
    if (wanted !== undefined && wanted !== method) return false;
    if (pattern !== undefined && matchPath(pattern, path) === undefined) return false;
    this.#seen += 1;
    if (this.#seen <= after || this.#taken >= times) return false;
    return likelihood >= 1 || this.#chance() < likelihood;
  }

  take(): Fault {
    this.#taken += 1;
    return this.#rule.fault;
  }
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
