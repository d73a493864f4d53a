import { setTimeout as sleep } from "node:timers/promises";

/** Time, so that a test's minutes need not pass. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** The time of the system. */
export const SYSTEM_CLOCK: Clock = Object.freeze({
  now: () => Date.now(),
  sleep: async (ms: number) => {
    await sleep(ms);
  },
});
