import assert from "node:assert/strict";
import fc from "fast-check";
import { requestShares } from "../../components/request-shares";

const settings = fc
  .record({
    requestsPerMinute: fc.integer({ min: 2, max: 10_000 }),
    maximumConcurrency: fc.integer({ min: 2, max: 1_000 }),
    concurrency: fc.integer({ min: 1, max: 100 }),
  })
  .chain((given) =>
    fc.record({ ...asConstants(given), part: fc.integer({ min: 1, max: given.requestsPerMinute - 1 }) }),
  );

function asConstants<T extends Readonly<Record<string, number>>>(given: T) {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, fc.constant(value)])) as {
    [K in keyof T]: fc.Arbitrary<number>;
  };
}

describe("the shares of the PCE's requests", () => {
  it("are never more than the PCE takes, of as many invocations of both kinds as there may be, and never nothing", () => {
    fc.assert(
      fc.property(settings, ({ requestsPerMinute, maximumConcurrency, concurrency, part }) => {
        const backfill = { concurrency, requestsPerMinute: part };
        const shares = requestShares({ requestsPerMinute }, { maximumConcurrency }, backfill);

        const [live, past] = [Number(shares.PCE_REQUESTS_PER_MINUTE), Number(shares.BACKFILL_REQUESTS_PER_MINUTE)];
        assert.ok(live > 0 && past > 0);
        // in thousandths, for 0.1 + 0.2 is more than 0.3
        const thousandths = (share: number) => Math.round(1_000 * share);
        assert.ok(thousandths(past) * concurrency <= 1_000 * part);
        assert.ok(
          thousandths(live) * maximumConcurrency + thousandths(past) * concurrency <= 1_000 * requestsPerMinute,
          `${live} ${past}`,
        );
      }),
    );
  });

  it("are all for new flow logs without a backfill", () => {
    const shares = requestShares({ requestsPerMinute: 500 }, { maximumConcurrency: 7 });

    assert.deepEqual(shares, { PCE_REQUESTS_PER_MINUTE: "71.428" });
  });

  it("leave a workload sync its part, with and without a backfill", () => {
    const backfill = { concurrency: 2, requestsPerMinute: 100 };
    const share = (...others: Parameters<typeof requestShares> extends [unknown, unknown, ...infer R] ? R : never) =>
      requestShares({ requestsPerMinute: 500 }, { maximumConcurrency: 4 }, ...others).PCE_REQUESTS_PER_MINUTE;

    assert.equal(share(undefined, { requestsPerMinute: 60 }), "110");
    assert.equal(share(backfill, { requestsPerMinute: 60 }), "85");
  });
});
