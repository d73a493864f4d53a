import assert from "node:assert/strict";
import { fixedCredentials } from "../../../illumio/client/credentials";
import { deadlineIn } from "../../../illumio/client/deadline";
import { Pce as Client, type PceObjects } from "../../../illumio/client/pce";
import type { Properties } from "../../../illumio/provider/kind";
import { type Before, PolicyProvider } from "../../../illumio/provider/provider";
import { changedInputs, inWordsOf } from "../../../illumio/provider/sameness";
import { pceVariants } from "../../../sandbox/pce/behaviour";
import { type Pce, startPce } from "../../../sandbox/pce/server";

const urn = (type: string) => `urn:pulumi:dev::rds-sightline::sightline:a:B$illumio:index:${type}::x`;
const SECONDS = 30;
const IDENTITY = { externalDataSet: "rds-sightline/test", externalDataReference: "database" };
const BY_HAND = { externalDataSet: "somebody", externalDataReference: "by-hand" };
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

for (const { name, behaviour } of pceVariants) {
  describe(`the provider of the resources of a PCE that behaves ${name}`, function () {
    this.timeout(20_000);
    let pce: Pce;
    let provider: PolicyProvider;
    let client: Client;
    let warnings: string[];

    beforeEach(async () => {
      pce = await startPce({ ...behaviour, requestsPerMinute: 100_000 });
      const { host, port, orgId, caCertificate } = pce;
      const apiKey = () => fixedCredentials(pce.credentials.apiKeyId, pce.credentials.apiSecret);
      warnings = [];
      provider = new PolicyProvider({ apiKey, warn: (sentence) => warnings.push(sentence) });
      provider.configure({ host, port, orgId, caCertificate });
      client = new Client({ endpoint: { host, port, ca: caCertificate }, orgId, credentials: apiKey() });
    });
    afterEach(async () => {
      provider.close();
      client.close();
      await pce.close();
    });

    const byHand = (): PceObjects => client.within(deadlineIn(30_000));
    const create = async (type: string, inputs: Properties): Promise<Before> => {
      const { id, state } = await provider.create(urn(type), inputs, SECONDS);
      return { id, inputs, state };
    };
    const remove = (type: string, before: Before) => provider.delete(urn(type), before, SECONDS);
    const workload = (address: string) => ({ name: "db", interfaces: [{ name: "eth0", address }], ...IDENTITY });

    it("uses a label that exists, and leaves it there when the resource goes", async () => {
      const { href } = await byHand().labels.create({ key: "env", value: "prod" });

      const label = await create("Label", { key: "env", value: "prod", ...IDENTITY });
      await remove("Label", label);

      assert.deepEqual([label.id, label.state["adopted"]], [href, true]);
      assert.equal(pce.holdings().labels.length, 1);
    });

    it("takes a label of its own for its own when a creation is begun again", async () => {
      await create("Label", { key: "env", value: "prod", ...IDENTITY });

      const again = await create("Label", { key: "env", value: "prod", ...IDENTITY });
      await remove("Label", again);

      assert.equal(again.state["adopted"], false);
      assert.equal(pce.holdings().labels.length, 0);
    });

    it("leaves a label that the PCE does not delete, and says so", async () => {
      const label = await create("Label", { key: "env", value: "prod", ...IDENTITY });
      await byHand().ruleSets.create({ ...BY_HAND, name: "by hand", scopes: [[{ label: { href: label.id } }]] });

      await remove("Label", label);

      assert.equal(pce.holdings().labels.length, warnings.length);
      assert.equal(warnings.length, behaviour.deleteReferenced === "refuse" ? 1 : 0);
      for (const warning of warnings) assert.match(warning, /env=prod stays in the PCE, which refused/);
    });

    it("leaves a label that workloads have, and says so", async () => {
      const label = await create("Label", { key: "env", value: "prod", ...IDENTITY });
      await byHand().workloads.create({ ...workload("10.0.0.9"), labels: [{ href: label.id }] });

      await remove("Label", label);

      assert.equal(pce.holdings().labels.length, 1);
      assert.match(warnings.join(), /the label env=prod stays in the PCE/);
    });

    it("takes over a workload with the same external reference, and puts it right", async () => {
      const { href } = await byHand().workloads.create(workload("10.0.0.5"));

      const made = await create("UnmanagedWorkload", workload("10.0.0.6"));

      assert.equal(made.id, href);
      assert.deepEqual(
        (await byHand().workloads.get(href))?.interfaces.map(({ address }) => address),
        ["10.0.0.6"],
      );
    });

    it("never shadows a managed workload, neither when it creates one nor when it changes one", async () => {
      pce.plantManagedWorkload({ name: "agent", interfaces: [{ name: "eth0", address: "10.0.0.7" }] });
      const shadow = /must have no address of a managed one, got 10\.0\.0\.7/;

      await assert.rejects(create("UnmanagedWorkload", workload("10.0.0.7")), shadow);
      const made = await create("UnmanagedWorkload", workload("10.0.0.8"));
      await assert.rejects(provider.update(urn("UnmanagedWorkload"), made, workload("10.0.0.7"), SECONDS), shadow);
      assert.equal(pce.holdings().unmanagedWorkloads.length, 1);
    });

    it("clears what was taken away", async () => {
      const made = await create("UnmanagedWorkload", { ...workload("10.0.0.8"), description: "old" });

      await provider.update(urn("UnmanagedWorkload"), made, workload("10.0.0.8"), SECONDS);

      assert.ok(!(await byHand().workloads.get(made.id))?.description);
    });

    it("deletes what is gone already, of each kind", async () => {
      for (const [type, id] of [
        ["Label", "labels/999"],
        ["UnmanagedWorkload", "workloads/8e3c7c3c-0000-4000-8000-000000000000"],
        ["VirtualService", "sec_policy/draft/virtual_services/8e3c7c3c-0000-4000-8000-000000000000"],
        ["RuleSet", "sec_policy/draft/rule_sets/999"],
        ["ServiceBinding", "service_bindings/8e3c7c3c-0000-4000-8000-000000000000"],
      ] as const) {
        await remove(type, { id: `/orgs/1/${id}`, inputs: { key: "role", value: "x", name: "x" }, state: {} });
      }
    });

    it("keeps a rule set of which a rule failed, as half made, and a creation begun again completes it", async () => {
      const label = await create("Label", { key: "role", value: "web", ...IDENTITY });
      const rule = {
        providers: [{ label: { key: "role", href: label.id } }],
        consumers: [{ label: { key: "role", href: label.id } }],
        ingressServices: [{ port: 5432, proto: 6 }],
        resolveLabelsAs: { providers: ["workloads"], consumers: ["workloads"] },
      };
      const ruleSet = { name: "db", scopes: [[]], rules: [rule], ...IDENTITY };
      const fault = { kind: "status", status: 406 } as const;
      pce.failCalls({ method: "POST", path: "/orgs/:org/sec_policy/draft/rule_sets/:id/sec_rules", fault });

      await assert.rejects(create("RuleSet", ruleSet), { name: "HalfMadeError" });
      const { id } = await create("RuleSet", ruleSet);

      assert.equal((await byHand().ruleSets.get(id))?.rules.length, 1);
      assert.equal(pce.holdings().draft.ruleSets.length, 1);
    });

    it("finds what it made as it is, and what is gone as gone", async () => {
      const made = await create("UnmanagedWorkload", workload("10.0.0.8"));

      const found = await provider.read(urn("UnmanagedWorkload"), made.id, made, SECONDS);
      await byHand().workloads.delete(made.id);

      assert.deepEqual(found?.inputs, made.inputs);
      assert.equal(await provider.read(urn("UnmanagedWorkload"), made.id, made, SECONDS), undefined);
    });

    it("says before any request what no PCE takes, and nothing of what is not known yet", () => {
      const check = (type: string, inputs: Properties) => provider.check(urn(type), inputs);

      assert.match(
        check("Label", { key: "role", value: "All Roles" }) ?? "",
        /one that the PCE reserves, got "All Roles"/,
      );
      assert.equal(check("Label", { key: "role", value: UNKNOWN }), undefined);
      const scopes = [[{ label: { key: "role", href: UNKNOWN } }]];
      assert.match(check("RuleSet", { name: "db", scopes, rules: [], ...IDENTITY }) ?? "", /must have no role label/);
      assert.match(check("VirtualService", { name: "db", ...IDENTITY }) ?? "", /service ports, got neither/);
      assert.match(check("PolicyProvisioning", { objects: [], description: "x" }) ?? "", /at least one policy object/);
      assert.throws(() => check("Service", {}), /illumio must know the type of a resource, got "Service"/);
      assert.deepEqual(pce.requestsByKind(), {});
    });

    it("says which inputs make another object", () => {
      const before = { id: "/orgs/1/labels/1", inputs: { key: "role", value: "a", ...IDENTITY }, state: {} };
      const news = { ...before.inputs, value: "b", externalDataSet: "other" };

      assert.deepEqual(provider.diff(urn("Label"), before, news), {
        changed: ["externalDataSet", "value"],
        replaced: ["value"],
      });
    });
  });
}

