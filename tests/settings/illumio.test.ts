import assert from "node:assert/strict";
import { PCE, read, refusal, settingsIn } from "../support/stack-settings";

const LABELS = { role: "db", app: "shop" };
const CLIENTS = [{ role: "web" }];

const withPce = (illumio: object) => ({ pce: PCE, illumio });

describe("the settings of the Illumio side", () => {
  it("are absent unless a stack file has one of them: an empty object is none", async () => {
    for (const keys of [{ pce: PCE }, { pce: PCE, illumio: {} }, { illumio: {} }]) {
      assert.equal("illumio" in (await read(keys)), false);
    }
  });

  it("are what the stack file says", async () => {
    const file = {
      labels: { role: "db", app: "shop", env: "prod", loc: "aws" },
      clients: [{ role: "web", env: "test" }],
      enforce: "audit",
      ruleQuota: 200,
    };

    assert.deepEqual((await read(withPce(file))).illumio, file);
  });

  it("leave the security group alone, with AWS's own quota, unless they say otherwise", async () => {
    const { illumio } = await read(withPce({ labels: LABELS, clients: CLIENTS }));

    assert.deepEqual([illumio?.enforce, illumio?.ruleQuota], ["off", 60]);
  });

  for (const [what, bad] of [
    ["labels.role", { labels: { ...LABELS, role: "" }, clients: CLIENTS }],
    ["labels.env", { labels: { ...LABELS, env: "All Environments" }, clients: CLIENTS }],
    ["labels.loc", { labels: { ...LABELS, loc: 3 }, clients: CLIENTS }],
    ["labels.team", { labels: { ...LABELS, team: "x" }, clients: CLIENTS }],
    ["labels", { clients: CLIENTS }],
    ["clients", { labels: LABELS }],
    ["clients", { labels: LABELS, clients: [] }],
    ["clients", { labels: LABELS, clients: [{}] }],
    ["clients", { labels: LABELS, clients: [{ team: "x" }] }],
    ["clients", { labels: LABELS, clients: { role: "web" } }],
    ["clients", { labels: LABELS, clients: [{ role: "x".repeat(256) }] }],
    ["enforce", { labels: LABELS, clients: CLIENTS, enforce: true }],
    ["enforce", { labels: LABELS, clients: CLIENTS, enforce: "dry-run" }],
    ["ruleQuota", { labels: LABELS, clients: CLIENTS, ruleQuota: 0 }],
    ["ruleQuota", { labels: LABELS, clients: CLIENTS, ruleQuota: 1001 }],
    ["policy", { labels: LABELS, clients: CLIENTS, policy: true }],
  ] as const) {
    it(`are refused for ${JSON.stringify(bad).slice(0, 90)}, and nothing but ${what} is named`, async () => {
      const { problems } = await refusal(withPce(bad));

      assert.deepEqual(settingsIn({ problems } as never), [`illumio.${what}`]);
      for (const problem of problems) {
        for (const part of [problem.got, problem.allowed, problem.do])
          assert.ok(part.length > 0, JSON.stringify(problem));
      }
    });
  }

  it("need a PCE to make it in", async () => {
    assert.deepEqual(settingsIn(await refusal({ illumio: { labels: LABELS, clients: CLIENTS } })), ["illumio"]);
  });
});
