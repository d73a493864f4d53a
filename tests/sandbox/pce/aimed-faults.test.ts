import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { type Api, startApi } from "./api";

describe("a fault aimed at some calls of the PCE stand-in", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.close());

  const label = (value: number) => api.send("POST", "/labels", { key: "app", value: String(value) });
  const statuses = async (count: number, from = 0) => {
    const all = [];
    for (let value = from; value < from + count; value += 1) all.push((await label(value)).status);
    return all;
  };

  it("meets the calls of its method and path only, and the third of them when told so", async () => {
    api.pce.failCalls({ method: "POST", path: "/orgs/:org/labels", after: 2, fault: { kind: "status", status: 503 } });

    await api.get("/labels");
    await api.make("/workloads", { name: "x" });

    assert.deepEqual(await statuses(4), [201, 201, 503, 201]);
    assert.equal(api.pce.holdings().labels.length, 3);
  });

  it("meets as many calls as it is told, and none once all is cleared", async () => {
    api.pce.failCalls({ path: "/orgs/:org/labels", times: 100, fault: { kind: "status", status: 500 } });
    assert.deepEqual(await statuses(3), [500, 500, 500]);

    api.pce.clearFaults();

    assert.deepEqual(await statuses(1), [201]);
  });

  it("meets calls by chance, the same ones for the same seed", async () => {
    const fault = { kind: "status", status: 500 } as const;
    const rolls = [];
    for (const [round, seed] of [7, 7, 8].entries()) {
      api.pce.clearFaults();
      api.pce.failCalls({ times: 100, likelihood: 0.5, seed, fault });
      rolls.push((await statuses(20, round * 20)).join(" "));
    }

    assert.equal(rolls[0], rolls[1]);
    assert.notEqual(rolls[0], rolls[2]);
    assert.match(rolls[0] ?? "", /201.*500|500.*201/);
  });

  it("can come after the PCE did what it was asked, so that only the answer is lost", async () => {
    api.pce.failCalls(
      { fault: { kind: "status", status: 504, taken: true } },
      { after: 1, fault: { kind: "status", status: 504 } },
    );

    assert.deepEqual(await statuses(2), [504, 504]);

    assert.deepEqual(
      api.pce.holdings().labels.map(({ value }) => value),
      ["0"],
    );
  });

  it("can be a proxy's page in place of an answer, a reset, or a stall", async () => {
    api.pce.failCalls({ fault: { kind: "not-json", taken: true } }, { fault: { kind: "reset" }, after: 1 });
    await assert.rejects(label(0), SyntaxError);
    await assert.rejects(label(1), { code: "ECONNRESET" });
    api.pce.failCalls({ fault: { kind: "delay", ms: 60_000 } });

    const stalled = label(2).catch(() => "gone");

    assert.equal(await Promise.race([stalled, wait(50, "waiting")]), "waiting");
    assert.deepEqual(
      api.pce.holdings().labels.map(({ value }) => value),
      ["0"],
    );
    await api.close();
    assert.equal(await stalled, "gone");
  });

  it("leaves requests counted by kind, hrefs left out", async () => {
    await statuses(2);
    await api.get("/labels/1");
    await api.get("/nothing/here");

    assert.deepEqual(api.pce.requestsByKind(), {
      "POST /orgs/:org/labels": 2,
      "GET /orgs/:org/labels/:label": 1,
      unknown: 1,
    });
  });
});
