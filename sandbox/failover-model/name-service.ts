import type { SeededRandom } from "../traffic/seeded-random";
import { STRANGERS } from "./database";
import { dnsError, type FaultKind } from "./faults";
import type { Timeline } from "./timeline";

/** The TTL of RDS's records: a resolver repeats an answer for so long, and no longer. */
export const RESOLVER_TTL_MS = 5_000;

/**
 * How old answers are.
 * - `fresh`: never; `stale`: always as old as may be
 * - `mixed`: as if each look met another cache
 * - `two-caches`: looks meet one of two for a while, then the other; each asks again when its time to live is over
 */
export type ResolverAge = "fresh" | "stale" | "mixed" | "two-caches";

/** The names that resolve, and what they say. */
export type Records = Readonly<
  Record<string, Timeline<{ readonly v4: readonly string[]; readonly v6: readonly string[] }>>
>;

/** DNS as a Lambda sees it: the truth, through caches. */
export class NameServiceModel {
  readonly #records: Records;
  readonly #age: ResolverAge;
  readonly #random: SeededRandom;
  /** When each of the two caches last asked. */
  readonly #askedMs: [number, number] = [-Infinity, -Infinity];
  #cache: 0 | 1 = 0;

  constructor(records: Records, age: ResolverAge, random: SeededRandom) {
    this.#records = records;
    this.#age = age;
    this.#random = random;
  }

  /**
   * The addresses in any order, as a resolver gives them at that moment.
   * @throws ENODATA without addresses of the family, ENOTFOUND for an unknown name, and what the fault says.
   */
  answer(hostname: string, family: "v4" | "v6", nowMs: number, fault: FaultKind | undefined): string[] {
    const call = family === "v4" ? "queryA" : "queryAaaa";
    if (fault === "servfail") throw dnsError("ESERVFAIL", call, hostname);
    if (fault === "timeout") throw dnsError("ETIMEOUT", call, hostname);
    if (fault === "empty") throw dnsError("ENODATA", call, hostname);
    if (fault === "foreign") return [this.#stranger(family)];
    const records = this.#records[hostname];
    if (records === undefined) throw dnsError("ENOTFOUND", call, hostname);
    const addresses = [...records.at(this.#askedAt(nowMs))[family]];
    if (fault === "mixed") addresses.push(this.#stranger(family));
    if (addresses.length === 0) throw dnsError("ENODATA", call, hostname);
    return addresses.length === 1 ? addresses : this.#random.shuffle(addresses);
  }

  #askedAt(nowMs: number): number {
    switch (this.#age) {
      case "fresh":
        return nowMs;
      case "stale":
        return nowMs - RESOLVER_TTL_MS;
      case "mixed":
        return nowMs - this.#random.integer(0, RESOLVER_TTL_MS);
      case "two-caches": {
        if (this.#random.chance(0.15)) this.#cache = this.#cache === 0 ? 1 : 0;
        if (nowMs - this.#askedMs[this.#cache] > RESOLVER_TTL_MS) this.#askedMs[this.#cache] = nowMs;
        return this.#askedMs[this.#cache];
      }
    }
  }

  #stranger(family: "v4" | "v6"): string {
    return this.#random.pick(Object.values(STRANGERS))[family];
  }
}
