import assert from "node:assert/strict";
import { json, NO_CONTENT, type ScriptedObjects, scriptedClients } from "../../support/pce-objects";
import type { ScriptedAnswer, SeenRequest } from "../../support/scripted-pce";

const HREF = "/orgs/1/sec_policy/draft/rule_sets/16";
const RULE_HREF = `${HREF}/sec_rules/2`;
const VIRTUAL_SERVICE = { virtual_service: { href: "/orgs/1/sec_policy/draft/virtual_services/v" } };
const LABELS = new Map([
  ["/orgs/1/labels/1", "role"],
  ["/orgs/1/labels/2", "app"],
  ["/orgs/1/labels/3", "env"],
]);
const WIRE_RULE = {
  href: RULE_HREF,
  enabled: true,
  description: null,
  providers: [VIRTUAL_SERVICE],
  consumers: [{ label: { href: "/orgs/1/labels/1", key: "role", value: "WEB" } }],
  ingress_services: [],
  resolve_labels_as: { providers: ["virtual_services"], consumers: ["workloads"] },
  unscoped_consumers: false,
  update_type: "create",
};
const WIRE = {
  href: HREF,
  name: "db",
  description: null,
  enabled: true,
  scopes: [[{ label: { href: "/orgs/1/labels/2", key: "app", value: "APP" } }]],
  rules: [WIRE_RULE],
  ip_tables_rules: [],
  update_type: "create",
  external_data_set: "s",
  external_data_reference: "db",
};
const RULE = {
  providers: [{ virtualService: { href: "/orgs/1/sec_policy/draft/virtual_services/v" } }],
  consumers: [{ label: { href: "/orgs/1/labels/1" } }],
  ingressServices: [],
  resolveLabelsAs: { providers: ["virtual_services"], consumers: ["workloads"] },
} as const;
const SCOPES = [[{ label: { href: "/orgs/1/labels/2" } }]];
const RULE_SET = {
  href: HREF,
  name: "db",
  enabled: true,
  scopes: SCOPES,
  rules: [{ href: RULE_HREF, enabled: true, ...RULE, unscopedConsumers: false }],
  pending: "create",
  externalDataSet: "s",
  externalDataReference: "db",
};

