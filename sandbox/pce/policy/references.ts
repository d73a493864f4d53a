import type { World } from "../world";
import { activeHref, draftHref } from "./policy-store";
import { namedBy, type RuleSet } from "./rule-set";

/** The href of something that has the label, in the draft or in what is active; `undefined` when nothing has. */
export function labelUser(world: World, href: string): string | undefined {
  const labelled = [
    ...world.workloads.allAlive(),
    ...world.virtualServices.drafts(),
    ...world.virtualServices.active(),
  ];
  const user = labelled.find(({ labels }) => labels.some((label) => label.href === href));
  return user?.href ?? ruleSetsOf(world).find((ruleSet) => labelsOf(ruleSet).includes(href))?.href;
}

/** The href of something that names the workload: a binding or a rule set. */
export function workloadUser(world: World, href: string): string | undefined {
  const binding = world.bindings.withKey(`workload ${href}`)[0];
  return binding?.href ?? ruleSetsOf(world).find((ruleSet) => namedBy(ruleSet, "workload").includes(href))?.href;
}

/** The href of a binding of the virtual service, or of a rule set whose draft names it and stays. */
export function virtualServiceUser(world: World, href: string): string | undefined {
  const binding = world.bindings.withKey(`virtual service ${activeHref(href)}`)[0];
  const ruleSet = world.ruleSets
    .entries()
    .find(({ draft, change }) => change !== "delete" && namedBy(draft, "virtual_service").includes(draftHref(href)));
  return binding?.href ?? ruleSet?.draft.href;
}

function labelsOf(ruleSet: RuleSet): string[] {
  return [...ruleSet.scopes.flat().flatMap(({ label }) => label?.href ?? []), ...namedBy(ruleSet, "label")];
}

function ruleSetsOf({ ruleSets }: World): RuleSet[] {
  return [...ruleSets.drafts(), ...ruleSets.active()];
}
