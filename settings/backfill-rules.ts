import type { Candidate, Rule } from "./rules";

// Requests are evenly spaced, and an invocation waits for its first one, too: with fewer, the shortest of them would end before it
const LEAST_REQUESTS_EACH = 10;

/** What must hold between the keys of a backfill, and between them and the PCE's. */
export const BACKFILL_RULES: readonly Rule[] = [
  {
    reads: ["pce", "backfill"],
    check: ({ pce, backfill }) =>
      backfill !== undefined && pce === undefined
        ? {
            what: "backfill",
            got: "a backfill, without pce",
            allowed: "a backfill with pce, or none",
            do: "add pce: without one nothing is forwarded, neither past nor present flow logs",
          }
        : undefined,
  },
  {
    reads: [
      ...["pce.requestsPerMinute", "forwarder.maximumConcurrency"],
      ...["backfill.requestsPerMinute", "backfill.concurrency"],
    ],
    check: ({ pce, forwarder, backfill }) => (pce && backfill ? shareProblem(pce, forwarder, backfill) : undefined),
  },
];

function shareProblem(
  { requestsPerMinute: all }: NonNullable<Candidate["pce"]>,
  { maximumConcurrency }: Candidate["forwarder"],
  { requestsPerMinute, concurrency }: NonNullable<Candidate["backfill"]>,
) {
  const least = LEAST_REQUESTS_EACH * concurrency;
  // several invocations with less than one in a minute each can make theirs in the same minute
  const most = all - maximumConcurrency;
  if (requestsPerMinute >= least && requestsPerMinute <= most) return undefined;
  return {
    what: "backfill.requestsPerMinute",
    got: `${requestsPerMinute} with concurrency ${concurrency}, pce.requestsPerMinute ${all} and forwarder.maximumConcurrency ${maximumConcurrency}`,
    allowed: `${LEAST_REQUESTS_EACH} or more for each of its invocations at once, and of pce.requestsPerMinute one or more left for each of the forwarder's`,
    do:
      least <= most
        ? `write a number from ${least} to ${most}; what is left of pce.requestsPerMinute is for new flow logs`
        : `lower backfill.concurrency: ${least} requests for it are more than pce.requestsPerMinute leaves`,
  };
}