describe("rule sets", () => {
  const client = scriptedClients();

  /** A PCE that has the labels and the rule set; what is posted gets the answers in turn. */
  async function given(posted: readonly ScriptedAnswer[] = [], ruleSet: object = WIRE): Promise<ScriptedObjects> {
    const answers = [...posted];
    const answer = ({ method, path }: SeenRequest): ScriptedAnswer => {
      const href = path.replace("/api/v2", "");
      if (method === "POST") return answers.shift() ?? json(WIRE, 201);
      if (method !== "GET") return NO_CONTENT;
      if (href.startsWith("/orgs/1/labels/")) {
        const key = LABELS.get(href);
        return key === undefined ? json([], 404) : json({ href, key, value: "X" });
      }
      return href === HREF ? json(ruleSet) : json([ruleSet]);
    };
    return client(answer);
  }

  it("are created as drafts with scopes, and without rules or nulls", async () => {
    const { ruleSets, sent } = await given();

    const created = await ruleSets.create({
      externalDataSet: "s",
      externalDataReference: "db",
      name: "db",
      scopes: SCOPES,
    });

    assert.deepEqual(created, RULE_SET);
    assert.deepEqual(sent("POST"), {
      enabled: true,
      external_data_set: "s",
      external_data_reference: "db",
      name: "db",
      scopes: [[{ label: { href: "/orgs/1/labels/2" } }]],
    });
  });

  it("ask for the key of a label once", async () => {
    const { ruleSets, asked } = await given([json(WIRE_RULE, 201)]);

    await ruleSets.createRule(HREF, RULE);
    await ruleSets.updateRule(RULE_HREF, { enabled: false });

    const labels = asked().filter((request) => request.startsWith("GET /labels/"));
    assert.deepEqual(labels, ["GET /labels/2", "GET /labels/1"]);
  });

  it("are refused, before they are sent, with a role in the scope or a label that does not exist", async () => {
    const { ruleSets, asked } = await given();
    const make = (label: number) =>
      ruleSets.create({
        externalDataSet: "s",
        externalDataReference: "db",
        name: "db",
        scopes: [[{ label: { href: `/orgs/1/labels/${label}` } }]],
      });

    await assert.rejects(make(1), /a scope must have no role label/);
    await assert.rejects(make(9), /the label \/orgs\/1\/labels\/9 of a rule set must exist/);

    assert.ok(asked().every((request) => request.startsWith("GET /labels/")));
  });

  it("are created, and their rules too, once when the answer is lost", async () => {
    const lost = { reset: "before-answer" } as const;
    const { ruleSets, asked } = await given([lost, lost]);
    const identity = { externalDataSet: "s", externalDataReference: "db" };

    assert.deepEqual(await ruleSets.create({ ...identity, name: "db", scopes: SCOPES }), RULE_SET);
    assert.equal((await ruleSets.createRule(HREF, RULE)).href, RULE_HREF);

    assert.equal(asked().filter((request) => request.startsWith("POST")).length, 2);
  });

  it("get rules at their own path", async () => {
    const { ruleSets, sent, asked } = await given([json(WIRE_RULE, 201)], { ...WIRE, rules: [] });

    await ruleSets.createRule(HREF, RULE);

    assert.equal(asked().at(-1), "POST /sec_policy/draft/rule_sets/16/sec_rules");
    assert.deepEqual(sent("POST"), {
      enabled: true,
      unscoped_consumers: false,
      providers: [VIRTUAL_SERVICE],
      consumers: [{ label: { href: "/orgs/1/labels/1" } }],
      ingress_services: [],
      resolve_labels_as: { providers: ["virtual_services"], consumers: ["workloads"] },
    });
  });

  it("take no rule that the PCE would ignore, nor a change that makes one of a rule or of the scope", async () => {
    const { ruleSets, asked } = await given();
    const app = [{ label: { href: "/orgs/1/labels/2" } }];

    await assert.rejects(
      ruleSets.createRule(HREF, { ...RULE, consumers: app }),
      /got one of app: the PCE would ignore/,
    );
    await assert.rejects(ruleSets.updateRule(RULE_HREF, { providers: app }), /the providers of a rule must have no/);
    await assert.rejects(ruleSets.updateRule(RULE_HREF, { ingressServices: [{ port: 1, proto: 6 }] }), /must be empty/);
    await assert.rejects(ruleSets.update(HREF, { scopes: [] }), /at least one scope/);
    await ruleSets.updateRule(RULE_HREF, { consumers: app, unscopedConsumers: true });
    await ruleSets.update(HREF, { scopes: [[{ label: { href: "/orgs/1/labels/3" } }]] });

    assert.deepEqual(
      asked().filter((request) => !request.startsWith("GET")),
      ["PUT /sec_policy/draft/rule_sets/16/sec_rules/2", "PUT /sec_policy/draft/rule_sets/16"],
    );
  });

  it("are found exactly, not when their deletion is pending", async () => {
    const { ruleSets } = await given();
    const going = await given([], { ...WIRE, update_type: "delete" });
    const identity = { externalDataSet: "s", externalDataReference: "db" };

    assert.deepEqual(await ruleSets.findByReference(identity), RULE_SET);
    assert.deepEqual(await ruleSets.findByName("db"), RULE_SET);
    assert.equal(await ruleSets.findByName("d"), undefined);
    assert.equal(await going.ruleSets.findByReference(identity), undefined);
    assert.equal((await going.ruleSets.get(HREF))?.pending, "delete");
  });

  it("and their rules are deleted at their own paths", async () => {
    const { ruleSets, asked } = await given();

    await ruleSets.deleteRule(RULE_HREF);
    await ruleSets.delete(HREF);

    assert.deepEqual(asked(), [
      "DELETE /sec_policy/draft/rule_sets/16/sec_rules/2",
      "DELETE /sec_policy/draft/rule_sets/16",
    ]);
  });

  it("have no rule of another set changed", async () => {
    const { ruleSets } = await given();

    await assert.rejects(ruleSets.updateRule(`${HREF}/sec_rules/3`, {}), /sec_rules\/3 must exist to be changed/);
    await assert.rejects(ruleSets.deleteRule(HREF), /the href of a draft rule must look like/);
  });
});
