import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidRequestError } from "../../../illumio/client/pce-errors";
import { checkRule, checkRuleInScopes, checkScopes } from "../../../illumio/client/rule-checks";
import { type Actor, isSameRule, type ResolvedAs, type RuleFields } from "../../../illumio/client/rule-set";

const label = (key: string, number = 1): Actor => ({ label: { href: `/orgs/1/labels/${key}-${number}` } });
const keyOf = ({ href }: { readonly href: string }) => href.split("/")[4]?.split("-")[0] ?? "";
const group = { labelGroup: { href: "/orgs/1/sec_policy/draft/label_groups/1" } };
const SERVICE = { virtualService: { href: "/orgs/1/sec_policy/draft/virtual_services/v" } };
const TCP = { port: 5432, proto: 6 };

const rule = (fields: Partial<RuleFields> = {}): RuleFields => ({
  providers: [SERVICE],
  consumers: [label("role")],
  ingressServices: [],
  resolveLabelsAs: { providers: ["virtual_services"], consumers: ["workloads"] },
  ...fields,
});
const resolving = (...providers: readonly ResolvedAs[]) =>
  ({ resolveLabelsAs: { providers, consumers: ["workloads"] } }) as const;

describe("the scopes of a rule set", () => {
  for (const scopes of [[[]], [[label("app"), label("env")], [label("app", 2)]], [[group, label("loc")]]]) {
    it(`are taken: ${JSON.stringify(scopes)}`, () => checkScopes(scopes, keyOf));
  }

  const REFUSED = [
    { scopes: [], why: /must have at least one scope, got none; give \[\[\]\]/ },
    { scopes: [[label("app")], [label("role")]], why: /must have no role label.*name the role in the rules/ },
    { scopes: [[label("app"), label("app", 2)]], why: /at most one label of each key, got several of app/ },
    { scopes: [[{}]], why: /must be a label or a label group, got neither/ },
    { scopes: [[{ ...label("app"), ...group }]], why: /must be a label or a label group, got both/ },
  ];
  for (const { scopes, why } of REFUSED) {
    it(`are refused: ${why.source}`, () => assert.throws(() => checkScopes(scopes, keyOf), why));
  }
});

describe("a rule", () => {
  const TAKEN = [
    rule(),
    rule({ ...resolving("workloads"), ingressServices: [TCP] }),
    rule({ ...resolving("virtual_services", "workloads"), ingressServices: [{ href: "/orgs/1/services/1" }] }),
    rule({ providers: [{ actors: "ams" }, { ...label("app"), exclusion: true }] }),
  ];
  for (const each of TAKEN) it(`is taken: ${JSON.stringify(each).slice(0, 120)}`, () => checkRule(each));

  const REFUSED = [
    {
      fields: { ingressServices: [TCP] },
      why: /must be empty when the providers resolve as virtual_services only, got 1/,
    },
    { fields: resolving("workloads"), why: /must name a port or a service when .* as workloads, got none/ },
    { fields: resolving("virtual_services", "workloads"), why: /must name a port or a service/ },
    { fields: resolving(), why: /resolve_labels_as.providers must be .*, got none/ },
    { fields: { providers: [] }, why: /the providers of a rule must be at least one, got none/ },
    { fields: { consumers: [] }, why: /the consumers of a rule must be at least one, got none/ },
    { fields: { consumers: [{ ...label("app"), ...group }] }, why: /exactly one of .*, got label and labelGroup/ },
    { fields: { providers: [{}] }, why: /exactly one of .*, got nothing/ },
    { fields: { consumers: [{ virtualServer: { href: "x" } }] }, why: /virtual server must be a provider/ },
  ] as const;
  for (const { fields, why } of REFUSED) {
    it(`is refused: ${why.source}`, () => assert.throws(() => checkRule(rule(fields)), why));
  }

  it("is refused exactly when it repeats a key of its scope: a PCE would ignore it and say nothing", () => {
    const keys = fc.constantFrom("role", "app", "env", "loc");
    const some = fc.uniqueArray(keys);
    fc.assert(
      fc.property(some, some, some, fc.boolean(), (inScope, provided, consumed, unscopedConsumers) => {
        const made = rule({
          providers: [SERVICE, ...provided.map((key) => label(key))],
          consumers: [{ actors: "ams" }, ...consumed.map((key) => label(key, 2))],
          unscopedConsumers,
        });
        const checked = [...provided, ...(unscopedConsumers ? [] : consumed)];
        const check = () => checkRuleInScopes(made, [inScope.map((key) => label(key, 3))], keyOf);

        if (checked.some((key) => inScope.includes(key))) assert.throws(check, InvalidRequestError);
        else check();
      }),
    );
  });

  it("says the same as another whatever the order of its parts, the policy its hrefs are of, and what is left away", () => {
    const active = { virtualService: { href: "/orgs/1/sec_policy/active/virtual_services/v" } };
    const one = rule({ providers: [SERVICE, label("app")], description: "a" });
    const same = rule({ providers: [{ ...label("app"), exclusion: false }, active], unscopedConsumers: false });

    assert.ok(isSameRule(one, same));
    assert.ok(!isSameRule(one, rule({ providers: [SERVICE] })));
    assert.ok(!isSameRule(one, { ...one, consumers: [label("role", 2)] }));
    assert.ok(!isSameRule(one, { ...one, unscopedConsumers: true }));
  });
});
