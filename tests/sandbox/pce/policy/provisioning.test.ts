import assert from "node:assert/strict";
import type { PceOptions } from "../../../../sandbox/pce/server";
import { type Api, type Shown, startApi, tokenOf } from "../api";
import { active, goLive, provision, RULE_SETS, rule, VIRTUAL_SERVICES, virtualService } from "./policy-samples";

describe("provisioning at the PCE stand-in", () => {
  let api: Api;
  const start = async (options?: PceOptions) => {
    api = await startApi(options);
  };
  afterEach(() => api.close());

  const ruleSetNaming = async (service: Shown) => {
    const label = await api.make("/labels", { key: "role", value: "Clients" });
    return api.make(RULE_SETS, { name: "rds", rules: [rule(label, service)] });
  };

  it("lists what is pending by type, and nothing when all is live", async () => {
    await start();
    const service = await api.make(VIRTUAL_SERVICES, virtualService());

    const before = (await api.get<Record<string, Shown[]>>("/sec_policy/pending")).body;
    await goLive(api, { virtual_services: [service] });

    assert.deepEqual(before, { virtual_services: [{ href: service.href, name: "db", update_type: "create" }] });
    assert.deepEqual((await api.get("/sec_policy/pending")).body, {});
  });

  it("answers with a version, and remembers it", async () => {
    await start();
    const service = await api.make(VIRTUAL_SERVICES, virtualService());

    const reply = await provision(api, { virtual_services: [service] });

    assert.equal(reply.status, 201);
    assert.deepEqual(
      [reply.body.href, reply.body["version"], reply.body["commit_message"], reply.body["object_counts"]],
      ["/orgs/1/sec_policy/1", 1, "test", { virtual_services: 1, rule_sets: 0 }],
    );
    assert.deepEqual((await api.get<Shown>("/sec_policy/1")).body, reply.body);
  });

  it("refuses, in the PCE's words, what is not pending, was never there, is active, or is nothing", async () => {
    await start();
    const live = await api.make(VIRTUAL_SERVICES, virtualService());
    await goLive(api, { virtual_services: [live] });
    const fresh = await api.make(VIRTUAL_SERVICES, virtualService());

    for (const subset of [
      { virtual_services: [live] },
      { virtual_services: [fresh, live] },
      { virtual_services: [{ href: active(fresh.href) }] },
      { ip_lists: [{ href: "/orgs/1/sec_policy/draft/ip_lists/1" }] },
      {},
    ]) {
      const reply = await provision(api, subset);
      assert.equal(reply.status, 406);
      assert.deepEqual(reply.body, [
        {
          token: "not_acceptable_error",
          message: "Not Acceptable. One or more specified objects either don't exist, or do not have a draft version.",
        },
      ]);
    }
    // refused as a whole
    assert.deepEqual(api.pce.holdings().pending, [fresh.href]);
  });

  it("refuses a rule set without the new virtual service that it names, and tells what is missing", async () => {
    await start();
    const service = await api.make(VIRTUAL_SERVICES, virtualService());
    const ruleSet = await ruleSetNaming(service);
    const subset = { change_subset: { rule_sets: [{ href: ruleSet.href }] } };

    const missing = await api.send("POST", "/sec_policy/draft/dependencies", subset);
    const refused = await provision(api, { rule_sets: [ruleSet] });

    assert.deepEqual(missing.body, { virtual_services: [{ href: service.href }] });
    assert.deepEqual([refused.status, tokenOf(refused)], [406, "not_acceptable_error"]);
    await goLive(api, { rule_sets: [ruleSet], virtual_services: [service] });
  });

  it("refuses the deletion of a virtual service that a live rule set names, without that one's own", async () => {
    await start({ dependenciesShape: "list" });
    const service = await api.make(VIRTUAL_SERVICES, virtualService());
    const ruleSet = await ruleSetNaming(service);
    await goLive(api, { rule_sets: [ruleSet], virtual_services: [service] });
    await api.send("DELETE", ruleSet.href);
    await api.send("DELETE", service.href);
    const subset = { change_subset: { virtual_services: [{ href: service.href }] } };

    const missing = await api.send("POST", "/sec_policy/draft/dependencies", subset);
    const refused = await provision(api, { virtual_services: [service] });

    assert.deepEqual(missing.body, [{ href: ruleSet.href }]);
    assert.equal(tokenOf(refused), "not_acceptable_error");
    await goLive(api, { rule_sets: [ruleSet] });
    await goLive(api, { virtual_services: [service] });
  });

  it("takes its time where the PCE does", async () => {
    await start({ provisioning: "eventual", provisionMs: 150, provisionStatus: 202 });
    const service = await api.make(VIRTUAL_SERVICES, virtualService());

    const { status } = await provision(api, { virtual_services: [service] });
    const atOnce = (await api.get(active(service.href))).status;
    await new Promise((done) => setTimeout(done, 200));

    assert.deepEqual([status, atOnce, (await api.get(active(service.href))).status], [202, 404, 200]);
  });

  it("makes live what it was asked to, and leaves pending what was changed while it took its time", async () => {
    await start({ provisioning: "eventual", provisionMs: 150 });
    const changed = await api.make(VIRTUAL_SERVICES, virtualService("asked"));
    const deleted = await api.make(VIRTUAL_SERVICES, virtualService("asked"));
    await provision(api, { virtual_services: [changed, deleted] });
    await new Promise((done) => setTimeout(done, 200));
    await api.send("PUT", changed.href, { description: "asked" });
    await api.send("PUT", deleted.href, { description: "asked" });

    await provision(api, { virtual_services: [changed, deleted] });
    await api.send("PUT", changed.href, { description: "later" });
    await api.send("DELETE", deleted.href);
    await new Promise((done) => setTimeout(done, 200));

    const live = await Promise.all([changed, deleted].map(({ href }) => api.get<Shown>(active(href))));
    const drafts = await Promise.all([changed, deleted].map(({ href }) => api.get<Shown>(href)));
    assert.deepEqual(
      live.map(({ body }) => body["description"]),
      ["asked", "asked"],
    );
    assert.deepEqual(
      drafts.map(({ body }) => body["update_type"]),
      ["update", "delete"],
    );
  });
});
