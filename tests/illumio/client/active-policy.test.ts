import assert from "node:assert/strict";
import { json, scriptedClients } from "../../support/pce-objects";

const RULES = "/orgs/1/sec_policy/draft/rule_sets/16";
const ACTIVE = "/orgs/1/sec_policy/active/rule_sets/16";
const ABSENT = json([{ token: "not_found_error", message: "Not found" }], 404);
const RULE = {
  href: `${ACTIVE}/sec_rules/2`,
  enabled: true,
  providers: [],
  consumers: [{ label: { href: "/orgs/1/labels/1" } }],
  ingress_services: [],
  resolve_labels_as: { providers: ["virtual_services"], consumers: ["workloads"] },
  consuming_security_principals: [],
  use_workload_subnets: [],
};
const RULE_SET = { href: ACTIVE, name: "db", enabled: true, scopes: [[]], rules: [RULE], deny_rules: [] };

describe("the active policy", () => {
  const client = scriptedClients();

  it("has of a rule set what is provisioned, by the draft's href, and nothing before it is", async () => {
    const { ruleSets, asked } = await client([json(RULE_SET), ABSENT]);

    const found = await ruleSets.getActive(RULES);

    assert.deepEqual([found?.href, found?.rules.map(({ href }) => href)], [ACTIVE, [RULE.href]]);
    assert.deepEqual(["unread" in (found ?? {}), "unread" in (found?.rules[0] ?? {})], [false, false]);
    assert.equal(await ruleSets.getActive(RULES), undefined);
    assert.deepEqual(asked(), Array(2).fill("GET /sec_policy/active/rule_sets/16"));
  });

  it("names what it does not read of a rule set and a rule", async () => {
    const user = { consuming_security_principals: [{ href: "/x" }], use_workload_subnets: ["consumers"] };
    const { ruleSets } = await client([json({ ...RULE_SET, rules: [{ ...RULE, ...user }], deny_rules: [{}] })]);

    const found = await ruleSets.getActive(RULES);

    assert.deepEqual(found?.unread, ["deny_rules"]);
    assert.deepEqual(found?.rules[0]?.unread, ["consuming_security_principals", "use_workload_subnets"]);
  });

  it("has an IP list's ranges, exclusions and names, by the href of either version", async () => {
    const href = "/orgs/1/sec_policy/active/ip_lists/7";
    const ip_ranges = [
      { from_ip: "10.0.0.0/8", to_ip: null, exclusion: false },
      { from_ip: "10.9.0.1", to_ip: "10.9.0.9", exclusion: true },
    ];
    const list = { href, name: "offices", ip_ranges, fqdns: [{ fqdn: "*.example.com" }] };
    const { ipLists, asked } = await client([json(list), json(list), ABSENT]);

    const expected = {
      href,
      name: "offices",
      ranges: [
        { from: "10.0.0.0/8", isExcluded: false },
        { from: "10.9.0.1", to: "10.9.0.9", isExcluded: true },
      ],
      fqdns: ["*.example.com"],
    };
    assert.deepEqual(await ipLists.getActive(href), expected);
    assert.deepEqual(await ipLists.getActive(href.replace("active", "draft")), expected);
    assert.equal(await ipLists.getActive(href), undefined);
    assert.deepEqual(asked(), Array(3).fill("GET /sec_policy/active/ip_lists/7"));
  });

  it("asks nothing for the href of another organisation's list", async () => {
    const { ipLists, asked } = await client([]);

    assert.throws(() => ipLists.getActive("/orgs/2/sec_policy/active/ip_lists/7"), /must look like \/orgs\/1\//);
    assert.deepEqual(asked(), []);
  });
});

describe("workloads by their labels", () => {
  const client = scriptedClients();
  const labels = (...ids: readonly number[]) => ids.map((id) => ({ href: `/orgs/1/labels/${id}` }));

  it("are those with all of them, also of a PCE that takes the question for any of them", async () => {
    const workload = (name: string, ...ids: readonly number[]) => ({
      href: `/orgs/1/workloads/${name}`,
      name,
      labels: labels(...ids),
    });
    const { workloads, asked } = await client([json([workload("a", 1, 2), workload("b", 1), workload("c", 2, 3, 1)])]);

    const found = await workloads.listLabelled(labels(1, 2));

    assert.deepEqual(
      found.map(({ name }) => name),
      ["a", "c"],
    );
    const query = new URLSearchParams(asked()[0]?.split("?")[1]);
    assert.equal(query.get("labels"), '[["/orgs/1/labels/1","/orgs/1/labels/2"]]');
  });

  it("are never all of them for want of a label", async () => {
    const { workloads, asked } = await client([]);

    await assert.rejects(workloads.listLabelled([]), /by one label at least, got none/);
    assert.deepEqual(asked(), []);
  });
});
