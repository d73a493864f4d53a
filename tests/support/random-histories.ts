import fc from "fast-check";
import { targetSync } from "../../sandbox/failover-model/target-sync";
import { anyHistory } from "./failover-histories";
import { holdEveryPromise } from "./played-histories";

/**
 * Plays this many random histories. The first that breaks a promise is shrunk, and the error has its seed, the history as data and
 * what happened in it.
 */
export async function playRandomHistories(count: number, seed: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      await holdEveryPromise(history, targetSync);
    }),
    { numRuns: count, seed },
  );
}
