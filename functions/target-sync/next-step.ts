import { AGREEMENT_MS, type Agreement } from "./agreement";
import type { Look } from "./look";
import { describeTarget, differenceOf, keyOf, type RegisteredTarget, type Target } from "./targets";

/** A look older than this is too old to take a target out on; see AGREEMENT_MS. */
export const MAX_LOOK_AGE_MS = 2_000;

/** What to do after a look. */
export type Step =
  | { readonly kind: "register"; readonly targets: readonly Target[] }
  | { readonly kind: "deregister"; readonly targets: readonly Target[] }
  /** Look again; `for` ends the sentence "waiting for ...". */
  | { readonly kind: "wait"; readonly for: string }
  /** All is well, but the address is about to move: look again. */
  | { readonly kind: "watch" }
  | { readonly kind: "done" };

/** What a step depends on beside the look. */
export interface Situation {
  readonly agreement: Agreement;
  /** This run has tried to write: then it answers for the health of what it leaves behind. */
  readonly hasWritten: boolean;
  /** RDS has announced a failover, and the address has not moved yet. */
  readonly awaitsMove: boolean;
  readonly nowMs: number;
}

/**
 * What to do next. A target is taken out only when every wanted one was healthy in this look, DNS has said the same for
 * AGREEMENT_MS, and the look is fresh: so the group is never left without the primary, nor without a healthy target.
 */
export function nextStep(look: Look, { agreement, hasWritten, awaitsMove, nowMs }: Situation): Step {
  const { missing, stale } = differenceOf(look.wanted, look.listed);
  if (missing.length > 0) return { kind: "register", targets: missing };

  const unhealthy = unhealthyOf(look);
  if (unhealthy.length > 0 && (hasWritten || stale.length > 0)) {
    return {
      kind: "wait",
      for: unhealthy
        .map((target) => `${describeTarget(target)} to be healthy: it ${describeHealth(target)}`)
        .join("; "),
    };
  }
  if (stale.length === 0) return { kind: awaitsMove ? "watch" : "done" };

  const agreedMs = look.askedAtMs - agreement.sinceMs;
  if (agreedMs < AGREEMENT_MS) {
    return { kind: "wait", for: `${AGREEMENT_MS / 1_000} s of the same answer of DNS: it is ${agreedMs / 1_000} s` };
  }
  const ageMs = nowMs - look.askedAtMs;
  if (ageMs > MAX_LOOK_AGE_MS) {
    return { kind: "wait", for: `a look of at most ${MAX_LOOK_AGE_MS / 1_000} s: this one took ${ageMs / 1_000} s` };
  }
  return { kind: "deregister", targets: stale.map(({ ip, port }) => ({ ip, port })) };
}

/** Wanted targets that the group lists and that take no connections, or not yet. */
export function unhealthyOf({ wanted, listed }: Pick<Look, "wanted" | "listed">): readonly RegisteredTarget[] {
  const wantedKeys = new Set(wanted.map(keyOf));
  return listed.filter((target) => wantedKeys.has(keyOf(target)) && target.state !== "healthy");
}

/** Such as "is unhealthy (Target.FailedHealthChecks: Health checks failed)". */
export function describeHealth({ state, reason, description }: RegisteredTarget): string {
  const why = [reason, description].filter((text) => text !== undefined).join(": ");
  return why === "" ? `is ${state}` : `is ${state} (${why})`;
}
