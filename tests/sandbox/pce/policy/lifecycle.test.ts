import assert from "node:assert/strict";
import { inEveryWay, type Shown } from "../api";
import { upload } from "../https-client";
import { active, goLive, provision, RULE_SETS, rule, VIRTUAL_SERVICES, virtualService } from "./policy-samples";

describe("the policy of the PCE stand-in, from the first label to nothing left,", () => {
  inEveryWay((start) => {
    it("is made as drafts, goes live, lets flows through, and is taken away again", async () => {
      const api = await start();
      const consumer = await api.make("/labels", { key: "role", value: "Clients" });
      const app = await api.make("/labels", { key: "app", value: "Pay" });
      const workload = (name: string, address: string, labels: readonly Shown[]) =>
        api.make("/workloads", {
          name,
          interfaces: [{ name: "eth0", address }],
          labels: labels.map(({ href }) => ({ href })),
        });
      const client = await workload("client", "10.0.0.1", [consumer, app]);
      const database = await workload("database", "10.0.0.9", [app]);
      const service = await api.make(VIRTUAL_SERVICES, { ...virtualService(), labels: [{ href: app.href }] });
      const ruleSet = await api.make(RULE_SETS, { name: "rds", scopes: [[{ label: { href: app.href } }]] });
      await api.make(`${ruleSet.href}/sec_rules`, rule(consumer, service));
      await upload(api.pce, ["10.0.0.1,10.0.0.9,5432,6"]);
      const verdict = () => api.pce.explainFlows().flows.map((flow) => flow.verdict);
      const verdicts = [verdict()];
      await goLive(api, { virtual_services: [service], rule_sets: [ruleSet] });
      const binding = { virtual_service: { href: active(service.href) }, workload: { href: database.href } };
      const [bound] = (await api.send<Shown[]>("POST", "/service_bindings", [binding])).body;
      assert.ok(bound?.href);
      verdicts.push(verdict());

      assert.deepEqual(api.pce.holdings().pending, []);
      assert.equal((await api.get<Shown>(active(ruleSet.href))).body["update_type"], null);
      assert.equal(api.pce.holdings().made, 7);
      assert.deepEqual(verdicts, [["not allowed"], ["allowed"]]);

      assert.equal((await api.send("DELETE", bound.href)).status, 204);
      assert.equal((await api.send("DELETE", ruleSet.href)).status, 204);
      assert.equal((await api.send("DELETE", service.href)).status, 204);
      // deleted drafts are live until that is provisioned
      assert.equal((await api.get(active(service.href))).status, 200);
      await goLive(api, { virtual_services: [service], rule_sets: [ruleSet] });
      assert.equal((await api.get(active(service.href))).status, 404);
      for (const { href } of [client, database, consumer, app])
        assert.equal((await api.send("DELETE", href)).status, 204);
      assert.equal(api.pce.holdings().made, 0);
    });

    it("takes a rule's change live with its rule set, and only then", async () => {
      const api = await start();
      const label = await api.make("/labels", { key: "role", value: "Clients" });
      const service = await api.make(VIRTUAL_SERVICES, virtualService());
      const ruleSet = await api.make(RULE_SETS, { name: "rds" });
      const made = await api.make(`${ruleSet.href}/sec_rules`, rule(label, service));
      await goLive(api, { virtual_services: [service], rule_sets: [ruleSet] });
      const enabled = async (href: string) => (await api.get<Shown>(href)).body["enabled"];

      assert.equal((await api.send("PUT", made.href, { enabled: false })).status, 204);

      assert.deepEqual([await enabled(made.href), await enabled(active(made.href))], [false, true]);
      assert.deepEqual(api.pce.holdings().pending, [ruleSet.href]);
      await goLive(api, { rule_sets: [ruleSet] });
      assert.equal(await enabled(active(made.href)), false);
      await api.send("DELETE", made.href);
      assert.equal(await enabled(active(made.href)), false);
      await goLive(api, { rule_sets: [ruleSet] });
      assert.equal((await api.get(active(made.href))).status, 404);
      assert.equal((await api.get(made.href)).status, 404);
    });

    it("provisions some drafts and leaves the others pending", async () => {
      const api = await start();
      const mine = await api.make(VIRTUAL_SERVICES, virtualService("mine"));
      const theirs = await api.make(VIRTUAL_SERVICES, virtualService("theirs"));

      await goLive(api, { virtual_services: [mine] });

      assert.deepEqual(api.pce.holdings().pending, [theirs.href]);
      assert.equal((await api.get(active(theirs.href))).status, 404);
      assert.equal((await provision(api, { virtual_services: [mine] })).status, 406);
      const everything = await api.send("POST", "/sec_policy", { update_description: "all" });
      assert.ok(everything.status < 300);
    });

    it("finds every object again by its reference and its whole name", async () => {
      const api = await start();
      const reference = { external_data_set: "s", external_data_reference: "r" };
      const paths = {
        "/labels": { key: "app", value: "Pay" },
        "/workloads": { name: "w" },
        [VIRTUAL_SERVICES]: virtualService(),
        [RULE_SETS]: { name: "rds" },
      };
      for (const [path, body] of Object.entries(paths)) {
        const made = await api.make(path, { ...body, ...reference });

        const found = (await api.get(`${path}?external_data_set=s&external_data_reference=r`)).body;

        assert.deepEqual(
          found.map(({ href }) => href),
          [made.href],
          path,
        );
      }
    });
  });
});
