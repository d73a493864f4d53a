import type { ForwarderEnvironment } from "../functions/flow-forwarder/config";
import type { BackfillSettings, ForwarderSettings, PceSettings, WorkloadSyncSettings } from "../settings";

type Shares = Pick<ForwarderEnvironment, "PCE_REQUESTS_PER_MINUTE" | "BACKFILL_REQUESTS_PER_MINUTE">;

/**
 * What one invocation may do of the requests that the PCE takes in a minute. As many of both kinds as there may be at once stay within them
 * together: a backfill's part and a workload sync's are taken off first, whether or not one runs.
 */
export function requestShares(
  { requestsPerMinute }: Pick<PceSettings, "requestsPerMinute">,
  { maximumConcurrency }: Pick<ForwarderSettings, "maximumConcurrency">,
  backfill?: BackfillSettings,
  workloadSync?: Pick<WorkloadSyncSettings, "requestsPerMinute">,
): Shares {
  const forFlows = requestsPerMinute - (workloadSync?.requestsPerMinute ?? 0);
  if (backfill === undefined) return { PCE_REQUESTS_PER_MINUTE: shareOf(forFlows, maximumConcurrency) };
  return {
    PCE_REQUESTS_PER_MINUTE: shareOf(forFlows - backfill.requestsPerMinute, maximumConcurrency),
    BACKFILL_REQUESTS_PER_MINUTE: shareOf(backfill.requestsPerMinute, backfill.concurrency),
  };
}

// cut after the third place: rounded up, many of them would be more than all
function shareOf(requestsPerMinute: number, invocations: number): string {
  return `${Math.floor((1_000 * requestsPerMinute) / invocations) / 1_000}`;
}
