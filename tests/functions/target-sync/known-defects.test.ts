// What a deployment gets wrong is not of this model. The components' tests have: permissions on every resource
// (policy-documents, target-sync), a load balancer without a security group, targets attached at plan time, cross-zone off, no
// deletion protection (front-door), a timeout of three seconds, no schedule, no filter for the database (target-sync).
import assert from "node:assert/strict";
import { CALM_HISTORY, type History, USUAL_FAILOVER } from "../../../sandbox/failover-model/history";
import { PROMISES, type PromiseName } from "../../../sandbox/failover-model/promises";
import { targetSync } from "../../../sandbox/failover-model/target-sync";
import * as writes from "../../../sandbox/failover-model/variants/how-it-writes";
import type { Variant } from "../../../sandbox/failover-model/variants/variant";
import * as tells from "../../../sandbox/failover-model/variants/what-it-tells";
import * as looks from "../../../sandbox/failover-model/variants/where-it-is";
import { holdEveryPromise, playQuickly } from "../../support/played-histories";

interface Defect {
  readonly variant: Variant;
  readonly when: string;
  readonly history: Partial<History>;
  readonly breaks: PromiseName;
  readonly message: RegExp;
}

const FAILOVER: Partial<History> = { failovers: [USUAL_FAILOVER] };

