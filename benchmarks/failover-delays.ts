import { CALM_HISTORY, type History, USUAL_FAILOVER } from "../sandbox/failover-model/history";
import { play } from "../sandbox/failover-model/play";
import { awsCalls } from "../sandbox/failover-model/run";
import { targetSync } from "../sandbox/failover-model/target-sync";
import { DEREGISTERS_FIRST, WAITS_FOR_THREE_MISSES } from "../sandbox/failover-model/variants/how-it-writes";
import type { Variant } from "../sandbox/failover-model/variants/variant";
import { LOOKS_ONCE_AT_THE_EVENT } from "../sandbox/failover-model/variants/what-it-tells";
import {
  ASKS_THE_API,
  COMPARES_THE_FIRST_ADDRESS,
  TRUSTS_THE_STATUS,
} from "../sandbox/failover-model/variants/where-it-is";
import { seededRandom } from "../sandbox/traffic/seeded-random";
import { medianOf } from "./benchmark";

/** How the function learns of the failover: from RDS's events and the schedule, or from the schedule alone. */
export type Path = "event" | "schedule";

/** How soon a function registered the new primary, over many failovers. */
export interface Delays {
  readonly name: string;
  readonly path: Path;
  readonly failovers: number;
  /** Seconds from the DNS change until the new target is registered; undefined when that never happened. */
  readonly medianSeconds: number | undefined;
  readonly worstSeconds: number | undefined;
  /** Failovers after which the new primary was not registered within two of the function's own periods. */
  readonly missed: number;
  /** The most AWS calls of a run that had nothing to do. */
  readonly quietCalls: number;
}

type Contender = Pick<Variant, "name" | "everySeconds" | "hearsEvents" | "make">;

/** Ours, and those of the known functions whose mistake is how they learn of a failover, each with its own schedule. */
export const CONTENDERS: readonly Contender[] = [
  { name: "target-sync", everySeconds: 60, hearsEvents: true, make: targetSync },
  LOOKS_ONCE_AT_THE_EVENT,
  ASKS_THE_API,
  TRUSTS_THE_STATUS,
  DEREGISTERS_FIRST,
  WAITS_FOR_THREE_MISSES,
  COMPARES_THE_FIRST_ADDRESS,
];

/** Plays the same failovers, in virtual time, to a function: the figures are the same on every machine. */
export async function measureDelays(contender: Contender, path: Path, failovers: number): Promise<Delays> {
  const seconds: number[] = [];
  let missed = 0;
  let quietCalls = 0;
  for (let seed = 1; seed <= failovers; seed++) {
    const afterwardsSeconds = 2 * (contender.everySeconds ?? 300) + 60;
    const played = await play(historyOf(contender, path, seed), contender.make, { afterwardsSeconds });
    const registeredMs = played.failovers[0]?.registeredMs;
    if (registeredMs === undefined) missed += 1;
    else seconds.push(registeredMs / 1000);
    if (played.quietRun !== undefined) quietCalls = Math.max(quietCalls, awsCalls(played.quietRun));
  }
  return {
    name: contender.name,
    path,
    failovers,
    medianSeconds: medianOf(seconds),
    worstSeconds: seconds.length === 0 ? undefined : Math.max(...seconds),
    missed,
    quietCalls,
  };
}

/** Paths that a function has. */
export function pathsOf({ everySeconds, hearsEvents }: Contender): readonly Path[] {
  return [...(hearsEvents ? (["event"] as const) : []), ...(everySeconds === undefined ? [] : (["schedule"] as const))];
}

/** One failover at any moment of the schedule's period, DNS after 20 to 100 seconds, the completion up to 30 s later. */
function historyOf({ everySeconds }: Contender, path: Path, seed: number): History {
  const random = seededRandom(seed);
  const dnsSeconds = random.integer(20, 100);
  return {
    ...CALM_HISTORY,
    seed,
    schedule:
      everySeconds === undefined ? undefined : { everySeconds, firstSeconds: random.integer(0, everySeconds - 1) },
    failovers: [
      {
        ...USUAL_FAILOVER,
        kind: random.pick(["reboot", "host-failure"]),
        afterSeconds: random.integer(10, 70),
        dnsSeconds,
        promotedSeconds: dnsSeconds - random.integer(0, 10),
        interfaceGoneSeconds: dnsSeconds + 60,
        apiLagSeconds: random.integer(60, 300),
        events: path === "event" ? "in-time" : "lost",
        lateSeconds: random.integer(0, 30),
      },
    ],
  };
}