describe("what is the same to the provider", () => {
  it("is what differs in order, in defaults left away, in the notation of an address, or in the key beside an href", () => {
    const one = {
      labels: [{ href: "/a", key: "role" }, { href: "/b" }],
      rules: [
        { enabled: true, providers: [{ virtualService: { href: "/orgs/1/sec_policy/active/virtual_services/1" } }] },
      ],
      interfaces: [{ name: "eth0", address: "2001:db8:0::1" }],
      description: "",
    };
    const other = {
      labels: [{ href: "/b" }, { href: "/a" }],
      rules: [
        {
          providers: [{ virtualService: { href: "/orgs/1/sec_policy/draft/virtual_services/1" } }],
          unscopedConsumers: false,
        },
      ],
      interfaces: [{ name: "eth0", address: "2001:db8::1" }],
    };

    assert.deepEqual(changedInputs(one, other), []);
    assert.deepEqual(inWordsOf(one, other as never), {
      labels: one.labels,
      rules: one.rules,
      interfaces: one.interfaces,
    });
  });

  it("is neither a rule that is off, nor a scope of everything beside none, nor anything unknown", () => {
    assert.deepEqual(changedInputs({ enabled: true }, { enabled: false }), ["enabled"]);
    assert.deepEqual(changedInputs({ scopes: [[]] }, {}), ["scopes"]);
    assert.deepEqual(changedInputs({ a: UNKNOWN }, { a: UNKNOWN }), ["a"]);
  });
});
