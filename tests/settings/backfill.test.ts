import assert from "node:assert/strict";
import { PCE, read, refusal, settingsIn } from "../support/stack-settings";

const withPce = (backfill: object, pce: object = {}) => ({ pce: { ...PCE, ...pce }, backfill });

describe("the backfill's settings", () => {
  it("are absent unless a stack file has one of them: an empty object is none", async () => {
    for (const keys of [{ pce: PCE }, { pce: PCE, backfill: {} }, { backfill: {} }]) {
      assert.equal("backfill" in (await read(keys)), false);
    }
  });

  it("are complete once a stack file has one of them", async () => {
    const complete = { concurrency: 2, requestsPerMinute: 100 };

    assert.deepEqual((await read(withPce({ concurrency: 2 }))).backfill, complete);
    assert.deepEqual((await read(withPce({ requestsPerMinute: 100 }))).backfill, complete);
  });

  it("are what the stack file says", async () => {
    const file = { concurrency: 100, requestsPerMinute: 2_000 };

    assert.deepEqual((await read(withPce(file, { requestsPerMinute: 4_000 }))).backfill, file);
  });

  for (const [key, bad] of [
    ["concurrency", [0, 101, 1.5, "2", true]],
    ["requestsPerMinute", [0, 10_001, 99.5, "100"]],
    ["prefix", ["AWSLogs/"]],
  ] as const) {
    it(`are refused for what ${key} cannot be, and for nothing else`, async () => {
      for (const value of bad) {
        const error = await refusal(withPce({ [key]: value }));
        assert.deepEqual(settingsIn(error), [`backfill.${key}`], JSON.stringify(value));
      }
    });
  }

  it("need a PCE to forward to", async () => {
    const error = await refusal({ backfill: { concurrency: 2 } });

    assert.deepEqual(settingsIn(error), ["backfill"]);
    assert.match(error.message, /got\s+a backfill, without pce\n.*\n.*do\s+add pce/);
  });

  it("leave new flow logs a part of the PCE's requests, one or more for each invocation", async () => {
    await read(withPce({ requestsPerMinute: 495 }));
    for (const requestsPerMinute of [496, 501]) {
      const error = await refusal(withPce({ requestsPerMinute }));
      assert.deepEqual(settingsIn(error), ["backfill.requestsPerMinute"]);
      assert.match(
        error.message,
        /one or more left for each of the forwarder's\n.*do\s+write a number from 20 to 495;/,
      );
    }
  });

  it("give each invocation so many requests that it makes one before it ends", async () => {
    await read(withPce({ concurrency: 7, requestsPerMinute: 70 }));
    const error = await refusal(withPce({ concurrency: 7, requestsPerMinute: 69 }));

    assert.deepEqual(settingsIn(error), ["backfill.requestsPerMinute"]);
    assert.match(
      error.message,
      /got\s+69 with concurrency 7, pce\.requestsPerMinute 500 and forwarder\.maximumConcurrency 5\n.*10 or more for each of its invocations.*\n.*from 70 to 495/,
    );
  });

  it("say so when the PCE takes too few requests for so many invocations", async () => {
    const error = await refusal(withPce({ concurrency: 50 }));

    assert.match(error.message, /do\s+lower backfill\.concurrency: 500 requests/);
  });

  it("are judged by themselves where the PCE's are wrong", async () => {
    const broken = await refusal(withPce({ requestsPerMinute: 5 }, { requestsPerMinute: "many" }));
    const none = await refusal({ pce: "pce.example.com", backfill: { concurrency: 2 } });

    assert.deepEqual(settingsIn(broken), ["pce.requestsPerMinute"]);
    assert.deepEqual(settingsIn(none), ["pce"]);
  });
});
