import type { Rule } from "./rules";

/** What must hold between the keys of the workload sync and the PCE's. */
export const WORKLOAD_SYNC_RULES: readonly Rule[] = [
  {
    reads: ["pce", "workloadSync"],
    check: ({ pce, workloadSync }) =>
      workloadSync !== undefined && pce === undefined
        ? {
            what: "workloadSync",
            got: "a workload sync, without pce",
            allowed: "workloadSync with pce, or none",
            do: "add pce: the workloads are kept there",
          }
        : undefined,
  },
  {
    reads: [
      ...["pce.requestsPerMinute", "forwarder.maximumConcurrency"],
      ...["backfill.requestsPerMinute", "workloadSync.requestsPerMinute"],
    ],
    check: ({ pce, forwarder, backfill, workloadSync }) => {
      if (pce === undefined || workloadSync === undefined) return undefined;
      const forBackfill = backfill?.requestsPerMinute ?? 0;
      const most = pce.requestsPerMinute - forBackfill - forwarder.maximumConcurrency;
      if (workloadSync.requestsPerMinute <= most) return undefined;
      return {
        what: "workloadSync.requestsPerMinute",
        got:
          `${workloadSync.requestsPerMinute} with pce.requestsPerMinute ${pce.requestsPerMinute}, forwarder.maximumConcurrency ` +
          `${forwarder.maximumConcurrency} and ${forBackfill} for a backfill`,
        allowed:
          "of pce.requestsPerMinute what the backfill leaves, and one or more left for each of the forwarder's invocations",
        do:
          most >= 10
            ? `write a number from 10 to ${most}; what is left of pce.requestsPerMinute is for flow logs`
            : "raise pce.requestsPerMinute, as far as the PCE takes that of the API key, or lower backfill.requestsPerMinute",
      };
    },
  },
];
