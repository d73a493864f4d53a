import { CALM_HISTORY, type History, USUAL_FAILOVER } from "../../../sandbox/failover-model/history";
import { targetSync } from "../../../sandbox/failover-model/target-sync";
import { holdEveryPromise } from "../../support/played-histories";

// counterexamples that random histories found, each against a version before its fix
const HISTORIES: Readonly<Record<string, Partial<History>>> = {
  "a second failover within five minutes is watched for like the first": {
    schedule: undefined,
    resolver: "fresh",
    failovers: [
      { ...USUAL_FAILOVER, afterSeconds: 0, dnsSeconds: 0 },
      { ...USUAL_FAILOVER, afterSeconds: 30, dnsSeconds: 14, isOldServing: true, lateSeconds: 30 },
    ],
  },
  "a target too many, found by the first look of an environment, is no move of the address": {
    group: "standby",
    schedule: { everySeconds: 60, firstSeconds: 0 },
    resolver: "fresh",
    failovers: [{ ...USUAL_FAILOVER, afterSeconds: 0, dnsSeconds: 20, isOldServing: true, lateSeconds: 30 }],
  },
  "an address is not registered when its interface went while registrations failed": {
    schedule: { everySeconds: 60, firstSeconds: 0 },
    resolver: "fresh",
    failovers: [
      { ...USUAL_FAILOVER, afterSeconds: 0, dnsSeconds: 0, promotedSeconds: 0, lateSeconds: 0 },
      {
        ...USUAL_FAILOVER,
        afterSeconds: 1,
        kind: "host-failure",
        dnsSeconds: 30,
        promotedSeconds: 0,
        interfaceGoneSeconds: 0,
      },
    ],
    faults: [{ on: "register", kind: "throttled", fromSeconds: 0, forSeconds: 15 }],
  },
};

describe("target sync, in histories that once broke a promise", () => {
  for (const [promise, history] of Object.entries(HISTORIES)) {
    it(promise, async () => {
      await holdEveryPromise({ ...CALM_HISTORY, ...history }, targetSync);
    });
  }
});
