import assert from "node:assert/strict";
import { RateLimit } from "../../../sandbox/pce/rate-limit";

function limitWithClock(perMinute: number) {
  const clock = { ms: 1_000_000 };
  return { clock, limit: new RateLimit(perMinute, () => clock.ms) };
}

describe("the rate limit", () => {
  it("lets exactly so many requests pass in a minute", () => {
    const { limit } = limitWithClock(3);

    const answers = [1, 2, 3, 4].map(() => limit.admit("key"));

    assert.deepEqual(answers, [undefined, undefined, undefined, 60]);
  });

  it("tells the whole seconds until the oldest request is a minute old, and keeps its word", () => {
    const { clock, limit } = limitWithClock(1);
    limit.admit("key");
    clock.ms += 12_300;

    const seconds = limit.admit("key");

    assert.equal(seconds, 48);
    clock.ms += 48_000;
    assert.equal(limit.admit("key"), undefined);
  });

  it("does not count what it refused", () => {
    const { clock, limit } = limitWithClock(1);
    limit.admit("key");
    clock.ms += 59_999;
    limit.admit("key");

    clock.ms += 1;

    assert.equal(limit.admit("key"), undefined);
  });

  it("counts each key for itself", () => {
    const { limit } = limitWithClock(1);
    limit.admit("one");

    assert.equal(limit.admit("two"), undefined);
    assert.equal(limit.admit("one"), 60);
  });
});
