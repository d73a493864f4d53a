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
  #rules: ((target: FaultTarget) => Fault | undefined)[] = [];
  #choose: (target: FaultTarget) => Fault | undefined = () => undefined;

  inject(...faults: readonly Fault[]): void {
    this.#queue.push(...faults);
  }

  /** Has some calls meet faults; several of these are asked in the order they were made. */
  failCalls(...rules: readonly CallFault[]): void {
    this.#rules.push(...rules.map(chooserOf));
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
    const queued = this.#queue.shift();
    if (queued !== undefined) return queued;
    for (const choose of this.#rules) {
      const fault = choose(target);
      if (fault !== undefined) return fault;
    }
    return this.#choose(target);
  }
}

function chooserOf({ fault, method, path, after = 0, times = 1, likelihood = 1, seed = 1 }: CallFault) {
  const chance = chances(seed);
  let seen = 0;
  let met = 0;
  return (target: FaultTarget): Fault | undefined => {
    if (method !== undefined && method !== target.method) return undefined;
    if (path !== undefined && matchPath(path, target.path) === undefined) return undefined;
    seen += 1;
    if (seen <= after || met >= times || (likelihood < 1 && chance() >= likelihood)) return undefined;
    met += 1;
    return fault;
  };
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
