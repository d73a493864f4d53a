import fc from "fast-check";
import { targetSync } from "../../sandbox/failover-model/target-sync";
import { anyHistory } from "./failover-histories";
import { holdEveryPromise } from "./played-histories";

/** A test's own share; whoever changes the function or the model plays 5,000, as CONTRIBUTING says. */
const HISTORIES = Number(process.env["HISTORIES"] ?? 500);

/**
 * Plays random histories: another seed, other ones. The first that breaks a promise is shrunk, and the error has its seed, the history as data and
 * what happened in it.
 */
export async function playRandomHistories(seed: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      await holdEveryPromise(history, targetSync);
    }),
    { numRuns: HISTORIES, seed },
  );
}
