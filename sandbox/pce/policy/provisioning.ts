import { Refused } from "../answer";
import type { Reference } from "../objects/fields";
import { notAcceptable } from "../refusals";
import type { World } from "../world";
import type { PolicyObject, PolicyStore } from "./policy-store";
import { activeHref, draftHref } from "./policy-store";
import { namedBy } from "./rule-set";
import { withRulesLive } from "./rules";

/** Above this a PCE does not provision some objects only. */
const MAX_DEPENDENCIES = 500;

/** Objects of the policy by the name of their collection. */
export type ObjectsByType = Readonly<Record<string, readonly Reference[]>>;

/** What is pending, as drafts, by collection; a collection with nothing pending is not there. */
export function pendingByType(world: World): ObjectsByType {
  const pending = {
    virtual_services: changesOf(world.virtualServices),
    rule_sets: changesOf(world.ruleSets),
  };
  return Object.fromEntries(Object.entries(pending).filter(([, objects]) => objects.length > 0));
}

/**
 * The drafts that must be provisioned along with these: a virtual service that a rule names and that was never active,
 * a rule set that in what is active still names a virtual service to be deleted.
 */
export function missingDependencies(world: World, hrefs: readonly string[]): ObjectsByType {
  const given = new Set(hrefs);
  const virtual_services = world.ruleSets
    .entries()
    .filter(({ draft, change }) => given.has(draft.href) && change !== "delete")
    .flatMap(({ draft }) => namedBy(draft, "virtual_service"))
    .filter((href) => world.virtualServices.get(href)?.active === undefined && !given.has(href));
  const toBeDeleted = new Set(
    world.virtualServices
      .entries()
      .flatMap(({ draft, change }) => (change === "delete" && given.has(draft.href) ? [draft.href] : [])),
  );
  const rule_sets = world.ruleSets
    .entries()
    .filter(({ draft, active, change }) => active !== undefined && change !== null && !given.has(draft.href))
    .filter(
      ({ active }) => active !== undefined && namedBy(active, "virtual_service").some((href) => toBeDeleted.has(href)),
    )
    .map(({ draft }) => draft.href);
  return Object.fromEntries(
    Object.entries({ virtual_services, rule_sets })
      .filter(([, missing]) => missing.length > 0)
      .map(([type, missing]) => [type, [...new Set(missing)].map((href) => ({ href }))]),
  );
}

/** Throws a `Refused` unless each href is a pending draft and nothing that they need is left out. */
export function checkProvisionable(world: World, hrefs: readonly string[]): void {
  const pending = new Set(Object.values(pendingByType(world)).flatMap((objects) => objects.map(({ href }) => href)));
  if (hrefs.length === 0 || hrefs.some((href) => !pending.has(href))) {
    throw new Refused(
      notAcceptable(
        "Not Acceptable. One or more specified objects either don't exist, or do not have a draft version.",
      ),
    );
  }
  const missing = Object.values(missingDependencies(world, hrefs)).flat();
  if (missing.length > MAX_DEPENDENCIES) {
    throw new Refused(
      notAcceptable(`Not Acceptable. More than ${MAX_DEPENDENCIES} dependencies, got ${missing.length}.`),
    );
  }
  if (missing.length > 0) {
    const names = missing.map(({ href }) => href).join(", ");
    throw new Refused(notAcceptable(`Not Acceptable. Dependencies are not provisioned: ${names}`));
  }
}

/** What makes the changes active that are pending of these drafts now; what is changed until it is called stays pending. */
export function provisioningOf(world: World, hrefs: readonly string[]): () => void {
  const virtualServices = hrefs.flatMap((href) => world.virtualServices.get(href) ?? []);
  const ruleSets = hrefs.flatMap((href) => world.ruleSets.get(href) ?? []);
  return () => {
    for (const asked of ruleSets) world.ruleSets.provision(asked.draft.href, withRulesLive, asked);
    for (const asked of virtualServices) {
      const { href } = asked.draft;
      world.virtualServices.provision(href, (draft) => draft, asked);
      if (world.virtualServices.get(href) === undefined) removeBindings(world, href);
    }
  };
}

/** A binding does not outlive its virtual service. */
function removeBindings({ bindings }: World, virtualService: string): void {
  for (const { href } of bindings.withKey(`virtual service ${activeHref(virtualService)}`)) bindings.remove(href);
}

function changesOf<T extends PolicyObject>(store: PolicyStore<T>) {
  return store
    .entries()
    .filter(({ change }) => change !== null)
    .map(({ draft, change }) => ({ href: draftHref(draft.href), ...named(draft), update_type: change }));
}

function named(draft: PolicyObject): { name?: unknown } {
  return "name" in draft ? { name: draft.name } : {};
}
