import type { PceObjects } from "../../client/pce";
import { checkRule, checkRuleInScopes, checkScopes, type KeyOfLabel, labelsIn } from "../../client/rule-checks";
import { isSameRule, type NewRuleSet, type Rule, type RuleFields } from "../../client/rule-set";
import { HalfMadeError, type Kind } from "../kind";
import { type LabelReference, withoutKeys } from "../label-references";
import { nextRevision, provisionDeletion } from "../policy-objects";
import { changedInputs, inWordsOf } from "../sameness";

/** A rule set with all of its rules: one that is not among them is deleted. */
export interface RuleSetInputs extends NewRuleSet {
  readonly rules: readonly RuleFields[];
}

/**
 * The draft of a rule set with its rules. One with the same external data set and reference is taken over. Its deletion is
 * provisioned at once: nothing else is left to do it.
 */
export const ruleSetKind: Kind<RuleSetInputs> = {
  replacedBy: ["externalDataSet", "externalDataReference"],
  cleared: { description: "", enabled: true },

  check({ scopes, rules }) {
    const keyOf = keysSaid([
      ...scopes.flat(),
      ...rules.flatMap(({ providers, consumers }) => [...providers, ...consumers]),
    ]);
    checkScopes(scopes, keyOf);
    for (const rule of rules) {
      checkRule(rule);
      checkRuleInScopes(rule, scopes, keyOf);
    }
  },

  async create(pce, inputs) {
    const { rules, ...fields } = withoutKeys(inputs);
    const existing = await pce.ruleSets.findByReference(inputs);
    const { href } = existing ?? (await pce.ruleSets.create(fields));
    await completing(href, {}, async () => {
      if (existing !== undefined) await pce.ruleSets.update(href, fields);
      await reconcileRules(pce, href, existing?.rules ?? [], rules);
    });
    return { id: href, extras: nextRevision({}) };
  },

  async read({ ruleSets }, id, wanted, extras) {
    const ruleSet = await ruleSets.get(id);
    if (ruleSet === undefined || ruleSet.pending === "delete") return undefined;
    const { href: _, pending: __, ...fields } = ruleSet;
    const rules = ruleSet.rules.map(({ href: _href, ...rule }) => rule);
    const found = { ...fields, rules } as RuleSetInputs;
    const isImport = wanted === undefined;
    return { id, inputs: isImport ? found : inWordsOf(wanted, found), extras: isImport ? nextRevision({}) : extras };
  },

  async update(pce, id, inputs, extras) {
    const { rules, ...fields } = withoutKeys(inputs);
    const existing = (await pce.ruleSets.get(id))?.rules ?? [];
    const wanted = (rule: Rule) => rules.some((each) => isSameRule(each, rule));
    // new scopes must suit the rules that are there: what goes goes first
    for (const rule of existing.filter((each) => !wanted(each))) await pce.ruleSets.deleteRule(rule.href);
    await pce.ruleSets.update(id, fields);
    await reconcileRules(pce, id, existing.filter(wanted), rules);
    return nextRevision(extras);
  },

  async delete(pce, id, { name }) {
    await pce.ruleSets.delete(id);
    await provisionDeletion(pce, id, `the rule set ${name}`);
    return undefined;
  },
};

async function completing(id: string, extras: { readonly revision?: number }, work: () => Promise<void>) {
  try {
    await work();
  } catch (error) {
    throw new HalfMadeError(id, extras, error);
  }
}

/** Deletes the rules that are not wanted, creates the wanted ones that are not there, and puts the others right. */
async function reconcileRules(
  { ruleSets }: PceObjects,
  href: string,
  existing: readonly Rule[],
  wanted: readonly RuleFields[],
): Promise<void> {
  const left = [...existing];
  const missing: RuleFields[] = [];
  for (const rule of wanted) {
    const at = left.findIndex((each) => isSameRule(each, rule));
    const [same] = at < 0 ? [] : left.splice(at, 1);
    if (same === undefined) {
      missing.push(rule);
      continue;
    }
    const details = ({ enabled = true, description = "" }: RuleFields) => ({ enabled, description });
    if (changedInputs(details(same), details(rule)).length > 0) await ruleSets.updateRule(same.href, details(rule));
  }
  for (const rule of left) await ruleSets.deleteRule(rule.href);
  for (const rule of missing) await ruleSets.createRule(href, rule);
}

// a key that is not said is a key of its own: what the PCE knows of the label is checked before the request
function keysSaid(items: readonly { readonly label?: LabelReference }[]): KeyOfLabel {
  const keys = new Map(labelsIn(items).map((label: LabelReference) => [label, label.key ?? label.href]));
  return (label) => keys.get(label) ?? "";
}
