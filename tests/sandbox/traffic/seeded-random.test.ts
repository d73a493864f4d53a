import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../../sandbox/traffic/seeded-random";

describe("the seeded random numbers", () => {
  it("are mulberry32's, so that a seed means the same on every machine", () => {
    const random = seededRandom(1);

    assert.deepEqual(
      [1, 2, 3].map(() => random.integer(0, 2 ** 32 - 1)),
      [2693262067, 11749833, 2265367787],
    );
  });

  it("stay within their bounds, and reach both", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -1000, max: 1000 }), fc.nat(1000), (seed, min, span) => {
        const value = seededRandom(seed).integer(min, min + span);
        assert.ok(Number.isInteger(value) && value >= min && value <= min + span);
      }),
    );
    const random = seededRandom(7);
    const dice = new Set(Array.from({ length: 200 }, () => random.integer(1, 6)));
    assert.deepEqual([...dice].sort(), [1, 2, 3, 4, 5, 6]);
  });

  it("shuffle without loss", () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.nat()), (seed, items) => {
        const byValue = (a: number, b: number) => a - b;
        assert.deepEqual(
          seededRandom(seed)
            .shuffle([...items])
            .sort(byValue),
          [...items].sort(byValue),
        );
      }),
    );
  });

  it("pick one of the items, and say so when there is none", () => {
    assert.ok(["a", "b"].includes(seededRandom(3).pick(["a", "b"])));
    assert.throws(() => seededRandom(3).pick([]), /at least one item/);
  });

  it("give a chance about as often as it says", () => {
    const random = seededRandom(5);

    const hits = Array.from({ length: 10_000 }, () => random.chance(0.1)).filter(Boolean).length;

    assert.ok(hits > 900 && hits < 1100, String(hits));
  });

  it("make hex digits", () => {
    assert.match(seededRandom(1).hex(17), /^[0-9a-f]{17}$/);
  });
});
