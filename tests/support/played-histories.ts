import type { History } from "../../sandbox/failover-model/history";
import { type Played, play } from "../../sandbox/failover-model/play";
import type { MakeSync } from "../../sandbox/failover-model/sync-world";

/**
 * Plays a history without stack traces: most failures in it are meant, and a trace through ts-node costs more than the history.
 */
export async function playQuickly(history: History, makeSync: MakeSync): Promise<Played> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await play(history, makeSync);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** Plays a history; throws its story when it breaks a promise. */
export async function holdEveryPromise(history: History, makeSync: MakeSync): Promise<Played> {
  const played = await playQuickly(history, makeSync);
  if (played.breaches.length > 0) throw new Error(played.story());
  return played;
}
