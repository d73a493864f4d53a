import type { FailoverKind } from "./database";
import type { Fault } from "./faults";
import type { ResolverAge } from "./name-service";

/**
 * When a failover's two events (0013 started, 0049 completed) arrive.
 * - `in-time`: the first a second after the start, the second `lateSeconds` after DNS
 * - `twice`: the same, each two times
 * - `late`: the first is lost, the second comes `lateSeconds` after DNS
 * - `lost`: none comes
 */
export type EventDelivery = "in-time" | "twice" | "late" | "lost";

/** A failover, and what is seen of it. Times are in seconds. */
export interface FailoverPlan {
  /** After the DNS change of the failover before, or the start. */
  readonly afterSeconds: number;
  readonly kind: FailoverKind;
  /** From the start of the failover until DNS changes. */
  readonly dnsSeconds: number;
  /** From the start of the failover until the new primary accepts connections. */
  readonly promotedSeconds: number;
  /** From the start of the failover until the old interface is gone. */
  readonly interfaceGoneSeconds: number;
  readonly isOldServing: boolean;
  /** From the DNS change until the RDS API has the new zone. */
  readonly apiLagSeconds: number;
  readonly events: EventDelivery;
  readonly lateSeconds: number;
}

/** What the group holds at the start: the database's targets and, or instead, something else. */
export type InitialGroup = "in-sync" | "empty" | "standby" | "stranger" | "other-port";

/** A whole history, as data: what is the same in it always happens in the same way. */
export interface History {
  /** Of latencies, caches and whatever else is drawn. */
  readonly seed: number;
  /** Behind the endpoint. */
  readonly addresses: number;
  readonly family: "ipv4" | "ipv6";
  readonly isDualStack: boolean;
  /** How many runs there may be at the same time. */
  readonly environments: number;
  /** Seconds between two runs of the schedule, and until its first; undefined = there is none. */
  readonly schedule: { readonly everySeconds: number; readonly firstSeconds: number } | undefined;
  /** `slow`: calls take up to three seconds. */
  readonly network: "quick" | "slow";
  readonly resolver: ResolverAge;
  readonly group: InitialGroup;
  /** The group's own port. */
  readonly groupPort: number;
  readonly deregistrationDelaySeconds: number;
  readonly failovers: readonly FailoverPlan[];
  readonly faults: readonly Fault[];
  /** When another database's failover events arrive, which a rule without a filter would let through. */
  readonly otherDatabaseSeconds: readonly number[];
  /** The listener is away in this time. */
  readonly listenerAway: { readonly fromSeconds: number; readonly forSeconds: number } | undefined;
  /** Lambda tries a failed invocation again, after one minute and after two more. */
  readonly isRetried: boolean;
}

/** A history in which one failover happens and nothing goes wrong; the base of those that are written by hand. */
export const CALM_HISTORY: History = {
  seed: 1,
  addresses: 1,
  family: "ipv4",
  isDualStack: false,
  environments: 1,
  schedule: { everySeconds: 60, firstSeconds: 10 },
  network: "quick",
  resolver: "mixed",
  group: "in-sync",
  groupPort: 5432,
  deregistrationDelaySeconds: 0,
  failovers: [],
  faults: [],
  otherDatabaseSeconds: [],
  listenerAway: undefined,
  isRetried: false,
};

/** A failover as it mostly happens. */
export const USUAL_FAILOVER: FailoverPlan = {
  afterSeconds: 20,
  kind: "reboot",
  dnsSeconds: 30,
  promotedSeconds: 25,
  interfaceGoneSeconds: 60,
  isOldServing: false,
  apiLagSeconds: 180,
  events: "in-time",
  lateSeconds: 5,
};
