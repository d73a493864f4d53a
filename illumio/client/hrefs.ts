import { InvalidRequestError, UnexpectedAnswerError } from "./pce-errors";
import { Fields } from "./wire";

/** What leads to an object of the PCE: its path after `/api/v2`. */
export interface HrefReference {
  readonly href: string;
}

// source:  the REST API's answers
// example: /orgs/1/labels/14, /orgs/1/workloads/<uuid>, /orgs/1/sec_policy/draft/rule_sets/1667/sec_rules/2
const SHAPES = {
  label: /^\/orgs\/\d+\/labels\/[\w-]+$/,
  workload: /^\/orgs\/\d+\/workloads\/[\w-]+$/,
  "draft virtual service": /^\/orgs\/\d+\/sec_policy\/draft\/virtual_services\/[\w-]+$/,
  "active virtual service": /^\/orgs\/\d+\/sec_policy\/active\/virtual_services\/[\w-]+$/,
  "draft rule set": /^\/orgs\/\d+\/sec_policy\/draft\/rule_sets\/[\w-]+$/,
  "active rule set": /^\/orgs\/\d+\/sec_policy\/(?:active|\d+)\/rule_sets\/[\w-]+$/,
  "draft rule": /^\/orgs\/\d+\/sec_policy\/draft\/rule_sets\/[\w-]+\/sec_rules\/[\w-]+$/,
  "active rule": /^\/orgs\/\d+\/sec_policy\/(?:active|\d+)\/rule_sets\/[\w-]+\/sec_rules\/[\w-]+$/,
  "active IP list": /^\/orgs\/\d+\/sec_policy\/(?:active|\d+)\/ip_lists\/[\w-]+$/,
  "draft policy object": /^\/orgs\/\d+\/sec_policy\/draft\/[a-z_]+\/[\w-]+$/,
  "service binding": /^\/orgs\/\d+\/service_bindings\/[\w-]+$/,
} as const satisfies Readonly<Record<string, RegExp>>;

export type HrefKind = keyof typeof SHAPES;

const EXAMPLES: Readonly<Record<HrefKind, string>> = {
  label: "labels/14",
  workload: "workloads/<uuid>",
  "draft virtual service": "sec_policy/draft/virtual_services/<uuid>",
  "active virtual service": "sec_policy/active/virtual_services/<uuid>",
  "draft rule set": "sec_policy/draft/rule_sets/1667",
  "active rule set": "sec_policy/active/rule_sets/1667",
  "draft rule": "sec_policy/draft/rule_sets/1667/sec_rules/2",
  "active rule": "sec_policy/active/rule_sets/1667/sec_rules/2",
  "active IP list": "sec_policy/active/ip_lists/1",
  "draft policy object": "sec_policy/draft/rule_sets/1667",
  "service binding": "service_bindings/<uuid>",
};

/** The href, when it leads to such an object of this organisation; a request of any other would change something else. */
export function checkHref(href: string, kind: HrefKind, org: string): string {
  if (SHAPES[kind].test(href) && href.startsWith(`${org}/`)) return href;
  throw new InvalidRequestError(
    `the href of a ${kind} must look like ${org}/${EXAMPLES[kind]}, got "${href}"; ` +
      "take it from an answer of the PCE, of the organization id that is set",
  );
}

/** The href of an object in an answer. @throws UnexpectedAnswerError when it is no such href. */
export function readHref(fields: Fields, kind: HrefKind): string {
  const href = fields.requiredText("href");
  if (!SHAPES[kind].test(href)) {
    throw new UnexpectedAnswerError(`the PCE's answer has "${href.slice(0, 200)}" as the href of a ${kind}`);
  }
  return href;
}

/** The objects that a field refers to. */
export function readReferences(fields: Fields, name: string): readonly HrefReference[] {
  return fields.items(name, (item) => ({ href: new Fields(item, `one of ${name}`).requiredText("href") }));
}

/** The href of the same object in the active policy. */
export function activeHref(draftHref: string): string {
  return draftHref.replace("/sec_policy/draft/", "/sec_policy/active/");
}

/** The href of the same object in the draft policy, where all changes are made. */
export function draftHref(activeHref: string): string {
  return activeHref.replace(/\/sec_policy\/(?:active|\d+)\//, "/sec_policy/draft/");
}
