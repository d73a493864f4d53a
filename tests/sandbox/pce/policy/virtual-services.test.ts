import assert from "node:assert/strict";
import type { PceOptions } from "../../../../sandbox/pce/server";
import { type Api, type Shown, startApi, tokenOf } from "../api";
import { active, goLive, RULE_SETS, rule, VIRTUAL_SERVICES, virtualService } from "./policy-samples";

describe("virtual services at the PCE stand-in", () => {
  let api: Api;
  const start = async (options?: PceOptions) => {
    api = await startApi(options);
  };
  afterEach(() => api.close());

  it("are drafts to be created, then live, then to be updated, then to be deleted", async () => {
    await start();
    const { href, update_type } = await api.make(VIRTUAL_SERVICES, virtualService());
    const types = [update_type];
    const read = async () => types.push((await api.get<Shown>(href)).body["update_type"]);

    await api.send("PUT", href, { description: "still new" });
    await read();
    await goLive(api, { virtual_services: [{ href }] });
    await read();
    await api.send("PUT", href, { description: "changed" });
    await read();
    await api.send("DELETE", href);
    await read();

    assert.deepEqual(types, ["create", "create", null, "update", "delete"]);
    assert.equal((await api.get<Shown>(active(href))).body["description"], "still new");
    assert.equal(tokenOf(await api.send("PUT", href, { description: "late" })), "not_acceptable_error");
    assert.equal(tokenOf(await api.send("DELETE", href)), "not_acceptable_error");
  });

  it("are neither made, changed nor deleted where they are active", async () => {
    await start();
    const { href } = await api.make(VIRTUAL_SERVICES, virtualService());
    await goLive(api, { virtual_services: [{ href }] });

    const replies = [
      await api.send("POST", "/sec_policy/active/virtual_services", virtualService()),
      await api.send("PUT", active(href), { name: "x" }),
      await api.send("DELETE", active(href)),
    ];

    assert.deepEqual(
      replies.map((reply) => [reply.status, tokenOf(reply)]),
      replies.map(() => [405, "method_not_allowed_error"]),
    );
  });

  it("may share a name, and are found by parts of it, of the FQDN, and by port", async () => {
    await start();
    await api.make(VIRTUAL_SERVICES, virtualService("db"));
    await api.make(VIRTUAL_SERVICES, virtualService("db"));
    await api.make(VIRTUAL_SERVICES, { ...virtualService("db-two"), service_ports: [{ port: 3306, proto: 6 }] });
    const count = async (query: string) => (await api.get(`${VIRTUAL_SERVICES}?${query}`)).body.length;

    assert.equal(await count("name=DB"), 3);
    assert.equal(await count("service_address.fqdn=db.example"), 2);
    assert.equal(await count("service_ports.port=3306"), 1);
    assert.deepEqual((await api.get("/sec_policy/active/virtual_services")).body, []);
  });

  it("have each service address in exactly one of three shapes", async () => {
    await start();
    const status = async (address: object) => {
      const reply = await api.send("POST", VIRTUAL_SERVICES, { ...virtualService(), service_addresses: [address] });
      return reply.status === 201 ? 201 : tokenOf(reply);
    };

    for (const good of [
      { fqdn: "*.illumio.com" },
      { fqdn: "a.b", description: "d", port: 1 },
      { ip: "10.0.0.1", port: 5432 },
    ]) {
      assert.equal(await status(good), 201, JSON.stringify(good));
    }
    for (const bad of [
      {},
      { ip: "10.0.0.1" },
      { fqdn: "a.b", ip: "10.0.0.1", port: 1 },
      { ip: "x", port: 1 },
      { fqdn: null },
    ]) {
      assert.equal(await status(bad), "input_validation_error", JSON.stringify(bad));
    }
    assert.equal(await status({ ip: "10.0.0.1", network: { href: "/orgs/1/networks/x" } }), "invalid_uri");
  });

  it("have a service or ports, not both and not neither", async () => {
    await start();
    const { service_ports, ...rest } = virtualService();
    const service = { href: "/orgs/1/sec_policy/draft/services/1" };
    const token = async (body: object) => tokenOf(await api.send("POST", VIRTUAL_SERVICES, body));

    assert.equal(await token(rest), "input_validation_error");
    assert.equal(await token({ ...rest, service, service_ports }), "input_validation_error");
    assert.equal(await token({ ...rest, service: { href: "/orgs/1/sec_policy/draft/services/2" } }), "invalid_uri");
    const { href } = await api.make(VIRTUAL_SERVICES, { ...rest, service });
    await api.send("PUT", href, { service_ports });
    const { body } = await api.get<Shown>(href);
    assert.deepEqual([body["service"], body["service_ports"]], [undefined, service_ports]);
  });

  it("are made and changed in bulk, with what failed inside the 2xx", async () => {
    await start();

    const made = await api.send<Shown[]>("PUT", `${VIRTUAL_SERVICES}/bulk_create`, [virtualService(), { name: "x" }]);
    const changes = [{ href: made.body[0]?.href, description: "mine" }, { href: `${VIRTUAL_SERVICES}/none` }];
    const changed = await api.send<Shown[]>("PUT", `${VIRTUAL_SERVICES}/bulk_update`, changes);

    assert.deepEqual(
      made.body.map(({ status }) => status),
      ["created", "failed"],
    );
    assert.deepEqual(
      changed.body.map(({ status, token }) => [status, token]),
      [
        ["updated", undefined],
        ["failed", "invalid_uri"],
      ],
    );
  });

  it("are kept while a rule names them or a workload is bound", async () => {
    await start();
    const label = await api.make("/labels", { key: "role", value: "Clients" });
    const service = await api.make(VIRTUAL_SERVICES, virtualService());
    const ruleSet = await api.make(RULE_SETS, { name: "rds", rules: [rule(label, service)] });

    assert.equal(tokenOf(await api.send("DELETE", service.href)), "not_acceptable_error");
    await api.send("DELETE", ruleSet.href);
    assert.equal((await api.send("DELETE", service.href)).status, 204);
  });

  it("never provisioned, go at once when deleted, or wait for the provisioning of that", async () => {
    for (const deleteUnprovisioned of ["gone", "pending"] as const) {
      await start({ deleteUnprovisioned });
      const { href } = await api.make(VIRTUAL_SERVICES, virtualService());

      await api.send("DELETE", href);

      const { status, body } = await api.get<Shown>(href);
      assert.deepEqual(
        [status, body["update_type"]],
        deleteUnprovisioned === "gone" ? [404, undefined] : [200, "delete"],
      );
      await api.close();
    }
  });

  it("are pending after a PUT that changed nothing, unless the PCE compares", async () => {
    for (const idlePut of ["pending", "unchanged"] as const) {
      await start({ idlePut });
      const service = await api.make(VIRTUAL_SERVICES, virtualService());
      await goLive(api, { virtual_services: [service] });

      await api.send("PUT", service.href, virtualService());

      assert.deepEqual(api.pce.holdings().pending, idlePut === "pending" ? [service.href] : []);
      await api.close();
    }
  });
});