const DEFECTS: readonly Defect[] = [
  {
    variant: tells.SWALLOWS_ERRORS,
    when: "a call is throttled",
    history: { faults: [{ on: "describe", kind: "throttled", fromSeconds: 0, forSeconds: 0 }] },
    breaks: "surfacesFailures",
    message: /succeeded, although it met describe throttled/,
  },
  {
    variant: tells.GIVES_UP_SILENTLY,
    when: "the new target never becomes healthy",
    history: { ...FAILOVER, listenerAway: { fromSeconds: 40, forSeconds: 200 } },
    breaks: "surfacesFailures",
    message: /succeeded, and left the group with 10\.0\.10\.1:5432 10\.0\.11\.2:5432/,
  },
  {
    variant: tells.LOOKS_ONCE_AT_THE_EVENT,
    when: "the event comes before DNS changes",
    history: { failovers: [{ ...USUAL_FAILOVER, lateSeconds: 90 }] },
    breaks: "followsInTime",
    message: /registered only after 90\.\d s although its failover was announced in time; the limit is 7 s/,
  },
  {
    variant: writes.WAITS_FOR_THREE_MISSES,
    when: "the primary moves",
    history: FAILOVER,
    breaks: "converges",
    message: /after a clean run the group holds 10\.0\.10\.1:5432 10\.0\.11\.2:5432, not 10\.0\.11\.2:5432/,
  },
  {
    variant: writes.DEREGISTERS_WITHOUT_PORT,
    when: "the primary moves",
    history: FAILOVER,
    breaks: "converges",
    message: /after a clean run the group holds 10\.0\.10\.1:5432 10\.0\.11\.2:5432, not 10\.0\.11\.2:5432/,
  },
  {
    variant: writes.REGISTERS_WITHOUT_PORT,
    when: "the group's own port is another",
    history: { ...FAILOVER, groupPort: 6432 },
    breaks: "registersOnlyTheDatabase",
    message: /registered 10\.0\.11\.2:6432, a port that is not the database's \(5432\)/,
  },
  {
    variant: writes.DEREGISTERS_FIRST,
    when: "the primary moves",
    history: FAILOVER,
    breaks: "keepsHealthy",
    message: /deregistered 10\.0\.10\.1:5432 and left no target/,
  },
  {
    variant: writes.DOES_NOT_WAIT,
    when: "the primary moves",
    history: FAILOVER,
    breaks: "keepsHealthy",
    message: /deregistered 10\.0\.10\.1:5432 and left only 10\.0\.11\.2:5432, which nobody saw healthy/,
  },
  {
    variant: writes.IGNORES_A_FAILED_REGISTRATION,
    when: "the registration fails",
    history: { ...FAILOVER, faults: [{ on: "register", kind: "throttled", fromSeconds: 0, forSeconds: 200 }] },
    breaks: "keepsHealthy",
    message: /deregistered 10\.0\.10\.1:5432 and left no target/,
  },
  {
    variant: writes.TRUSTS_ONE_LOOK,
    when: "caches differ, and the old node still takes connections",
    history: { failovers: [{ ...USUAL_FAILOVER, isOldServing: true }], seed: 3 },
    breaks: "keepsPrimary",
    message: /deregistered 10\.0\.11\.2, which has been primary for [\d.]+ s/,
  },
  {
    variant: looks.TRUSTS_THE_STATUS,
    when: "the database reboots",
    history: FAILOVER,
    breaks: "keepsPrimary",
    message: /deregistered 10\.0\.10\.1, which has been primary from the beginning/,
  },
  {
    variant: looks.TRUSTS_THE_STATUS,
    when: "the database reboots, and nobody sees a healthy target",
    history: FAILOVER,
    breaks: "keepsHealthy",
    message: /deregistered 10\.0\.10\.1:5432 and left no target/,
  },
  {
    variant: looks.ASKS_THE_API,
    when: "the RDS API lags",
    history: FAILOVER,
    breaks: "followsInTime",
    message: /registered never although its failover was announced in time/,
  },
  {
    variant: looks.ASKS_THE_API,
    when: "the RDS API lags, and the new primary was a target before",
    history: {
      group: "standby",
      failovers: [{ ...USUAL_FAILOVER, isOldServing: true, events: "late", lateSeconds: 60 }],
    },
    breaks: "keepsPrimary",
    message: /deregistered 10\.0\.11\.2, which has been primary for 60\.\d s/,
  },
  {
    variant: looks.TAKES_ANY_INTERFACE,
    when: "a proxy is in the same subnets",
    history: { ...FAILOVER, group: "empty" },
    breaks: "registersOnlyTheDatabase",
    message: /registered 10\.0\.10\.201:5432, an address that is not the database's/,
  },
  {
    variant: looks.TRUSTS_DNS_ALONE,
    when: "an answer is poisoned",
    history: { seed: 2, faults: [{ on: "resolve4", kind: "foreign", fromSeconds: 0, forSeconds: 0 }] },
    breaks: "registersOnlyTheDatabase",
    message: /registered 10\.0\.1\d\.20\d:5432, an address that is not the database's/,
  },
  {
    variant: looks.COMPARES_THE_FIRST_ADDRESS,
    when: "the endpoint has two addresses",
    history: { addresses: 2, group: "empty" },
    breaks: "converges",
    message: /after a clean run the group holds 10\.0\.1\d\.\d:5432, not 10\.0\.10\.1:5432 10\.0\.11\.2:5432/,
  },
  {
    variant: looks.COMPARES_IN_ORDER,
    when: "DNS gives two addresses in another order",
    history: { addresses: 2, seed: 2 },
    breaks: "staysQuiet",
    message: /found what it wanted, 10\.0\.10\.1:5432 10\.0\.11\.2:5432, and made \d writing calls/,
  },
  {
    variant: looks.FOLLOWS_ANY_DATABASE,
    when: "another database fails over",
    history: { otherDatabaseSeconds: [20] },
    breaks: "registersOnlyTheDatabase",
    message: /\(another database's failover, environment 0\) registered 10\.0\.10\.200:5432/,
  },
];

describe("the failover model catches each known mistake", () => {
  for (const { variant, when, history: part, breaks, message } of DEFECTS) {
    const base: History = { ...CALM_HISTORY, ...part };

    it(`a function that ${variant.name}, when ${when}, breaks "${PROMISES[breaks]}"`, async () => {
      const everySeconds = variant.everySeconds;
      const schedule = everySeconds === undefined ? undefined : { everySeconds, firstSeconds: 10 };
      const { breaches, story } = await playQuickly({ ...base, schedule }, variant.make);

      const breach = breaches.find(({ promise }) => promise === breaks);
      assert.match(breach?.how ?? story(), message);
      assert.ok(story().startsWith("broken: "), story());
      assert.ok(story().includes(`broken: ${PROMISES[breaks]}`), story());
    });

    it(`ours holds every promise when ${when} (${variant.name})`, async () => {
      await holdEveryPromise(base, targetSync);
    });
  }

  it("has a variant for every promise", () => {
    const broken = new Set(DEFECTS.map(({ breaks }) => breaks));

    assert.deepEqual([...broken].sort(), Object.keys(PROMISES).sort());
  });

  it("plays every variant", () => {
    const written = [looks, writes, tells].flatMap((file) => Object.values(file));

    assert.deepEqual(new Set(DEFECTS.map(({ variant }) => variant)), new Set(written));
  });
});
