import type { HrefReference } from "./hrefs";
import { InvalidRequestError } from "./pce-errors";
import type { Actor, RuleFields, Scope } from "./rule-set";

// The rules of the PCE that a wrong request breaks without an error, or with one that does not say which rule it is.
// source: Core REST API guide 22.5 to 24.5, "Rulesets" and "Rules"; terraform-provider-illumio-core, issues #40 and #58

/** The key of a label, by its href. */
export type KeyOfLabel = (label: HrefReference) => string;

/** Every label that a rule set's scopes or a rule's actors name. */
export function labelsIn(items: readonly { readonly label?: HrefReference }[]): readonly HrefReference[] {
  return items.flatMap(({ label }) => label ?? []);
}

/** @throws InvalidRequestError for scopes that no PCE takes. */
export function checkScopes(scopes: readonly Scope[], keyOf: KeyOfLabel): void {
  if (scopes.length === 0) {
    throw new InvalidRequestError("a rule set must have at least one scope, got none; give [[]] to mean everything");
  }
  for (const scope of scopes) {
    for (const { label, labelGroup } of scope) {
      if ((label === undefined) === (labelGroup === undefined)) {
        const got = label === undefined ? "neither" : "both";
        throw new InvalidRequestError(`a condition of a scope must be a label or a label group, got ${got}`);
      }
    }
    const keys = labelsIn(scope).map(keyOf);
    if (keys.includes("role")) {
      throw new InvalidRequestError(
        "a scope must have no role label, only app, env, loc and the organization's own; name the role in the rules",
      );
    }
    const twice = keys.find((key, index) => keys.indexOf(key) !== index);
    if (twice !== undefined) {
      throw new InvalidRequestError(
        `a scope must have at most one label of each key, got several of ${twice}; make a scope of each`,
      );
    }
  }
}

/** @throws InvalidRequestError for a rule that no PCE takes, whatever rule set it is in. */
export function checkRule({ providers, consumers, ingressServices, resolveLabelsAs }: RuleFields): void {
  checkActors("providers", providers);
  checkActors("consumers", consumers);
  if (consumers.some(({ virtualServer }) => virtualServer !== undefined)) {
    throw new InvalidRequestError("a virtual server must be a provider of a rule, got it as a consumer");
  }
  for (const side of ["providers", "consumers"] as const) {
    const resolved: readonly string[] = resolveLabelsAs[side];
    if (resolved.length > 0 && resolved.every((each) => each === "workloads" || each === "virtual_services")) continue;
    throw new InvalidRequestError(
      `resolve_labels_as.${side} must be workloads, virtual_services or both, got ${resolved.join(", ") || "none"}`,
    );
  }
  const hasServices = ingressServices.length > 0;
  const isVirtualOnly = !resolveLabelsAs.providers.includes("workloads");
  if (isVirtualOnly && hasServices) {
    throw new InvalidRequestError(
      "ingress_services must be empty when the providers resolve as virtual_services only, " +
        `got ${ingressServices.length}; leave them away: a virtual service has its own ports`,
    );
  }
  if (!isVirtualOnly && !hasServices) {
    throw new InvalidRequestError(
      "ingress_services must name a port or a service when the providers resolve as workloads, got none; " +
        "name one, or resolve the providers as virtual_services",
    );
  }
}

/**
 * A PCE takes a rule that repeats a key of its scope, and ignores it: a rule that allows nothing, and says so nowhere.
 * @throws InvalidRequestError for such a rule. Consumers outside the scope may have any label.
 */
export function checkRuleInScopes(rule: RuleFields, scopes: readonly Scope[], keyOf: KeyOfLabel): void {
  const scopeKeys = new Set(scopes.flatMap((scope) => labelsIn(scope).map(keyOf)));
  const sides = { providers: rule.providers, ...(!rule.unscopedConsumers && { consumers: rule.consumers }) };
  for (const [side, actors] of Object.entries(sides)) {
    const repeated = labelsIn(actors)
      .map(keyOf)
      .find((key) => scopeKeys.has(key));
    if (repeated === undefined) continue;
    throw new InvalidRequestError(
      `the ${side} of a rule must have no label of a key that the scope has, got one of ${repeated}: the PCE would ignore ` +
        "the rule; leave the label away, or take the key out of the scope",
    );
  }
}

function checkActors(side: string, actors: readonly Actor[]): void {
  if (actors.length === 0) {
    throw new InvalidRequestError(`the ${side} of a rule must be at least one, got none; name a label or a workload`);
  }
  for (const { exclusion: _, ...actor } of actors) {
    const kinds = Object.entries(actor).flatMap(([kind, value]) => (value === undefined ? [] : [kind]));
    if (kinds.length === 1) continue;
    throw new InvalidRequestError(
      `each of the ${side} of a rule must be exactly one of a label, label group, workload, virtual service, virtual ` +
        `server, IP list or all managed systems, got ${kinds.join(" and ") || "nothing"}`,
    );
  }
}
