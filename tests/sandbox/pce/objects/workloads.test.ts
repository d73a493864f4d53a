import assert from "node:assert/strict";
import type { PceOptions } from "../../../../sandbox/pce/server";
import { type Api, type Shown, startApi, tokenOf } from "../api";

describe("workloads at the PCE stand-in", () => {
  let api: Api;
  const start = async (options?: PceOptions) => {
    api = await startApi(options);
  };
  afterEach(() => api.close());

  const eth0 = (address: string) => ({ name: "eth0", address });
  const names = (rows: readonly Shown[]) => rows.map(({ name }) => name);

  it("are made with defaults, and show nothing of an agent", async () => {
    await start();

    const workload = await api.make("/workloads", { name: "db", interfaces: [eth0("10.0.0.1")] });

    assert.match(workload.href, /^\/orgs\/1\/workloads\/[0-9a-f-]{36}$/);
    assert.equal(workload["enforcement_mode"], "visibility_only");
    assert.equal(workload["hostname"], null);
    assert.equal("ven" in workload, false);
  });

  it("keep what a PUT does not name, and replace interfaces and labels as a whole", async () => {
    await start();
    const label = await api.make("/labels", { key: "role", value: "DB" });
    const interfaces = [eth0("10.0.0.1"), { name: "eth0", address: "2001:db8::1" }];
    const { href } = await api.make("/workloads", { name: "db", description: "mine", interfaces });

    const reply = await api.send("PUT", href, { interfaces: [eth0("10.0.0.2")], labels: [{ href: label.href }] });

    const read = (await api.get<Shown>(href)).body;
    assert.deepEqual([reply.status, reply.body], [204, undefined]);
    assert.deepEqual([read["description"], read["interfaces"]], ["mine", [eth0("10.0.0.2")]]);
    assert.deepEqual(read["labels"], [{ href: label.href }]);
    const expanded = (await api.get(`/workloads?representation=workload_labels`)).body;
    assert.deepEqual(expanded[0]?.["labels"], [{ href: label.href, key: "role", value: "DB" }]);
  });

  it("are found by parts of name, host name and address, by reference, and by labels", async () => {
    await start();
    const [role, app] = [
      await api.make("/labels", { key: "role", value: "DB" }),
      await api.make("/labels", { key: "app", value: "Pay" }),
    ];
    const labels = (...of: Shown[]) => of.map(({ href }) => ({ href }));
    await api.make("/workloads", {
      name: "db-1",
      hostname: "h1",
      interfaces: [eth0("10.0.0.1")],
      labels: labels(role, app),
    });
    await api.make("/workloads", { name: "db-10", interfaces: [eth0("10.0.0.10")], labels: labels(role) });
    await api.make("/workloads", { name: "x", external_data_set: "s", external_data_reference: "r" });
    const found = async (query: string) => names((await api.get(`/workloads?${query}`)).body);
    const lists = (...lists: Shown[][]) =>
      encodeURIComponent(JSON.stringify(lists.map((of) => of.map(({ href }) => href))));

    assert.deepEqual(await found("name=DB-1"), ["db-1", "db-10"]);
    assert.deepEqual(await found("hostname=h"), ["db-1"]);
    assert.deepEqual(await found("ip_address=10.0.0.1"), ["db-1", "db-10"]);
    assert.deepEqual(await found("external_data_set=s&external_data_reference=r"), ["x"]);
    assert.deepEqual(await found(`labels=${lists([role, app])}`), ["db-1"]);
    assert.deepEqual(await found(`labels=${lists([app], [role])}`), ["db-1", "db-10"]);
    assert.equal(tokenOf(await api.get("/workloads?labels=role")), "input_validation_error");
    assert.equal(tokenOf(await api.get("/workloads?colour=red")), "input_validation_error");
  });

  it("of an agent are labelled, but neither deleted nor given other interfaces", async () => {
    await start();
    const href = api.pce.plantManagedWorkload({ name: "vm", hostname: "vm", interfaces: [eth0("10.0.0.1")] });
    await api.make("/workloads", { name: "umw" });

    assert.deepEqual(names((await api.get("/workloads?managed=true")).body), ["vm"]);
    assert.deepEqual(names((await api.get("/workloads?managed=false")).body), ["umw"]);
    assert.equal((await api.send("PUT", href, { description: "mine" })).status, 204);
    assert.equal(tokenOf(await api.send("PUT", href, { interfaces: [] })), "input_validation_error");
    assert.equal(tokenOf(await api.send("DELETE", href)), "not_acceptable_error");
    const [item] = (await api.send<Shown[]>("PUT", "/workloads/bulk_delete", [{ href }])).body;
    assert.deepEqual(
      [item?.href, (item?.["errors"] as { token: string }[] | undefined)?.[0]?.token],
      [href, "not_acceptable_error"],
    );
  });

  it("deleted twice are refused as already deleted, or as not there", async () => {
    for (const workloadDeletedAgain of ["already-deleted", "not-found"] as const) {
      await start({ workloadDeletedAgain });
      const { href } = await api.make("/workloads", { name: "x" });
      assert.equal((await api.send("DELETE", href)).status, 204);

      const again = await api.send("DELETE", href);

      const expected = { "already-deleted": [406, "workload_already_deleted"], "not-found": [404, "not_found_error"] };
      assert.deepEqual([again.status, tokenOf(again)], expected[workloadDeletedAgain]);
      await api.close();
    }
  });

  it("share no external reference, but may share an address", async () => {
    await start();
    const mine = { name: "a", interfaces: [eth0("10.0.0.1")], external_data_set: "s", external_data_reference: "r" };
    await api.make("/workloads", mine);

    assert.equal(tokenOf(await api.send("POST", "/workloads", mine)), "not_acceptable_error");
    await api.make("/workloads", { ...mine, external_data_reference: "r2" });
  });

  it("refuse bodies that no PCE takes", async () => {
    await start();
    const [a, b] = [
      await api.make("/labels", { key: "role", value: "A" }),
      await api.make("/labels", { key: "role", value: "B" }),
    ];
    const refused = async (body: unknown) => tokenOf(await api.send("POST", "/workloads", body));

    assert.equal(await refused({ description: "neither name nor hostname" }), "input_validation_error");
    assert.equal(await refused({ name: "x", interfaces: null }), "input_validation_error");
    assert.equal(
      await refused({ name: "x", interfaces: [{ name: "e", address: "10.0.0.256" }] }),
      "input_validation_error",
    );
    assert.equal(await refused({ name: "x".repeat(256) }), "input_validation_error");
    assert.equal(await refused({ name: "x", labels: [{ href: "/orgs/1/labels/99" }] }), "invalid_uri");
    assert.equal(await refused({ name: "x", labels: [{ href: a.href }, { href: b.href }] }), "input_validation_error");
  });
});
