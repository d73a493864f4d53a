import assert from "node:assert/strict";
import fc from "fast-check";
import { differenceOf, keyOf, type RegisteredTarget, type Target } from "../../../functions/target-sync/targets";

const ips = fc.constantFrom("10.0.20.7", "10.0.21.8", "10.0.22.9", "2001:db8::7", "2001:db8::8");
const targets: fc.Arbitrary<Target> = fc.record({ ip: ips, port: fc.constantFrom(5432, 5433) });
const listed: fc.Arbitrary<RegisteredTarget[]> = fc.uniqueArray(
  fc.record({
    ip: ips,
    port: fc.constantFrom(5432, 5433),
    state: fc.constantFrom("healthy", "initial", "unhealthy", "unused", "draining", "unavailable"),
  }),
  { selector: keyOf },
);

describe("the difference between what is wanted and what is registered", () => {
  it("makes the group hold exactly what is wanted", () => {
    fc.assert(
      fc.property(fc.array(targets), listed, (wanted, group) => {
        const { missing, stale } = differenceOf(wanted, group);
        const after = new Set(group.filter(({ state }) => state !== "draining").map(keyOf));
        for (const target of missing) assert.ok(!after.has(keyOf(target)));
        for (const target of missing) after.add(keyOf(target));
        for (const target of stale) assert.ok(after.delete(keyOf(target)));
        assert.deepEqual(after, new Set(wanted.map(keyOf)));
      }),
    );
  });

  it("does not depend on order", () => {
    fc.assert(
      fc.property(fc.array(targets), listed, (wanted, group) => {
        const keysOf = ({ missing, stale }: ReturnType<typeof differenceOf>) =>
          [missing, stale].map((side) => side.map(keyOf).sort());
        assert.deepEqual(
          keysOf(differenceOf(wanted.toReversed(), group.toReversed())),
          keysOf(differenceOf(wanted, group)),
        );
      }),
    );
  });

  it("keeps the group's own spelling of what is stale, which is what must be deregistered", () => {
    const group = [{ ip: "2001:DB8:0::7", port: 5432, state: "healthy" }];

    assert.deepEqual(differenceOf([], group).stale, group);
    assert.deepEqual(differenceOf([{ ip: "2001:db8::7", port: 5432 }], group), { missing: [], stale: [] });
  });

  it("takes unhealthy, unused and unavailable targets for registered, and only draining ones for gone", () => {
    const wanted = [{ ip: "10.0.20.7", port: 5432 }];
    const missing = (state: string) => differenceOf(wanted, [{ ip: "10.0.20.7", port: 5432, state }]).missing.length;

    assert.deepEqual(
      ["initial", "unhealthy", "unused", "unavailable", "unhealthy.draining"].map(missing),
      [0, 0, 0, 0, 0],
    );
    assert.equal(missing("draining"), 1);
  });
});
