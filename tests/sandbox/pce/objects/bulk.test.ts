import assert from "node:assert/strict";
import type { PceOptions } from "../../../../sandbox/pce/server";
import { type Api, type Shown, startApi, tokenOf } from "../api";

describe("a bulk operation at the PCE stand-in", () => {
  let api: Api;
  const start = async (options?: PceOptions) => {
    api = await startApi(options);
  };
  afterEach(() => api.close());

  const bulk = (operation: string, items: unknown) => api.send<Shown[]>("PUT", `/workloads/bulk_${operation}`, items);
  const items = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => ({
      name: `w${from + index}`,
      interfaces: [
        { name: "eth0", address: `10.${(from + index) >> 16}.${((from + index) >> 8) & 255}.${index & 255}` },
      ],
      external_data_set: "s",
      external_data_reference: String(from + index),
    }));

  it("creates, updates and deletes, item by item", async () => {
    await start();

    const made = await bulk("create", items(2));
    const hrefs = made.body.map(({ href }) => href);
    const changed = await bulk("update", [{ href: hrefs[0], description: "mine" }]);
    const gone = await bulk(
      "delete",
      hrefs.map((href) => ({ href })),
    );

    assert.deepEqual([made.status, changed.status, gone.status], [200, 200, 200]);
    assert.deepEqual(
      made.body.map(({ status }) => status),
      ["created", "created"],
    );
    assert.deepEqual(changed.body, [{ href: hrefs[0], status: "updated" }]);
    assert.deepEqual(
      gone.body,
      hrefs.map((href) => ({ href, status: "deleted" })),
    );
    assert.deepEqual((await api.get("/workloads")).body, []);
  });

  it("says inside the 2xx which items failed, and does the others", async () => {
    await start();
    const label = "/orgs/1/labels/99";

    const made = await bulk("create", [{ name: "a" }, { name: "b", labels: [{ href: label }] }, { name: "c" }]);
    const gone = await bulk("delete", [{ href: made.body[0]?.href }, { href: "/orgs/1/workloads/none" }]);

    const message = `Invalid URI: {${label}}`;
    assert.deepEqual(
      made.body.map(({ status }) => status),
      ["created", "failed", "created"],
    );
    assert.deepEqual(made.body[1], { status: "failed", token: "invalid_uri", message });
    const none = "/orgs/1/workloads/none";
    assert.deepEqual(gone.body[1], {
      href: none,
      errors: [{ token: "invalid_uri", message: `Invalid URI: {${none}}` }],
    });
  });

  it("answers with another status, order and form where a PCE may", async () => {
    await start({
      bulkStatus: 207,
      bulkOrder: "reversed",
      bulkDeleted: "absent",
      bulkFailedStatus: "validation_failure",
    });

    const made = await bulk("create", [{ name: "a" }, {}]);
    const gone = await bulk("delete", [{ href: made.body[1]?.href }]);

    assert.equal(made.status, 207);
    assert.deepEqual(
      made.body.map(({ status }) => status),
      ["validation_failure", "created"],
    );
    assert.deepEqual(gone.body, []);
  });

  it("takes 1,000 items and not one more", async () => {
    await start();

    assert.equal((await bulk("create", items(1000))).status, 200);
    assert.equal(tokenOf(await bulk("create", items(1001, 1000))), "input_validation_error");
    assert.equal(tokenOf(await bulk("create", { name: "a" })), "input_validation_error");
    assert.equal((await api.get("/workloads?max_results=0")).headers["x-total-count"], "1000");
  });

  it("is refused with a 429 while another one goes on", async () => {
    await start({ bulkMs: 200 });

    const replies = await Promise.all([bulk("create", items(1)), bulk("create", items(1, 1))]);
    const after = await bulk("create", items(1, 2));

    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 429]);
    const refused = replies.find(({ status }) => status === 429);
    assert.equal(refused && tokenOf(refused), "too_many_requests_error");
    assert.equal(refused?.headers["retry-after"], "1");
    assert.equal(after.status, 200);
  });

  it("makes 10,000 workloads, and lists them, in a few seconds", async function () {
    this.timeout(20_000);
    await start();
    const startedAt = performance.now();

    for (let from = 0; from < 10_000; from += 1000) assert.equal((await bulk("create", items(1000, from))).status, 200);
    const job = await api.send("GET", "/workloads", undefined, { Prefer: "respond-async" });
    await api.get(String(job.headers.location));
    const done = await api.get<Shown & { result: { href: string } }>(String(job.headers.location));
    const rows = (await api.get(done.body.result.href)).body;

    assert.equal(rows.length, 10_000);
    assert.ok(performance.now() - startedAt < 8000, `${performance.now() - startedAt} ms`);
  });
});
