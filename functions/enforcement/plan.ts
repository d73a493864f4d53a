import { type AddressRange, type Block, blocksOf, isCovered, subtract } from "./address-ranges";
import type { PolicyAnswer } from "./allowed-clients";

/** An ingress rule of the database's group, whoever made it. */
export interface GroupRule {
  readonly id: string;
  /** Whom it lets in by address; absent: a group or a prefix list. */
  readonly range?: AddressRange;
  /** `tcp`, a number, or `-1` for everything. */
  readonly protocol: string;
  /** -1 for all ports. */
  readonly fromPort: number;
  readonly toPort: number;
  /** Whether this function made it: only such a rule is ever removed. */
  readonly isOwn: boolean;
}

/** What keeps a run from doing all of what the policy asks for. */
export type RefusalKind = "policy-missing" | "unresolved" | "all-clients-gone" | "last-rule" | "quota";

export interface Refusal {
  readonly kind: RefusalKind;
  readonly why: string;
}

/** What is different, and what is to be done about it: first all of `add`, then all of `remove`. */
export interface Plan {
  /** Networks that the policy lets in. */
  readonly wanted: readonly Block[];
  /** Those of them that the group doesn't let in. */
  readonly missing: readonly Block[];
  /** Own rules that the policy asks for no more. */
  readonly surplus: readonly GroupRule[];
  /** Rules of others that let in, on the database's port, addresses that the policy doesn't. */
  readonly others: readonly GroupRule[];
  readonly add: readonly Block[];
  readonly remove: readonly GroupRule[];
  readonly refusals: readonly Refusal[];
}

/** What a plan is made of. */
export interface PlanParts {
  readonly policy: PolicyAnswer;
  /** Every ingress rule of the group. */
  readonly rules: readonly GroupRule[];
  /** The database's. */
  readonly port: number;
  /** How many ingress rules the group may have of each address family. */
  readonly quota: number;
}

/**
 * Plans from the policy's clients to the group's rules: each client's network by one own rule, or by rules of others that let it in
 * already. Never removes what others made, nor on an answer that is not the whole truth; never leaves the group without a rule; and
 * where the rules would be too many, plans nothing at all.
 */
export function planRules({ policy, rules, port, quota }: PlanParts): Plan {
  const own = rules.filter(({ isOwn }) => isOwn);
  if ("missing" in policy) {
    const none = { wanted: [], missing: [], surplus: [], others: [], add: [], remove: [] };
    return { ...none, refusals: [{ kind: "policy-missing", why: `${policy.missing}; no rule is changed` }] };
  }
  const wanted = blocksOf(policy.ranges);
  const kept = own.filter((rule) => wanted.some((block) => isRuleOf(rule, block, port)));
  const surplus = own.filter((rule) => !kept.includes(rule));
  const ofOthers = rules.filter(({ isOwn }) => !isOwn);
  const letIn = ofOthers.filter((rule) => opens(rule, port)).flatMap(({ range }) => range ?? []);
  const missing = wanted.filter(
    (block) => !kept.some((rule) => isRuleOf(rule, block, port)) && !isCovered(block, letIn),
  );
  const others = ofOthers.filter(
    ({ range, ...rule }) => range !== undefined && opens(rule, port) && subtract([range], policy.ranges).length > 0,
  );
  const refusals = refusalsOf({ policy, rules, quota }, { wanted, missing, surplus, own });
  const isOverQuota = refusals.some(({ kind }) => kind === "quota");
  const add = isOverQuota ? [] : missing;
  const remove = refusals.length > 0 ? [] : surplus;
  return { wanted, missing, surplus, others, add, remove, refusals };
}

interface Found {
  readonly wanted: readonly Block[];
  readonly missing: readonly Block[];
  readonly surplus: readonly GroupRule[];
  readonly own: readonly GroupRule[];
}

function refusalsOf(
  { policy, rules, quota }: Pick<PlanParts, "rules" | "quota"> & { readonly policy: { unresolved: readonly string[] } },
  { wanted, missing, surplus, own }: Found,
): readonly Refusal[] {
  const refusals: Refusal[] = [];
  const tooMany = ([4, 6] as const).filter((family) => countOf(rules, missing, family) > quota);
  for (const family of tooMany) {
    refusals.push({
      kind: "quota",
      why:
        `the group would have ${countOf(rules, missing, family)} ingress rules of IPv${family}, and may have ${quota}; no rule is ` +
        "changed: raise the quota of the account and illumio.ruleQuota, or give clients neighbouring addresses",
    });
  }
  if (surplus.length === 0) return refusals;
  if (policy.unresolved.length > 0)
    refusals.push({ kind: "unresolved", why: "clients may be among what could not be resolved; no rule is removed" });
  if (wanted.length === 0 && own.length > 0)
    refusals.push({ kind: "all-clients-gone", why: "the policy lets nobody in any more; no rule is removed" });
  if (rules.length + missing.length === surplus.length)
    refusals.push({ kind: "last-rule", why: "the group would have no ingress rule at all; no rule is removed" });
  return refusals;
}

/** While both old and new rules are there. A group or a prefix list counts for both families. */
function countOf(rules: readonly GroupRule[], added: readonly Block[], family: 4 | 6): number {
  const there = rules.filter(({ range }) => range === undefined || range.family === family).length;
  return added.length === 0 ? 0 : there + added.filter((block) => block.family === family).length;
}

function isRuleOf({ range, protocol, fromPort, toPort }: GroupRule, block: Block, port: number): boolean {
  if (range === undefined || protocol !== "tcp" || fromPort !== port || toPort !== port) return false;
  return range.family === block.family && range.first === block.first && range.last === block.last;
}

function opens({ protocol, fromPort, toPort }: Pick<GroupRule, "protocol" | "fromPort" | "toPort">, port: number) {
  if (protocol === "-1") return true;
  return protocol === "tcp" && (fromPort === -1 || (fromPort <= port && port <= toPort));
}
