import { Refused } from "../answer";
import { checkReference, refuseDuplicate, stamps } from "../objects/fields";
import { contains, externalFilters } from "../objects/listing";
import { inputValidation, invalidUri } from "../refusals";
import type { Route } from "../router";
import type { World } from "../world";
import { policyRoutes } from "./policy-routes";
import { newRuleSet, RULE_SET_DEFAULTS, type RuleSet, ruleSetChange } from "./rule-set";
import { newRuleOf } from "./rules";

/** Rule sets: unique by name, scoped by labels of any key but role. */
export function ruleSetRoutes(world: World): Route[] {
  const store = world.ruleSets;
  return policyRoutes(world, {
    name: "rule_sets",
    store,
    newObject: newRuleSet,
    change: ruleSetChange,
    filters: {
      name: ({ name }, wanted) => contains(name, wanted),
      description: ({ description }, wanted) => contains(description, wanted),
      enabled: ({ enabled }, wanted) => String(enabled) === wanted,
      ...externalFilters<RuleSet>(world),
    },
    create({ rules = [], ...wanted }) {
      const href = `/orgs/${world.orgId}/sec_policy/draft/rule_sets/${world.nextId()}`;
      const draft = {
        href,
        ...RULE_SET_DEFAULTS,
        ...wanted,
        ...stamps(world),
        rules: rules.map((rule) => newRuleOf(world, href, rule)),
      } as RuleSet;
      check(world, draft);
      store.create(draft);
      return draft;
    },
    changed(draft, change) {
      const after = { ...draft, ...change } as RuleSet;
      check(world, after);
      return after;
    },
    // nothing names a rule set
    user: () => undefined,
    extra: () => ({ caps: ["write", "provision"] }),
  });
}

function check(world: World, ruleSet: RuleSet): void {
  const { href, name, scopes } = ruleSet;
  if (world.ruleSets.drafts().some((other) => other.href !== href && other.name === name)) {
    refuseDuplicate(world, `A rule set ${name} already exists`);
  }
  for (const scope of scopes) {
    const keys = new Set<string>();
    for (const { label, label_group } of scope) {
      if (label_group !== undefined) throw new Refused(invalidUri(label_group.href));
      const known = world.labels.alive(label?.href ?? "");
      if (known === undefined) throw new Refused(invalidUri(label?.href ?? ""));
      if (known.key === "role") throw new Refused(inputValidation("A scope may not have a label of the key role"));
      if (keys.has(known.key))
        throw new Refused(inputValidation(`More than one label of the key ${known.key} in a scope`));
      keys.add(known.key);
    }
  }
  checkReference(world, world.ruleSets, ruleSet, href);
}
