import assert from "node:assert/strict";
import type { PceOptions } from "../../../../sandbox/pce/server";
import { type Api, type Shown, startApi, tokenOf } from "../api";
import { active, goLive, VIRTUAL_SERVICES, virtualService } from "./policy-samples";

describe("service bindings at the PCE stand-in", () => {
  let api: Api;
  let service: Shown;
  let workload: Shown;
  const start = async (options?: PceOptions) => {
    api = await startApi(options);
    service = await api.make(VIRTUAL_SERVICES, virtualService());
    workload = await api.make("/workloads", { name: "db", interfaces: [{ name: "eth0", address: "10.0.0.9" }] });
  };
  afterEach(() => api.close());

  const bind = (...bindings: object[]) => api.send<Shown[]>("POST", "/service_bindings", bindings);
  const binding = () => ({ virtual_service: { href: active(service.href) }, workload: { href: workload.href } });
  const live = () => goLive(api, { virtual_services: [service] });

  it("need a virtual service that is live, named as that", async () => {
    await start();
    const refused = await bind(binding());
    await live();
    const draft = await bind({ ...binding(), virtual_service: { href: service.href } });

    const message = `Invalid URI: {${active(service.href)}}`;
    assert.deepEqual([refused.status, refused.body], [406, [{ token: "invalid_uri", message }]]);
    assert.equal(tokenOf(draft), "invalid_uri");
    assert.equal((await bind(binding())).status, 201);
  });

  it("are answered as an array, found by either end, shown with the virtual service, and deleted", async () => {
    await start();
    await live();

    const made = await bind(binding());
    const href = made.body[0]?.href ?? "";
    const found = async (query: string) => (await api.get(`/service_bindings?${query}`)).body.map((row) => row.href);

    assert.match(href, /^\/orgs\/1\/service_bindings\/[0-9a-f-]{36}$/);
    assert.deepEqual(made.body, [{ status: "created", href }]);
    assert.deepEqual(await found(`virtual_service=${active(service.href)}`), [href]);
    assert.deepEqual(await found(`workload=${workload.href}`), [href]);
    assert.deepEqual(await found("workload=/orgs/1/workloads/none"), []);
    const query = "representation=virtual_service_labels_services_and_workloads";
    const shown = await api.get(`/sec_policy/active/virtual_services?${query}`);
    assert.deepEqual(shown.body[0]?.["bound_workloads"], [{ href: workload.href, name: "db" }]);
    assert.equal((await api.send("PUT", href, {})).status, 405);
    assert.equal((await api.send("DELETE", href)).status, 204);
    assert.equal((await api.send("DELETE", href)).status, 404);
  });

  it("that cannot be made fail inside the 2xx, where the PCE does that", async () => {
    await start({ bindingFailure: "item", bindingStatus: 200 });
    await live();
    const none = { href: "/orgs/1/workloads/none" };

    const reply = await bind({ ...binding(), workload: none }, binding());

    assert.equal(reply.status, 200);
    assert.deepEqual(reply.body[0], { token: "invalid_uri", message: `Invalid URI: {${none.href}}` });
    assert.equal(reply.body[1]?.["status"], "created");
  });

  it("leave nothing behind when one of them has the request refused", async () => {
    await start();
    await live();

    assert.equal(tokenOf(await bind(binding(), { ...binding(), workload: { href: "/x" } })), "invalid_uri");
    assert.equal(tokenOf(await bind({ ...binding(), port_overrides: null })), "input_validation_error");
    assert.equal(tokenOf(await api.send("POST", "/service_bindings", binding())), "input_validation_error");

    assert.deepEqual((await api.get("/service_bindings")).body, []);
  });

  it("made twice fail, are the first, or are another one", async () => {
    for (const [duplicateBinding, count] of [
      ["failure", 1],
      ["existing", 1],
      ["another", 2],
    ] as const) {
      await start({ duplicateBinding });
      await live();
      const first = (await bind(binding())).body[0]?.href;

      const second = await bind(binding());

      if (duplicateBinding === "failure") assert.equal(tokenOf(second), "not_acceptable_error");
      else assert.equal(second.body[0]?.href === first, duplicateBinding === "existing");
      assert.equal(api.pce.holdings().serviceBindings.length, count);
      await api.close();
    }
  });

  it("leave nothing behind when one of them, the same one twice or without a workload, is refused", async () => {
    await start();
    await live();
    const nowhere = { ...binding(), workload: { href: "/orgs/1/workloads/none" } };

    for (const refused of [await bind(binding(), binding()), await bind(binding(), nowhere)]) {
      assert.equal(refused.status, 406);
      assert.deepEqual(api.pce.holdings().serviceBindings, []);
    }
  });

  it("keep their ends from being deleted, unless the PCE lets bindings go along", async () => {
    for (const deleteReferenced of ["refuse", "allow"] as const) {
      await start({ deleteReferenced });
      await live();
      await bind(binding());
      const status = deleteReferenced === "refuse" ? 406 : 204;

      assert.equal((await api.send("DELETE", service.href)).status, status);
      assert.equal((await api.send("DELETE", workload.href)).status, status);

      assert.equal(api.pce.holdings().serviceBindings.length, deleteReferenced === "refuse" ? 1 : 0);
      await api.close();
    }
  });
});
