import { draftHref, type HrefReference, readHref } from "./hrefs";
import type { ExternalIdentity } from "./identity";
import { type PendingChange, readPending, readServicePort, type ServicePort } from "./virtual-service";
import { Fields, present } from "./wire";

/** One condition of a scope. */
export interface ScopeEntry {
  readonly label?: HrefReference;
  readonly labelGroup?: HrefReference;
  /** All but this one; from PCE 22.5 on. */
  readonly exclusion?: boolean;
}

/** The conditions that all hold; none of them means everything. */
export type Scope = readonly ScopeEntry[];

export interface RuleSetFields {
  /** Unique in the organisation. */
  readonly name: string;
  readonly description?: string;
  readonly enabled?: boolean;
  /** At least one: `[[]]` is everything. */
  readonly scopes: readonly Scope[];
}

export type NewRuleSet = RuleSetFields & ExternalIdentity;

export type RuleSetChanges = Partial<RuleSetFields & ExternalIdentity>;

/** Who a rule is about: exactly one of these. */
export interface Actor {
  /** All managed workloads. */
  readonly actors?: "ams";
  readonly label?: HrefReference;
  readonly labelGroup?: HrefReference;
  readonly workload?: HrefReference;
  readonly virtualService?: HrefReference;
  /** Only as a provider. */
  readonly virtualServer?: HrefReference;
  readonly ipList?: HrefReference;
  readonly exclusion?: boolean;
}

/** What labels in a rule stand for. */
export type ResolvedAs = "workloads" | "virtual_services";

export interface RuleFields {
  readonly enabled?: boolean;
  readonly description?: string;
  /** To whom connections go. */
  readonly providers: readonly Actor[];
  /** From whom they come. */
  readonly consumers: readonly Actor[];
  /** Empty when the providers are virtual services only: these have ports of their own. */
  readonly ingressServices: readonly (HrefReference | ServicePort)[];
  readonly resolveLabelsAs: { readonly providers: readonly ResolvedAs[]; readonly consumers: readonly ResolvedAs[] };
  /**
   * Whether consumers may be outside the scope.
   * @default false
   */
  readonly unscopedConsumers?: boolean;
}

/** A rule as the PCE has it. */
export interface Rule extends RuleFields {
  readonly href: string;
  /** Parts of it, by the PCE's names, that this client does not read and that change whom it lets in; absent when there is none. */
  readonly unread?: readonly string[];
}

/** A rule set as the PCE has it. */
export interface RuleSet extends RuleSetFields, Partial<ExternalIdentity> {
  readonly href: string;
  readonly pending?: PendingChange;
  readonly rules: readonly Rule[];
  /** As of a rule. */
  readonly unread?: readonly string[];
}

/** What is changed, and what is in force. */
export type PolicyVersion = "draft" | "active";

export function readRuleSet(body: unknown, version: PolicyVersion = "draft"): RuleSet {
  const fields = new Fields(body, "a rule set");
  return present({
    href: readHref(fields, `${version} rule set`),
    name: fields.requiredText("name"),
    description: fields.text("description"),
    enabled: fields.flag("enabled"),
    scopes: fields.items("scopes", (scope) => (Array.isArray(scope) ? scope.map(readScopeEntry) : [])),
    rules: fields.items("rules", (rule) => readRule(rule, version)),
    unread: partsOf(fields, ["deny_rules"]),
    pending: readPending(fields),
    externalDataSet: fields.text("external_data_set"),
    externalDataReference: fields.text("external_data_reference"),
  });
}

export function readRule(body: unknown, version: PolicyVersion = "draft"): Rule {
  const fields = new Fields(body, "a rule");
  const resolved = fields.object("resolve_labels_as");
  return present({
    href: readHref(fields, `${version} rule`),
    enabled: fields.flag("enabled"),
    description: fields.text("description"),
    providers: fields.items("providers", readActor),
    consumers: fields.items("consumers", readActor),
    ingressServices: fields.items("ingress_services", readIngressService),
    resolveLabelsAs: {
      providers: (resolved?.items("providers", String) ?? []) as readonly ResolvedAs[],
      consumers: (resolved?.items("consumers", String) ?? []) as readonly ResolvedAs[],
    },
    unscopedConsumers: fields.flag("unscoped_consumers"),
    // user groups narrow whom it lets in, subnets of workloads widen it
    unread: partsOf(fields, ["consuming_security_principals", "use_workload_subnets"]),
  });
}

function partsOf(fields: Fields, names: readonly string[]): readonly string[] | undefined {
  const found = names.filter((name) => fields.items(name, (item) => item).length > 0);
  return found.length === 0 ? undefined : found;
}

function reference(fields: Fields, name: string): HrefReference | undefined {
  const href = fields.object(name)?.text("href");
  return href === undefined ? undefined : { href };
}

function readScopeEntry(item: unknown): ScopeEntry {
  const fields = new Fields(item, "a scope");
  return present({
    label: reference(fields, "label"),
    labelGroup: reference(fields, "label_group"),
    exclusion: fields.flag("exclusion"),
  });
}

function readActor(item: unknown): Actor {
  const fields = new Fields(item, "an actor of a rule");
  return present({
    actors: fields.text("actors") === "ams" ? ("ams" as const) : undefined,
    label: reference(fields, "label"),
    labelGroup: reference(fields, "label_group"),
    workload: reference(fields, "workload"),
    virtualService: reference(fields, "virtual_service"),
    virtualServer: reference(fields, "virtual_server"),
    ipList: reference(fields, "ip_list"),
    exclusion: fields.flag("exclusion"),
  });
}

function readIngressService(item: unknown): HrefReference | ServicePort {
  const href = new Fields(item, "a service of a rule").text("href");
  return href === undefined ? readServicePort(item) : { href };
}

/** Whether two rules say the same; whether they are enabled, and how they are described, is not what they say. */
export function isSameRule(one: RuleFields, other: RuleFields): boolean {
  return meaning(one) === meaning(other);
}

function meaning({ providers, consumers, ingressServices, resolveLabelsAs, unscopedConsumers }: RuleFields): string {
  return JSON.stringify([
    setOf(providers),
    setOf(consumers),
    setOf(ingressServices),
    setOf(resolveLabelsAs.providers),
    setOf(resolveLabelsAs.consumers),
    unscopedConsumers ?? false,
  ]);
}

/** The items as text, in an order that does not depend on theirs; an href to the active policy is that to the draft. */
function setOf(items: readonly unknown[]): readonly string[] {
  return items.map(canonical).sort();
}

function canonical(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(draftHref(value));
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const members = Object.entries(value).filter(([, member]) => member !== undefined && member !== false);
  return `{${members
    .map(([name, member]) => `${name}:${canonical(member)}`)
    .sort()
    .join()}}`;
}
