import assert from "node:assert/strict";
import fc from "fast-check";
import { requestShares } from "../../../components/request-shares";
import { EvenPace } from "../../../functions/flow-forwarder/even-pace";
import type { Pace } from "../../../illumio/client/pce-session";
import { RequestPace } from "../../../illumio/client/request-pace";

const MINUTE_MS = 60_000;
const UNTIL_MS = 4 * MINUTE_MS;

const stacks = fc
  .record({
    concurrency: fc.integer({ min: 1, max: 4 }),
    maximumConcurrency: fc.integer({ min: 2, max: 5 }),
    more: fc.nat(120),
    morePast: fc.nat(80),
  })
  // what settings allow: ten requests or more for each of the past, one or more for each of the others
  .map(({ more, morePast, ...most }) => ({
    ...most,
    live: most.maximumConcurrency + more,
    past: 10 * most.concurrency + morePast,
  }));

/** What is done before each request; an invocation of a backfill ends after so many. */
const lane = fc.record({
  pauses: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(40_000)), { minLength: 1, maxLength: 8 }),
  requests: fc.integer({ min: 1, max: 30 }),
});

/** Times of all requests that something in an endless hurry makes, but for its pauses. */
function timesOf(
  { pauses }: { readonly pauses: readonly number[] },
  paceFor: (made: number, now: () => number) => Pace,
) {
  const made: number[] = [];
  for (let now = 0; now < UNTIL_MS; ) {
    now += pauses[made.length % pauses.length] ?? 0;
    const pace = paceFor(made.length, () => now);
    now += pace.waitMs();
    pace.count();
    made.push(now);
  }
  return made;
}

describe("the requests of new flow logs and of a backfill", () => {
  it("are together never more than the PCE takes, in any minute, whatever the invocations do", () => {
    const lanes = fc.array(lane, { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(stacks, lanes, ({ live, past, concurrency, maximumConcurrency }, all) => {
        const limit = live + past;
        const backfill = { concurrency, requestsPerMinute: past };
        const shares = requestShares({ requestsPerMinute: limit }, { maximumConcurrency }, backfill);
        const [ofLive, ofPast] = [Number(shares.PCE_REQUESTS_PER_MINUTE), Number(shares.BACKFILL_REQUESTS_PER_MINUTE)];

        // an instance that keeps its own count, and one invocation after another that each begin anew
        const times = all.slice(0, concurrency + maximumConcurrency).flatMap((each, at) => {
          let pace: Pace;
          return timesOf(each, (made, now) => {
            if (at < maximumConcurrency) pace ??= new RequestPace({ perMinute: ofLive, now });
            else if (made % each.requests === 0) pace = new EvenPace({ perMinute: ofPast, now });
            return pace;
          });
        });

        times.sort((a, b) => a - b);
        for (const [at, time] of times.entries()) {
          const beyond = times[at + limit];
          assert.ok(
            beyond === undefined || beyond - time >= MINUTE_MS,
            `${limit + 1} requests in ${(beyond ?? 0) - time} ms`,
          );
        }
      }),
      { numRuns: 150 },
    );
  });
});
