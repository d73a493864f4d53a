import { z } from "zod";
import { externalFields, freeText, port, protocol, type Reference, reference, text } from "../objects/fields";
import type { Change } from "./draft-and-active";
import type { PolicyObject } from "./policy-store";

/** What names whom a rule is for; a rule's actor has exactly one of them. */
const ACTOR_KINDS = [
  "actors",
  "label",
  "label_group",
  "workload",
  "virtual_service",
  "virtual_server",
  "ip_list",
] as const;

const actor = z
  .strictObject({
    actors: z.literal("ams").optional(),
    label: reference.optional(),
    label_group: reference.optional(),
    workload: reference.optional(),
    virtual_service: reference.optional(),
    virtual_server: reference.optional(),
    ip_list: reference.optional(),
    exclusion: z.boolean().optional(),
  })
  .refine(
    (given) => ACTOR_KINDS.filter((kind) => given[kind] !== undefined).length === 1,
    `exactly one of ${ACTOR_KINDS.join(", ")}`,
  );

const ingressService = z
  .strictObject({
    href: z.string().optional(),
    port: port.optional(),
    to_port: port.optional(),
    proto: protocol.optional(),
  })
  .refine(
    ({ href, port: from, proto, to_port: to }) =>
      href === undefined
        ? from !== undefined && proto !== undefined
        : from === undefined && proto === undefined && to === undefined,
    "either href, or port and proto",
  );

const resolved = z.array(z.enum(["workloads", "virtual_services"])).min(1);

const ruleFields = z.strictObject({
  enabled: z.boolean(),
  description: freeText.optional(),
  providers: z.array(actor).min(1),
  consumers: z.array(actor).min(1),
  ingress_services: z.array(ingressService),
  resolve_labels_as: z.strictObject({ providers: resolved, consumers: resolved }),
  unscoped_consumers: z.boolean().optional(),
  sec_connect: z.boolean().optional(),
  stateless: z.boolean().optional(),
  machine_auth: z.boolean().optional(),
  use_workload_subnets: z.array(z.enum(["providers", "consumers"])).optional(),
  network_type: z.enum(["brn", "non_brn", "all"]).optional(),
  ...externalFields,
});

/** What a POST of a rule may hold. */
export const newRule = ruleFields;
/** What a PUT of a rule may hold: what is not there stays as it is. */
export const ruleChange = ruleFields.partial();

const scopeItem = z
  .strictObject({ label: reference.optional(), label_group: reference.optional(), exclusion: z.boolean().optional() })
  .refine(
    ({ label, label_group }) => (label === undefined) !== (label_group === undefined),
    "exactly one of label, label_group",
  );

const ruleSetFields = z.strictObject({
  name: text,
  description: freeText.optional(),
  enabled: z.boolean().optional(),
  scopes: z.array(z.array(scopeItem)).optional(),
  ip_tables_rules: z.array(z.never()).optional(),
  ...externalFields,
});

/** What a POST of a rule set may hold, its first rules included. */
export const newRuleSet = ruleSetFields.extend({ rules: z.array(newRule).optional() });
/** What a PUT of a rule set may hold; rules have hrefs of their own. */
export const ruleSetChange = ruleSetFields.partial();

/** Whom one side of a rule is for. */
export type Actor = z.output<typeof actor>;

/** A rule as it is stored in the draft of its rule set. */
export interface Rule extends Omit<z.output<typeof newRule>, "description" | keyof typeof externalFields> {
  /** Below the draft of the rule set. */
  readonly href: string;
  readonly description: string | null;
  readonly external_data_set: string | null;
  readonly external_data_reference: string | null;
  readonly unscoped_consumers: boolean;
  readonly update_type: Change;
}

/** A rule set as it is stored. */
export interface RuleSet extends PolicyObject {
  readonly name: string;
  readonly description: string | null;
  readonly enabled: boolean;
  /** Lists of labels; a rule is for what has all labels of one of them. An empty list is everything. */
  readonly scopes: readonly (readonly z.output<typeof scopeItem>[])[];
  readonly rules: readonly Rule[];
}

/** What a new rule has where nothing was said. */
export const RULE_DEFAULTS = {
  description: null,
  unscoped_consumers: false,
  sec_connect: false,
  stateless: false,
  machine_auth: false,
  use_workload_subnets: [],
  network_type: "brn",
  consuming_security_principals: [],
  external_data_set: null,
  external_data_reference: null,
} as const;

/** What a new rule set has where nothing was said. */
export const RULE_SET_DEFAULTS = {
  description: null,
  enabled: true,
  scopes: [[]],
  ip_tables_rules: [],
  external_data_set: null,
  external_data_reference: null,
} as const;

/** The hrefs of the objects of one kind that the rules name. */
export function namedBy({ rules }: RuleSet, kind: "label" | "workload" | "virtual_service"): string[] {
  return rules
    .filter(({ update_type }) => update_type !== "delete")
    .flatMap(({ providers, consumers }) => [...providers, ...consumers])
    .flatMap((given) => (given[kind] as Reference | undefined)?.href ?? []);
}
