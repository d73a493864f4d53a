import assert from "node:assert/strict";
import { rangeText } from "../../../functions/enforcement/address-ranges";
import { allowedClients } from "../../../functions/enforcement/allowed-clients";
import { json, scriptedClients } from "../../support/pce-objects";

const IDENTITY = { externalDataSet: "s", externalDataReference: "database" };
const ORG = "/api/v2/orgs/1";
const SERVICE = "/orgs/1/sec_policy/active/virtual_services/v";
const RULE = "/orgs/1/sec_policy/active/rule_sets/7/sec_rules/8";

/** Labels, by number: the key that each has. */
const KEYS = { 1: "role", 2: "app", 3: "env" } as const;
const label = (id: keyof typeof KEYS) => ({ label: { href: `/orgs/1/labels/${id}` } });
const ipList = { ip_list: { href: "/orgs/1/sec_policy/active/ip_lists/9" } };
const group = { label_group: { href: "/orgs/1/sec_policy/active/label_groups/5" } };

const WEB = { href: "/orgs/1/workloads/w", name: "web", labels: [{ href: "/orgs/1/labels/1" }] };
const AT = { interfaces: [{ name: "eth0", address: "10.0.0.1" }] };

interface Told {
  readonly rule?: object;
  readonly ruleSet?: object;
  readonly list?: object;
}

