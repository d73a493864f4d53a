import fc from "fast-check";
import { FAULT_KINDS, type Fault, type Operation } from "../../sandbox/failover-model/faults";
import type { FailoverPlan, History } from "../../sandbox/failover-model/history";

// the first of each choice is the plain one: a counterexample shrinks towards it
const boolean = fc.constantFrom(false, true);
const seconds = (max: number) => fc.nat({ max });

// what takes long to play is drawn less often, so that ten thousand histories take seconds
const mostly = <T>(usual: fc.Arbitrary<T>, long: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: long });
const rarely = <T>(arbitrary: fc.Arbitrary<T>, otherwise: T) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });

const failover: fc.Arbitrary<FailoverPlan> = fc
  .record({
    afterSeconds: mostly(seconds(40), seconds(200)),
    kind: fc.constantFrom("reboot" as const, "host-failure" as const),
    dnsSeconds: mostly(seconds(45), seconds(240)),
    promotedSeconds: seconds(45),
    interfaceGoneSeconds: seconds(90),
    isOldServing: boolean,
    apiLagSeconds: seconds(300),
    events: fc.constantFrom("in-time" as const, "lost" as const, "late" as const, "twice" as const),
    lateSeconds: mostly(seconds(60), seconds(700)),
  })
  // RDS promotes before it moves the name, and reports completion at some time after that
  .map((plan) => ({ ...plan, promotedSeconds: Math.min(plan.promotedSeconds, plan.dnsSeconds) }));

// the RDS API is no source of the function: its faults are for variants that ask it
const operation = fc.constantFrom<Exclude<Operation, "rds">>(
  "describe",
  "register",
  "deregister",
  "resolve4",
  "resolve6",
  "interfaces",
);

const fault: fc.Arbitrary<Fault> = operation.chain((on) =>
  fc.record({
    on: fc.constant(on),
    kind: fc.constantFrom(...FAULT_KINDS[on]),
    fromSeconds: seconds(120),
    forSeconds: fc.oneof(
      { weight: 2, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: seconds(20) },
      { weight: 1, arbitrary: seconds(100) },
    ),
  }),
);

const away = fc.record({ fromSeconds: seconds(120), forSeconds: seconds(60) });

/** Any history: failovers up to three, with whatever may go wrong beside them. */
export const anyHistory: fc.Arbitrary<History> = fc.record({
  seed: fc.nat(),
  addresses: fc.constantFrom(1, 1, 2, 3),
  family: mostly<History["family"]>(fc.constant("ipv4"), fc.constant("ipv6")),
  isDualStack: mostly(fc.constant(false), fc.constant(true)),
  environments: fc.constantFrom(1, 2),
  schedule: fc.oneof(
    { weight: 8, arbitrary: fc.record({ everySeconds: fc.constant(60), firstSeconds: seconds(59) }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  network: fc.constantFrom("quick" as const, "slow" as const),
  resolver: fc.constantFrom("fresh" as const, "mixed" as const, "two-caches" as const, "stale" as const),
  group: fc.constantFrom(
    "in-sync" as const,
    "in-sync" as const,
    "empty" as const,
    "standby" as const,
    "stranger" as const,
    "other-port" as const,
  ),
  groupPort: fc.constantFrom(5432, 6432),
  deregistrationDelaySeconds: fc.constantFrom(0, 0, 30),
  failovers: fc.array(failover, { maxLength: 3 }),
  faults: fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(fault, { maxLength: 4 }) },
  ),
  otherDatabaseSeconds: rarely(fc.array(seconds(120), { maxLength: 2 }), []),
  listenerAway: rarely<History["listenerAway"]>(away, undefined),
  isRetried: boolean,
});
