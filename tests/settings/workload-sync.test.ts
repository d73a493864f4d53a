import assert from "node:assert/strict";
import { PCE, read, refusal, settingsIn } from "../support/stack-settings";

const withPce = (workloadSync: object, more: object = {}) => ({ pce: PCE, workloadSync, ...more });

describe("the settings of the workload sync", () => {
  it("are absent unless a stack file has one of them: an empty object is none", async () => {
    for (const keys of [{ pce: PCE }, { pce: PCE, workloadSync: {} }, { workloadSync: {} }]) {
      assert.equal("workloadSync" in (await read(keys)), false);
    }
  });

  it("have a default for everything that one of them leaves out", async () => {
    const { workloadSync } = await read(withPce({ syncMinutes: 5 }));

    assert.deepEqual(workloadSync, { labels: {}, graceMinutes: 60, syncMinutes: 5, requestsPerMinute: 60 });
  });

  it("take a label from a tag by its name, or by its name and a default", async () => {
    const labels = { role: "Role", app: "team:app", env: { tag: "env", default: "prod" }, loc: { tag: "loc" } };

    assert.deepEqual((await read(withPce({ labels }))).workloadSync?.labels, {
      ...labels,
      role: { tag: "Role" },
      app: { tag: "team:app" },
    });
  });

  for (const [what, bad] of [
    ["labels", { labels: { team: "team" } }],
    ["labels", { labels: { role: "" } }],
    ["labels", { labels: { role: "aws:cloudformation:stack-name" } }],
    ["labels", { labels: { role: "x".repeat(129) } }],
    ["labels", { labels: { role: { tag: "Role", default: "All Roles" } } }],
    ["labels", { labels: { role: { tag: "Role", otherwise: "x" } } }],
    ["labels", { labels: { role: { default: "x" } } }],
    ["labels", { labels: ["Role"] }],
    ["graceMinutes", { graceMinutes: -1 }],
    ["graceMinutes", { graceMinutes: 10_081 }],
    ["syncMinutes", { syncMinutes: 0 }],
    ["syncMinutes", { syncMinutes: 481 }],
    ["syncMinutes", { syncMinutes: "5" }],
    ["requestsPerMinute", { requestsPerMinute: 9 }],
    ["interval", { interval: 5 }],
  ] as const) {
    it(`are refused for ${JSON.stringify(bad).slice(0, 90)}, and nothing but ${what} is named`, async () => {
      const { problems } = await refusal(withPce(bad));

      assert.deepEqual(settingsIn({ problems } as never), [`workloadSync.${what}`]);
      for (const { got, allowed, do: advice } of problems) {
        for (const part of [got, allowed, advice]) assert.ok(part.length > 0);
      }
    });
  }

  it("need a PCE to keep workloads in", async () => {
    const { problems } = await refusal({ workloadSync: { syncMinutes: 5 } });

    assert.deepEqual(settingsIn({ problems } as never), ["workloadSync"]);
    assert.match(problems[0]?.do ?? "", /add pce/);
  });

  it("leave each of the forwarder's invocations a request in a minute, beside a backfill's", async () => {
    const tight = { ...PCE, requestsPerMinute: 165 };
    const backfill = { concurrency: 2 };

    assert.ok(await read({ pce: tight, backfill, workloadSync: { requestsPerMinute: 60 } }));
    const { problems } = await refusal({ pce: tight, backfill, workloadSync: { requestsPerMinute: 61 } });
    assert.deepEqual(settingsIn({ problems } as never), ["workloadSync.requestsPerMinute"]);
    assert.match(problems[0]?.do ?? "", /from 10 to 60/);
  });

  it("say what else to change when there is no number of requests to write", async () => {
    const { problems } = await refusal({ pce: { ...PCE, requestsPerMinute: 12 }, workloadSync: { syncMinutes: 5 } });

    assert.match(problems[0]?.do ?? "", /raise pce\.requestsPerMinute/);
  });
});
