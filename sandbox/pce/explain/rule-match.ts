import type { Reference } from "../objects/fields";
import type { Workload } from "../objects/workload";
import { activeHref } from "../policy/policy-store";
import type { Actor, Rule, RuleSet } from "../policy/rule-set";
import type { VirtualService } from "../policy/virtual-service";
import type { World } from "../world";

/** A port and protocol that a flow goes to. */
export interface FlowService {
  readonly port: number;
  readonly protocol: number;
}

type Scope = RuleSet["scopes"][number];
type Labelled = { readonly labels: readonly Reference[] };

/**
 * The hrefs of the active rules that let one of the sources talk to one of the destinations. Rule sets and rules that
 * are off allow nothing, and neither does a rule that repeats a label of its scope: a PCE ignores those silently. Of
 * consumers that the scope does not hold for, a label is no repeat.
 */
export function rulesAllowing(
  world: World,
  sources: readonly Workload[],
  destinations: readonly Workload[],
  service: FlowService,
): string[] {
  if (sources.length === 0 || destinations.length === 0) return [];
  const ruleSets = world.ruleSets.active().filter(({ enabled }) => enabled);
  return ruleSets.flatMap((ruleSet) =>
    ruleSet.rules
      .filter((rule) => rule.enabled)
      .filter((rule) => ruleSet.scopes.some((scope) => allows(world, rule, scope, sources, destinations, service)))
      .map(({ href }) => activeHref(href)),
  );
}

function allows(
  world: World,
  rule: Rule,
  scope: Scope,
  sources: readonly Workload[],
  destinations: readonly Workload[],
  service: FlowService,
): boolean {
  if (repeatsScope(rule, scope)) return false;
  const consumed = sources.some(
    (workload) => (rule.unscoped_consumers || inScope(workload, scope)) && isNamed(world, rule.consumers, workload),
  );
  if (!consumed) return false;
  const { providers: resolved } = rule.resolve_labels_as;
  const asWorkload =
    resolved.includes("workloads") &&
    rule.ingress_services.some((wanted) => wanted.href !== undefined || covers([wanted], service)) &&
    destinations.some((workload) => inScope(workload, scope) && isNamed(world, rule.providers, workload));
  if (asWorkload) return true;
  return (
    resolved.includes("virtual_services") &&
    destinations.some((workload) => isProvidedBy(world, rule.providers, scope, workload, service))
  );
}

/**
 * Whether the workload is bound to a virtual service that the providers name and that has the port. `ip_overrides` say which addresses a
 * PCE writes into the firewalls of consumers; a flow is known here by the workload at its address, so they change nothing.
 */
function isProvidedBy(
  world: World,
  providers: readonly Actor[],
  scope: Scope,
  workload: Workload,
  service: FlowService,
): boolean {
  return world.bindings.withKey(`workload ${workload.href}`).some(({ virtual_service, port_overrides }) => {
    const bound = world.virtualServices.version(virtual_service.href);
    if (bound === undefined || !inScope(bound, scope)) return false;
    const direct = providers.some(
      (provider) => activeHref(provider.virtual_service?.href ?? "") === virtual_service.href,
    );
    if (!direct && !hasOneLabelOfEachKey(world, providers, bound)) return false;
    // where a port is overridden, the workload listens on another one
    const moved = port_overrides.map(({ new_port, new_to_port, proto }) => ({
      port: new_port,
      to_port: new_to_port,
      proto,
    }));
    const kept = portsOf(bound).filter(
      ({ port, proto }) => !port_overrides.some((over) => over.port === port && over.proto === proto),
    );
    return bound.service !== undefined || covers([...moved, ...kept], service);
  });
}

function portsOf({ service_ports }: VirtualService) {
  return service_ports ?? [];
}

function isNamed(world: World, actors: readonly Actor[], workload: Workload): boolean {
  return (
    actors.some(
      ({ actors: all, ip_list, workload: one }) =>
        all === "ams" || ip_list !== undefined || one?.href === workload.href,
    ) || hasOneLabelOfEachKey(world, actors, workload)
  );
}

/** Labels of one key are alternatives, those of different keys must all be there; an exclusion must not. */
function hasOneLabelOfEachKey(world: World, actors: readonly Actor[], { labels }: Labelled): boolean {
  const has = (href: string) => labels.some((label) => label.href === href);
  const wanted = new Map<string, string[]>();
  for (const { label, exclusion } of actors) {
    if (label === undefined) continue;
    if (exclusion === true) {
      if (has(label.href)) return false;
      continue;
    }
    const key = world.labels.get(label.href)?.key ?? "";
    wanted.set(key, [...(wanted.get(key) ?? []), label.href]);
  }
  return wanted.size > 0 && [...wanted.values()].every((hrefs) => hrefs.some(has));
}

function inScope({ labels }: Labelled, scope: Scope): boolean {
  return scope.every(({ label, exclusion }) => {
    const has = labels.some(({ href }) => href === label?.href);
    return exclusion === true ? !has : has;
  });
}

function repeatsScope({ providers, consumers, unscoped_consumers }: Rule, scope: Scope): boolean {
  const scoped = new Set(scope.map(({ label }) => label?.href));
  return [...providers, ...(unscoped_consumers ? [] : consumers)].some(
    ({ label }) => label !== undefined && scoped.has(label.href),
  );
}

function covers(
  ports: readonly {
    readonly port?: number | undefined;
    readonly to_port?: number | undefined;
    readonly proto?: number | undefined;
  }[],
  { port, protocol }: FlowService,
): boolean {
  return ports.some(
    ({ port: from = -1, to_port: to = from, proto }) => proto === protocol && from <= port && port <= to,
  );
}
