import type { Clock } from "./clock";
import type { TargetSyncConfig } from "./config";
import type { DatabaseInterfaces } from "./database-interfaces";
import { answerKey, type NameResolver, requireOwn, resolveEndpoint } from "./endpoint";
import type { TargetGroup } from "./target-group";
import { differenceOf, type RegisteredTarget, type Target } from "./targets";

/** What one look saw. Nothing in it is a guess: a look that could not see everything fails. */
export interface Look {
  /** As the group lists them, in any state. */
  readonly listed: readonly RegisteredTarget[];
  /** Differs when the answer of DNS does, in either family. */
  readonly answer: string;
  /** The answer's addresses of the group's family. */
  readonly wanted: readonly Target[];
  /** When DNS was asked. The answer may be older by its time to live, but not by more. */
  readonly askedAtMs: number;
}

/** What a look takes from outside. */
export interface LookParts {
  readonly config: Pick<TargetSyncConfig, "endpoint" | "targetPort" | "addressFamily">;
  readonly targetGroup: Pick<TargetGroup, "describe">;
  readonly resolver: NameResolver;
  readonly interfaces: DatabaseInterfaces;
  readonly clock: Pick<Clock, "now">;
}

/** An address is registered on a proof of at most this age: RDS may take an interface away while DNS still names its address. */
export const PROOF_MS = 5_000;

/**
 * Makes the looks of one run: two calls of AWS for the first, and one for each that follows with the same answer.
 * @throws AnswerError on an answer that is empty or not the database's.
 */
export function createLooks(parts: LookParts): (abortSignal: AbortSignal) => Promise<Look> {
  const { config, targetGroup, resolver, interfaces, clock } = parts;
  const { endpoint, targetPort, addressFamily } = config;
  let proven: { readonly answer: string; readonly askedAtMs: number } | undefined;

  return async (abortSignal) => {
    // the group before DNS: a target that somebody registers in between came from a later answer than ours, and must not be
    // judged by ours
    const listed = await targetGroup.describe(abortSignal);
    const askedAtMs = clock.now();
    const answer = await resolveEndpoint(endpoint, resolver, addressFamily);
    const wanted = answer[addressFamily].map((ip) => ({ ip, port: targetPort }));
    const nowMs = clock.now();
    const isProofTooOld = proven !== undefined && nowMs - proven.askedAtMs > PROOF_MS;
    if (answerKey(answer) !== proven?.answer || (isProofTooOld && differenceOf(wanted, listed).missing.length > 0)) {
      proven = undefined;
      requireOwn(endpoint, answer, await interfaces.addresses(abortSignal));
      proven = { answer: answerKey(answer), askedAtMs: nowMs };
    }
    return { listed, answer: answerKey(answer), wanted, askedAtMs };
  };
}
