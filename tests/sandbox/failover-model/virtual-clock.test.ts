import assert from "node:assert/strict";
import fc from "fast-check";
import { VirtualClock } from "../../../sandbox/failover-model/virtual-clock";

describe("the model's clock", () => {
  it("passes an hour without waiting for one", async () => {
    const clock = new VirtualClock(1_000);
    let isAwake = false;
    void clock.sleep(3_600_000).then(() => {
      isAwake = true;
    });

    await clock.pass(3_599_999);
    assert.equal(isAwake, false);

    await clock.pass(1);
    assert.equal(isAwake, true);
    assert.equal(clock.now(), 3_601_000);
    assert.equal(clock.elapsedMs(), 3_600_000);
  });

  it("does what is due in the order of time, and of making where times are equal", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20)), async (delays) => {
        const clock = new VirtualClock(0);
        const done: (readonly [number, number])[] = [];
        for (const [order, delayMs] of delays.entries()) clock.after(delayMs, () => done.push([clock.now(), order]));

        await clock.pass(20);

        const expected = delays.map((delayMs, order) => [delayMs, order] as const);
        assert.deepEqual(
          done,
          expected.sort(([a, first], [b, second]) => a - b || first - second),
        );
      }),
    );
  });

  it("lets everything that can go on go on before time passes", async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    void clock.sleep(10).then(async () => {
      for (let step = 0; step < 100; step++) await Promise.resolve();
      seen.push(clock.now());
    });
    clock.after(11, () => seen.push(clock.now()));

    await clock.pass(20);

    assert.deepEqual(seen, [10, 11]);
  });

  it("stops when it is told that something is over, or when nothing waits", async () => {
    const clock = new VirtualClock(0);
    clock.after(5, () => undefined);
    clock.after(50, () => undefined);

    await clock.passUntil(() => clock.now() === 5);
    assert.equal(clock.now(), 5);

    await clock.passUntil(() => false);
    assert.equal(clock.now(), 50);
  });
});
