import assert from "node:assert/strict";
import { type Api, type Shown, startApi } from "../api";
import { upload } from "../https-client";
import { active, goLive, RULE_SETS, rule, VIRTUAL_SERVICES, virtualService } from "../policy/policy-samples";

describe("flows explained by the PCE stand-in", () => {
  let api: Api;
  let clients: Shown;
  let app: Shown;
  let database: Shown;
  let service: Shown;
  const FLOW = "10.0.0.1,10.0.0.9,5432,6";
  beforeEach(async () => {
    api = await startApi();
    clients = await api.make("/labels", { key: "role", value: "Clients" });
    app = await api.make("/labels", { key: "app", value: "Pay" });
    await workload("client", "10.0.0.1", clients, app);
    await workload("stranger", "10.0.0.2", app);
    database = await workload("database", "10.0.0.9", app);
    service = await api.make(VIRTUAL_SERVICES, { ...virtualService(), labels: [{ href: app.href }] });
  });
  afterEach(() => api.close());

  const workload = (name: string, address: string, ...labels: Shown[]) =>
    api.make("/workloads", {
      name,
      interfaces: [{ name: "eth0", address }],
      labels: labels.map(({ href }) => ({ href })),
    });
  const bind = async (more: object = {}) => {
    const binding = { virtual_service: { href: active(service.href) }, workload: { href: database.href }, ...more };
    assert.equal((await api.send("POST", "/service_bindings", [binding])).status, 201);
  };
  const ruleSetLive = async (ruleSet: object, ...rules: object[]) => {
    const made = await api.make(RULE_SETS, { name: "rds", ...ruleSet, rules });
    await goLive(api, { virtual_services: [service], rule_sets: [made] });
    return made;
  };
  const verdicts = async (...flows: string[]) => {
    await upload(api.pce, flows);
    return api.pce.explainFlows().flows.map(({ verdict }) => verdict);
  };

  it("name the workloads of both ends, how often they came, and the rules that allow them", async () => {
    const ruleSet = await ruleSetLive({}, rule(clients, service));
    await bind();

    await upload(api.pce, [FLOW, FLOW]);

    const [flow] = api.pce.explainFlows().flows;
    const [client] = api.pce.holdings().unmanagedWorkloads;
    assert.equal(flow?.times, 2);
    assert.deepEqual(flow?.source, { address: "10.0.0.1", workloads: [{ href: client?.href, name: "client" }] });
    assert.deepEqual(flow?.destination.workloads, [{ href: database.href, name: "database" }]);
    assert.equal(flow?.allowedBy.length, 1);
    assert.ok(flow?.allowedBy[0]?.startsWith(`${active(ruleSet.href)}/sec_rules/`));
  });

  it("name each address without a workload once", async () => {
    const seen = await verdicts(
      "10.0.0.1,10.0.0.77,5432,6",
      "10.0.0.77,10.0.0.9,5432,6",
      "2001:db8::7,10.0.0.9,5432,6",
    );

    assert.deepEqual(seen, ["unattributed", "unattributed", "unattributed"]);
    assert.deepEqual(api.pce.explainFlows().addressesWithoutWorkload, ["10.0.0.77", "2001:db8::7"]);
  });

  it("find a workload's IPv6 address in whatever spelling it was given", async () => {
    await workload("six", "2001:0db8:0:0::7");

    await upload(api.pce, ["2001:db8::7,10.0.0.9,5432,6"]);

    assert.equal(api.pce.explainFlows().flows[0]?.source.workloads[0]?.name, "six");
  });

  it("are allowed for the labelled clients, on the port, once the workload is bound", async () => {
    await ruleSetLive({}, rule(clients, service));
    assert.deepEqual(await verdicts(FLOW), ["not allowed"]);
    await bind();

    assert.deepEqual(
      await verdicts("10.0.0.2,10.0.0.9,5432,6", "10.0.0.1,10.0.0.9,5433,6", "10.0.0.1,10.0.0.9,5432,17"),
      ["allowed", "not allowed", "not allowed", "not allowed"],
    );
  });

  it("go to the port that the binding puts in the place of the virtual service's", async () => {
    await ruleSetLive({}, rule(clients, service));
    await bind({ port_overrides: [{ port: 5432, proto: 6, new_port: 6000 }] });

    assert.deepEqual(await verdicts(FLOW, "10.0.0.1,10.0.0.9,6000,6"), ["not allowed", "allowed"]);
  });

  it("are allowed by labels as well, for the ports that the rule names", async () => {
    await ruleSetLive(
      {},
      {
        ...rule(clients, service),
        providers: [{ label: { href: app.href } }],
        resolve_labels_as: { providers: ["workloads"], consumers: ["workloads"] },
        ingress_services: [{ port: 5000, to_port: 6000, proto: 6 }],
      },
    );

    assert.deepEqual(await verdicts(FLOW, "10.0.0.1,10.0.0.9,6001,6"), ["allowed", "not allowed"]);
  });

  it("are not allowed by drafts, by what is off, nor by a rule that repeats a label of its scope", async () => {
    const scopes = [[{ label: { href: app.href } }]];
    const made = await ruleSetLive({ scopes }, rule(app, service), { ...rule(clients, service), enabled: false });
    await bind();
    const seen = [await verdicts(FLOW)];
    const good = await api.make(`${made.href}/sec_rules`, rule(clients, service));
    seen.push(await verdicts());
    await goLive(api, { rule_sets: [made] });
    seen.push(await verdicts());
    await api.send("PUT", made.href, { enabled: false });
    await goLive(api, { rule_sets: [made] });
    seen.push(await verdicts());

    assert.ok(good.href);
    assert.deepEqual(seen.flat(), ["not allowed", "not allowed", "allowed", "not allowed"]);
  });

  it("may come to a rule whose consumers repeat a label of the scope where the scope says nothing of consumers; never of the providers", async () => {
    const scopes = [[{ label: { href: app.href } }]];
    const consumers = [{ label: { href: clients.href } }, { label: { href: app.href } }];
    const unscoped = { ...rule(clients, service), consumers, unscoped_consumers: true };
    await ruleSetLive({ scopes }, unscoped, {
      ...unscoped,
      providers: [{ label: { href: app.href } }],
    });
    await bind();

    assert.deepEqual(await verdicts(FLOW, "10.0.0.2,10.0.0.9,5432,6"), ["allowed", "not allowed"]);
    assert.equal(api.pce.explainFlows().flows[0]?.allowedBy.length, 1, "the second rule's providers repeat the scope");
  });

  it("come from inside the scope, unless the rule is for consumers outside of it too", async () => {
    await workload("outsider", "10.0.0.3", clients);
    const scopes = [[{ label: { href: app.href } }]];
    const made = await ruleSetLive({ scopes }, rule(clients, service));
    await bind();
    assert.deepEqual(await verdicts("10.0.0.3,10.0.0.9,5432,6"), ["not allowed"]);

    await api.make(`${made.href}/sec_rules`, { ...rule(clients, service), unscoped_consumers: true });
    await goLive(api, { rule_sets: [made] });

    assert.deepEqual(await verdicts(), ["allowed"]);
  });
});
