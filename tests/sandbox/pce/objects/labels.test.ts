import assert from "node:assert/strict";
import type { PceOptions } from "../../../../sandbox/pce/server";
import { type Api, type Shown, startApi, tokenOf } from "../api";

describe("labels at the PCE stand-in", () => {
  let api: Api;
  const start = async (options?: PceOptions) => {
    api = await startApi(options);
  };
  afterEach(() => api.close());

  const values = (rows: readonly Shown[]) => rows.map(({ value }) => value);

  it("are made, read, changed and deleted", async () => {
    await start();

    const label = await api.make("/labels", {
      key: "role",
      value: "R-DB",
      external_data_set: "s",
      external_data_reference: "r",
    });
    const changed = await api.send("PUT", label.href, { value: "R-DB2" });
    const read = await api.get<Shown>(label.href);
    const deleted = await api.send("DELETE", label.href);

    assert.match(label.href, /^\/orgs\/1\/labels\/\d+$/);
    assert.deepEqual([changed.status, changed.body, deleted.status, deleted.body], [204, undefined, 204, undefined]);
    assert.deepEqual(
      [read.body["key"], read.body["value"], read.body["external_data_reference"], read.body["deleted"]],
      ["role", "R-DB2", "r", false],
    );
  });

  it("are found by any part of the value, whatever its case, and by the whole of the key", async () => {
    await start();
    for (const value of ["APP", "WEB-APP", "webapp", "DB"]) await api.make("/labels", { key: "app", value });

    assert.deepEqual(values((await api.get("/labels?key=app&value=APP")).body), ["APP", "WEB-APP", "webapp"]);
    assert.deepEqual((await api.get("/labels?key=ap")).body, []);
  });

  it("are one of a kind, in one of three ways to say so", async () => {
    const answers = [];
    for (const duplicateName of ["not-acceptable", "already-exists", "conflict"] as const) {
      await start({ duplicateName });
      await api.make("/labels", { key: "env", value: "Prod" });

      const second = await api.send("POST", "/labels", { key: "env", value: "prod" });
      answers.push([second.status, tokenOf(second)]);
      await api.close();
    }

    assert.deepEqual(answers, [
      [406, "not_acceptable_error"],
      [406, "already_exists_error"],
      [409, "conflict_error"],
    ]);
  });

  it("may differ in case alone where the PCE minds case", async () => {
    await start({ labelCase: "sensitive" });

    await api.make("/labels", { key: "env", value: "Prod" });
    await api.make("/labels", { key: "env", value: "prod" });

    assert.equal(tokenOf(await api.send("POST", "/labels", { key: "env", value: "prod" })), "not_acceptable_error");
  });

  it("refuse a second deletion with a bare object, and are still there to be read as deleted", async () => {
    await start();
    const { href } = await api.make("/labels", { key: "loc", value: "AWS" });
    await api.send("DELETE", href);

    const again = await api.send<unknown>("DELETE", href);

    assert.equal(again.status, 406);
    assert.deepEqual(again.body, {
      token: "label_already_deleted",
      message: "Cannot delete a label that has already been deleted",
    });
    assert.equal((await api.get<Shown>(href)).body["deleted"], true);
    assert.deepEqual((await api.get("/labels")).body, []);
    assert.equal((await api.get("/labels?include_deleted=true")).body.length, 1);
    // a value whose label is gone is free
    await api.make("/labels", { key: "loc", value: "AWS" });
  });

  it("are kept while a workload has them, unless the PCE does not mind", async () => {
    for (const deleteReferenced of ["refuse", "allow"] as const) {
      await start({ deleteReferenced });
      const { href } = await api.make("/labels", { key: "role", value: "DB" });
      await api.make("/workloads", { name: "db", labels: [{ href }] });

      assert.equal((await api.send("DELETE", href)).status, deleteReferenced === "refuse" ? 406 : 204);
      await api.close();
    }
  });

  it("refuse reserved values, unknown keys and properties, nulls, and what is no JSON", async () => {
    await start();
    const bodies = [
      { key: "app", value: "All Applications" },
      { key: "tier", value: "DB" },
      { key: "app", value: null },
      { key: "app", value: "a", external_data_set: null },
      { key: "app", value: "a", colour: "red" },
      { key: "app" },
      [],
    ];

    for (const body of bodies) {
      const reply = await api.send("POST", "/labels", body);
      assert.deepEqual([reply.status, tokenOf(reply)], [406, "input_validation_error"], JSON.stringify(body));
    }
    const text = await api.send("POST", "/labels", { key: "app", value: "a" }, { "Content-Type": "text/plain" });
    assert.equal(tokenOf(text), "input_validation_error");
  });

  it("say which property did not fit, as a PCE does", async () => {
    await start();

    const reply = await api.send<{ message: string }[]>("POST", "/labels", { key: "app", value: null });

    assert.equal(
      reply.body[0]?.message,
      "Input validation failed. Details: {The property '#/value' of type null did not match the following type: string in schema labels_post.schema.json}",
    );
  });

  it("take custom keys where the PCE has them", async () => {
    await start({ labelKeys: ["role", "app", "env", "loc", "tier"] });

    assert.equal((await api.make("/labels", { key: "tier", value: "1" }))["key"], "tier");
  });
});
