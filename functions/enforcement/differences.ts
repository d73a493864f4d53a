import type { Log } from "../shared/log";
import { cidrOf, rangeText } from "./address-ranges";
import type { PolicyAnswer } from "./allowed-clients";
import type { GroupRule, Plan } from "./plan";

/** More lines of one kind are a count: the metrics have it, too. */
const MAX_LINES = 100;

/** Writes what is different, a line for each difference, and a line for each thing that keeps rules as they are. */
export function logDifferences(policy: PolicyAnswer, plan: Plan, log: Log): void {
  each(plan.missing, (block) => log.info("the policy lets in a network that has no rule", { cidr: cidrOf(block) }));
  each(plan.surplus, (rule) => log.info("a rule made here is asked for no more", describe(rule)));
  each(plan.others, (rule) => log.info("a rule of others lets in what the policy doesn't", describe(rule)));
  for (const { kind, why } of plan.refusals) log.error("the rules are left as they are", { kind, why });
  if ("missing" in policy) return;
  each(policy.unresolved, (what) => log.warn("clients of the policy could not be resolved to addresses", { what }));
  each(policy.unusable, (range) => log.info("no rule is made of addresses that are not private", of(range)));

  function each<T>(items: readonly T[], write: (item: T) => void): void {
    for (const item of items.slice(0, MAX_LINES)) write(item);
    const more = items.length - MAX_LINES;
    if (more > 0) log.info("and more of these", { more });
  }
}

function describe({ id, protocol, fromPort, toPort, range }: GroupRule): Record<string, unknown> {
  return { rule: id, protocol, fromPort, toPort, ...(range && { cidr: rangeText(range) }) };
}

function of(range: Parameters<typeof rangeText>[0]): Record<string, unknown> {
  return { addresses: rangeText(range) };
}
