import assert from "node:assert/strict";
import fc from "fast-check";
import { type FailedAttempt, nextDelayMs, retryAfterMs } from "../../../illumio/client/retry-timing";

const POLICY = { firstDelayMs: 500, maxDelayMs: 15_000, attemptMs: 2_000 };
const NOW = Date.UTC(2026, 0, 2);

function failed(attempt: Partial<FailedAttempt> = {}): FailedAttempt {
  return { attempts: 1, retryAfterMs: undefined, remainingMs: 100_000, random: 0.5, ...attempt };
}

describe("retry timing", () => {
  it("doubles the bound of the wait with each attempt, up to the longest", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 1_000].map((attempts) =>
      nextDelayMs(failed({ attempts, random: 0.999 }), POLICY),
    );

    assert.deepEqual(waits, [499, 999, 1_998, 3_996, 7_992, 14_985, 14_985, 14_985]);
  });

  it("waits anything from nothing up to the bound", () => {
    assert.equal(nextDelayMs(failed({ attempts: 3, random: 0 }), POLICY), 0);
  });

  it("never waits less than Retry-After", () => {
    assert.equal(nextDelayMs(failed({ retryAfterMs: 7_000, random: 0 }), POLICY), 7_000);
  });

  it("leaves time for an attempt, or makes none", () => {
    fc.assert(
      fc.property(
        fc.record({
          attempts: fc.integer({ min: 1, max: 10_000 }),
          retryAfterMs: fc.option(fc.nat(200_000), { nil: undefined }),
          remainingMs: fc.integer({ min: -10_000, max: 200_000 }),
          random: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        }),
        (attempt) => {
          const waitMs = nextDelayMs(attempt, POLICY);

          if (waitMs === undefined) return;
          assert.ok(waitMs >= 0);
          assert.ok(attempt.remainingMs - waitMs >= POLICY.attemptMs);
          assert.ok(waitMs >= (attempt.retryAfterMs ?? 0));
        },
      ),
    );
  });

  it("always comes to an end: the last wait uses up the time", () => {
    let remainingMs = 60_000;
    let attempts = 0;
    for (let waitMs: number | undefined = 0; waitMs !== undefined; ) {
      attempts += 1;
      waitMs = nextDelayMs(failed({ attempts, remainingMs }), POLICY);
      remainingMs -= waitMs ?? 0;
    }

    assert.ok(attempts < 20);
    assert.equal(remainingMs, POLICY.attemptMs);
  });

  const HEADERS: { header: string | undefined; ms: number | undefined }[] = [
    { header: "0", ms: 0 },
    { header: " 7 ", ms: 7_000 },
    { header: "Fri, 02 Jan 2026 00:00:20 GMT", ms: 20_000 },
    { header: "Friday, 02-Jan-26 00:00:20 GMT", ms: 20_000 },
    { header: "Thu, 01 Jan 2026 00:00:00 GMT", ms: 0 },
    { header: "1.5", ms: undefined },
    { header: "-1", ms: undefined },
    { header: "soon", ms: undefined },
    { header: "", ms: undefined },
    { header: undefined, ms: undefined },
  ];
  for (const { header, ms } of HEADERS) {
    it(`reads Retry-After ${JSON.stringify(header)} as ${ms} ms`, () => {
      assert.equal(retryAfterMs(header, NOW), ms);
    });
  }
});