describe("clients of the policy that have no addresses which can be known", () => {
  const client = scriptedClients();

  /** Whom a PCE with one rule lets in. */
  async function asked({ rule = {}, ruleSet = {}, list = {} }: Told) {
    const common = { name: "db", external_data_set: "s", external_data_reference: "database" };
    const service = { ...common, service_ports: [{ port: 5432, proto: 6 }], labels: [{ href: "/orgs/1/labels/2" }] };
    const rules = {
      ...{ ...common, enabled: true, scopes: [[]] },
      rules: [
        {
          href: RULE,
          enabled: true,
          providers: [{ virtual_service: { href: SERVICE } }],
          consumers: [label(1)],
          ingress_services: [],
          resolve_labels_as: { providers: ["virtual_services"], consumers: ["workloads"] },
          unscoped_consumers: true,
          ...rule,
        },
      ],
      ...ruleSet,
    };
    const of = (object: object, path: string) => ({ ...object, href: `/orgs/1/sec_policy/${path}` });
    const { ...objects } = await client(({ path: url }) => {
      const path = url.replace(ORG, "").replace(/\?.*/, "");
      const id = /^\/labels\/(\d)$/.exec(path)?.[1] as "1" | undefined;
      if (id !== undefined) return json({ href: `/orgs/1${path}`, key: KEYS[id], value: "x" });
      switch (path) {
        case "/sec_policy/draft/virtual_services":
          return json([of(service, "draft/virtual_services/v")]);
        case "/sec_policy/active/virtual_services/v":
          return json(of(service, "active/virtual_services/v"));
        case "/sec_policy/draft/rule_sets":
          return json([of({ ...rules, rules: [] }, "draft/rule_sets/7")]);
        case "/sec_policy/active/rule_sets/7":
          return json(of(rules, "active/rule_sets/7"));
        case "/sec_policy/active/ip_lists/9":
          return json(of({ name: "offices", ip_ranges: [], ...list }, "active/ip_lists/9"));
        case "/workloads":
          return json([
            { ...WEB, ...AT },
            { ...WEB, ...AT, href: "/orgs/1/workloads/x", labels: [] },
          ]);
        default:
          return json([{ token: "not_found_error", message: path }], 404);
      }
    });
    const answer = await allowedClients(objects, IDENTITY, 5432);
    assert.ok("ranges" in answer, "missing" in answer ? answer.missing : "");
    const texts = answer.ranges.map(rangeText);
    return { ranges: texts, unresolved: answer.unresolved, unusable: answer.unusable.map(rangeText) };
  }

  const nobody = (why: RegExp) => ({ ranges: [] as string[], why });
  const CASES: readonly (readonly [string, Told, { readonly ranges: readonly string[]; readonly why?: RegExp }])[] = [
    ["a label that all have", {}, { ranges: ["10.0.0.1/32"] }],
    ["a user group", { rule: { consuming_security_principals: [{ href: "/x" }] } }, nobody(/consuming_security_princ/)],
    ["subnets of workloads", { rule: { use_workload_subnets: ["consumers"] } }, nobody(/use_workload_subnets/)],
    ["a label group", { rule: { consumers: [label(1), group] } }, nobody(/consumers have a label group/)],
    ["a provider's label group", { rule: { providers: [group] } }, nobody(/providers have a label group/)],
    ["a scope's label group", { ruleSet: { scopes: [[group]] } }, nobody(/scope has a label group/)],
    [
      "virtual services for labels",
      { rule: { resolve_labels_as: { providers: ["virtual_services"], consumers: ["virtual_services"] } } },
      nobody(/virtual services/),
    ],
    [
      "a virtual service",
      { rule: { consumers: [{ virtual_service: { href: SERVICE } }] } },
      nobody(/virtual services/),
    ],
    [
      "a label that is gone",
      { rule: { consumers: [{ label: { href: "/orgs/1/labels/x" } }] } },
      nobody(/is not there/),
    ],
    ["an excluded list", { rule: { consumers: [label(1), { ...ipList, exclusion: true }] } }, nobody(/no label/)],
    [
      "a key of its scope",
      { ruleSet: { scopes: [[label(2)]] }, rule: { consumers: [label(2)], unscoped_consumers: false } },
      nobody(/consumers repeat a key of the scope/),
    ],
    [
      "a service by its href",
      {
        rule: {
          providers: [label(2)],
          ingress_services: [{ href: "/orgs/1/sec_policy/active/services/1" }],
          resolve_labels_as: { providers: ["workloads"], consumers: ["workloads"] },
        },
      },
      nobody(/service by its href/),
    ],
    ["a deny rule", { ruleSet: { deny_rules: [{ href: "/x" }] } }, nobody(/deny_rules/)],
    [
      "all workloads beside a label",
      { rule: { consumers: [label(1), { actors: "ams" }] } },
      { ranges: ["10.0.0.1/32"], why: /all workloads/ },
    ],
    [
      "names in an IP list",
      { rule: { consumers: [ipList] }, list: { ip_ranges: [{ from_ip: "10.9.0.1" }], fqdns: [{ fqdn: "*.x" }] } },
      { ranges: ["10.9.0.1/32"], why: /"offices" has names/ },
    ],
    [
      "an exclusion that can't be read",
      {
        rule: { consumers: [ipList] },
        list: { ip_ranges: [{ from_ip: "10.0.0.0/8" }, { from_ip: "some", exclusion: true }] },
      },
      nobody(/"offices" has "some"/),
    ],
    [
      "an IP list that is not active",
      { rule: { consumers: [{ ip_list: { href: "/orgs/1/sec_policy/active/ip_lists/404" } }] } },
      nobody(/404 is not active/),
    ],
  ];

  for (const [what, told, { ranges, why }] of CASES) {
    it(`are said, and the rest is known: ${what}`, async () => {
      const found = await asked(told);

      assert.deepEqual(found.ranges, ranges);
      assert.equal(found.unresolved.length, why === undefined ? 0 : 1, found.unresolved.join());
      if (why !== undefined) assert.match(found.unresolved[0] ?? "", why);
    });
  }

  it("are none of an IP list: networks, ranges, and what is excluded from them", async () => {
    const ip_ranges = [
      { from_ip: "10.9.0.0/24" },
      { from_ip: "10.9.1.0", to_ip: "10.9.1.9" },
      { from_ip: "10.9.0.128", to_ip: "10.9.1.4", exclusion: true },
      { from_ip: "fd00::/16" },
      { from_ip: "203.0.113.0/24", to_ip: null },
    ];

    assert.deepEqual(await asked({ rule: { consumers: [ipList] }, list: { ip_ranges } }), {
      ranges: ["10.9.0.0/25", "10.9.1.5-10.9.1.9", "fd00::/16"],
      unusable: ["203.0.113.0/24"],
      unresolved: [],
    });
  });
});
