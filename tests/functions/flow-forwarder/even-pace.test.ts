import assert from "node:assert/strict";
import fc from "fast-check";
import { EvenPace } from "../../../functions/flow-forwarder/even-pace";

/** Times of the requests that invocations make one after another, each in an instance that knows nothing of the others. */
function timesOf(perMinute: number, invocations: readonly (readonly number[])[]): number[] {
  let now = 0;
  const made: number[] = [];
  for (const pauses of invocations) {
    const pace = new EvenPace({ perMinute, now: () => now });
    for (const pause of pauses) {
      now += pause;
      now += pace.waitMs();
      pace.count();
      made.push(now);
    }
  }
  return made;
}

describe("the even pace of a backfill", () => {
  it("keeps any number of invocations in a row to one share in any minute, whichever instances they run in", () => {
    const pauses = fc.array(fc.oneof(fc.constant(0), fc.nat(3_000)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 600, noNaN: true }),
        fc.array(pauses, { minLength: 1, maxLength: 12 }),
        (perMinute, invocations) => {
          const made = timesOf(perMinute, invocations);

          for (const [index, at] of made.entries())
            assert.ok(made.slice(index).filter((other) => other < at + 60_000).length <= perMinute);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("waits no longer than it has to: an invocation that is busy all the time makes the whole of its share", () => {
    const made = timesOf(50, [Array(100).fill(0)]);

    assert.equal(made.at(-1), 120_000);
  });

  it("makes one request in a longer time when its share is below one", () => {
    assert.deepEqual(timesOf(0.5, [[0, 0]]), [120_000, 240_000]);
  });
});
