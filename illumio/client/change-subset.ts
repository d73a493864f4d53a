import { draftHref } from "./hrefs";

/** Policy objects by their kind, as provisioning names them: `{"virtual_services":[{"href":...}]}`. */
export type ChangeSubset = Readonly<Record<string, readonly { readonly href: string }[]>>;

/** The subset that has these objects; rules are provisioned with their rule set. */
export function changeSubset(hrefs: readonly string[]): ChangeSubset {
  const kinds = new Map<string, { href: string }[]>();
  for (const href of new Set(hrefs)) {
    const kind = href.split("/")[5] ?? "";
    kinds.set(kind, [...(kinds.get(kind) ?? []), { href }]);
  }
  return Object.fromEntries(kinds);
}

// source:  GET /sec_policy/pending: an array for each kind, but one object for firewall_settings
// example: {"rule_sets":[{"href":"/orgs/1/sec_policy/draft/rule_sets/7",...}],"firewall_settings":{"href":"..."}}
/** The hrefs, as drafts, of the objects that such an answer lists. */
export function hrefsOfSubset(body: unknown): ReadonlySet<string> {
  const kinds = typeof body === "object" && body !== null ? Object.values(body) : [];
  return new Set(kinds.flatMap((kind: unknown) => (Array.isArray(kind) ? kind : [kind])).flatMap(hrefOf));
}

/**
 * The hrefs, as drafts, of every policy object anywhere in an answer. What `dependencies` answers is documented nowhere,
 * so its shape is not relied on.
 */
export function policyHrefsIn(body: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    for (const href of hrefOf(value)) {
      if (/\/sec_policy\/draft\/[a-z_]+\/[\w-]+$/.test(href)) found.add(href);
    }
    Object.values(value).forEach(visit);
  };
  visit(body);
  return found;
}

function hrefOf(item: unknown): readonly string[] {
  const href = typeof item === "object" && item !== null && "href" in item ? item.href : undefined;
  return typeof href === "string" ? [draftHref(href)] : [];
}
