import { setTimeout as sleepMs } from "node:timers/promises";
import { type Deadline, untilDeadline } from "../shared/deadline";
import { describeFailure, type Log } from "../shared/log";
import type { MetricSink } from "../shared/metric-sink";
import type { PolicyAnswer } from "./allowed-clients";
import { logDifferences } from "./differences";
import { NOTHING, publishMetrics, type RunCounts } from "./metrics";
import { type Plan, planRules } from "./plan";
import { isDenied, isOverQuota, isOvertaken, type SecurityGroup } from "./security-group";
import { readTrigger, type Trigger } from "./trigger";

/** What an enforcement takes from outside. */
export interface EnforcementParts {
  /** `audit` reads only. */
  readonly mode: "audit" | "on";
  readonly port: number;
  readonly quota: number;
  /** Asks the PCE whom the active policy lets in. */
  readonly readPolicy: (deadline: Deadline) => Promise<PolicyAnswer>;
  readonly group: SecurityGroup;
  readonly log: Log;
  readonly metrics: MetricSink;
  /** @default - a timer */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** Brings the group's rules to the active policy, or says what is different. */
export type Enforcement = (event: unknown, deadline: Deadline) => Promise<RunCounts>;

/** Somebody else changes the group at the same time; three times over is no coincidence, and the next run looks again. */
const MAX_LOOKS = 3;

/** A permission that was given in the same update: IAM takes seconds to tell everywhere. */
const DENIED_WAIT_MS = 5_000;
const DENIED_TRIES = 12;

/**
 * Makes an enforcement. A run reads the active policy and the group's rules, says what is different, and in the mode `on` makes
 * them the same: adds, then removes what it made. After a run that failed half way the next one goes on. The event of a deletion takes back
 * every rule that was made here, without asking the PCE.
 * @throws a run rejects with whatever failed; a refusal to change rules is no failure, and is counted.
 */
export function createEnforcement(parts: EnforcementParts): Enforcement {
  const { log, metrics } = parts;
  return async (event, deadline) => {
    const trigger = readTrigger(event);
    let counts = NOTHING;
    try {
      const work = trigger === "take-back" ? takeBack : settle;
      counts = await untilDeadline(deadline, "bringing the rules to the policy", (abortSignal) =>
        work({ ...parts, trigger, deadline, abortSignal }),
      );
      log.info(trigger === "take-back" ? "the rules made here are gone" : "the run is done", { ...counts });
      return counts;
    } catch (failure) {
      log.error("the run failed", { trigger, failure: describeFailure(failure) });
      throw failure;
    } finally {
      publishMetrics(counts, metrics);
    }
  };
}

interface Run extends EnforcementParts {
  readonly trigger: Trigger;
  readonly deadline: Deadline;
  readonly abortSignal: AbortSignal;
}

async function settle(run: Run): Promise<RunCounts> {
  const policy = await run.readPolicy(run.deadline);
  return lookAgainWhenOvertaken(async (isFirst) => {
    const plan = planRules({ ...run, policy, rules: await run.group.rules(run.abortSignal) });
    if (isFirst) logDifferences(policy, plan, run.log);
    const found = { ...countsOf(policy, plan), completed: 1 };
    if (run.mode === "audit") return found;
    return (await apply(plan, run))
      ? { ...found, added: plan.add.length, removed: plan.remove.length }
      : { ...found, refusals: found.refusals + 1 };
  });
}

/** Adds, and then removes. False when the account's quota is smaller than the one that is set: nothing was done. */
async function apply({ add, remove }: Plan, run: Run): Promise<boolean> {
  const { group, log, abortSignal } = run;
  try {
    if (add.length > 0) await patiently(run, () => group.authorize(add, abortSignal));
  } catch (error) {
    if (!isOverQuota(error)) throw error;
    const why = "the account's quota of rules in a security group is used up; no rule is changed: raise it";
    log.error("the rules are left as they are", { kind: "quota", why });
    return false;
  }
  if (remove.length > 0) await patiently(run, () => group.revoke(remove, abortSignal));
  return true;
}

async function takeBack(run: Run): Promise<RunCounts> {
  return lookAgainWhenOvertaken(async () => {
    const own = (await run.group.rules(run.abortSignal)).filter(({ isOwn }) => isOwn);
    if (own.length > 0) await run.group.revoke(own, run.abortSignal);
    return { ...NOTHING, completed: 1, removed: own.length };
  });
}

async function lookAgainWhenOvertaken<T>(look: (isFirst: boolean) => Promise<T>): Promise<T> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await look(looks === 1);
    } catch (error) {
      if (!isOvertaken(error) || looks === MAX_LOOKS) throw error;
    }
  }
}

/** Tries again what a deployment may only just have been given leave for; at any other time a denial is an error. */
async function patiently({ trigger, deadline, log, sleep = sleepMs }: Run, work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const isLast = tries === DENIED_TRIES || deadline.remainingMs() <= DENIED_WAIT_MS;
      if (trigger !== "deployment" || !isDenied(error) || isLast) throw error;
      log.info("the permission is not known yet; it is tried again", { tries });
      await sleep(DENIED_WAIT_MS);
    }
  }
}

function countsOf(policy: PolicyAnswer, { wanted, missing, surplus, others, refusals }: Plan): RunCounts {
  return {
    ...NOTHING,
    wanted: wanted.length,
    missing: missing.length,
    surplus: surplus.length,
    others: others.length,
    refusals: refusals.length,
    ...("missing" in policy ? {} : { unresolved: policy.unresolved.length, unusable: policy.unusable.length }),
  };
}
