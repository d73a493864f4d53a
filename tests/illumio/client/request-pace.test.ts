import assert from "node:assert/strict";
import fc from "fast-check";
import { RequestPace } from "../../../illumio/client/request-pace";

describe("the pace of requests", () => {
  it("never makes more than its share in any minute, and waits no longer than it has to", () => {
    const pauses = fc.array(fc.oneof(fc.constant(0), fc.nat(5_000), fc.nat(90_000)), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), pauses, (perMinute, all) => {
        let now = 0;
        const pace = new RequestPace({ perMinute, now: () => now });
        const made: number[] = [];
        for (const pause of all) {
          now += pause;
          const wait = pace.waitMs();
          const since = made.filter((at) => at > now - 60_000).length;
          assert.equal(wait > 0, since >= perMinute);
          now += wait;
          pace.count();
          made.push(now);
        }
        for (const [index, at] of made.entries())
          assert.ok(made.slice(index).filter((other) => other < at + 60_000).length <= perMinute);
      }),
      { numRuns: 200 },
    );
  });

  it("makes one request in a longer time when its share is below one", () => {
    let now = 0;
    const pace = new RequestPace({ perMinute: 0.5, now: () => now });
    assert.equal(pace.waitMs(), 0);
    pace.count();

    now = 100_000;

    assert.equal(pace.waitMs(), 20_000);
  });
});
