import assert from "node:assert/strict";
import fc from "fast-check";
import { WATCH_MS } from "../../../functions/target-sync/target-sync";
import { readTrigger } from "../../../functions/target-sync/trigger";
import { rdsEvent } from "./world";

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

describe("the trigger of a run", () => {
  it("is a failover for an RDS event of that category, of the time that the event names", () => {
    const event = rdsEvent({ categories: ["availability", "failover"], id: "RDS-EVENT-0049" });

    assert.deepEqual(readTrigger(event, AT + 30_000), {
      kind: "failover",
      at: AT,
      isCompleted: true,
      promisesMove: true,
    });
  });

  it("says whether the failover is over", () => {
    const isCompleted = (id: string) => {
      const trigger = readTrigger(rdsEvent({ id }), AT);
      return trigger.kind === "failover" && trigger.isCompleted;
    };

    assert.deepEqual(
      ["0013", "0050", "0072", "0073"].map((id) => isCompleted(`RDS-EVENT-${id}`)),
      [false, false, false, false],
    );
    assert.deepEqual(
      ["0015", "0049", "0051", "0065", "0071"].map((id) => isCompleted(`RDS-EVENT-${id}`)),
      [true, true, true, true, true],
    );
  });

  it("says whether the address must move", () => {
    const promisesMove = (id: string) => {
      const trigger = readTrigger(rdsEvent({ id }), AT);
      return trigger.kind === "failover" && trigger.promisesMove;
    };

    assert.deepEqual(
      ["0013", "0015", "0049", "0050", "0071"].map((id) => promisesMove(`RDS-EVENT-${id}`)),
      [true, true, true, true, true],
    );
    assert.deepEqual(
      ["0051", "0065"].map((id) => promisesMove(`RDS-EVENT-${id}`)),
      [false, false],
    );
  });

  it("is never later than now, should the clock of RDS be ahead", () => {
    const early = AT - 5_000;

    assert.deepEqual(readTrigger(rdsEvent(), early), {
      kind: "failover",
      at: early,
      isCompleted: false,
      promisesMove: true,
    });
  });

  it("is a failover for less than twenty minutes", () => {
    assert.equal(readTrigger(rdsEvent(), AT + 1_199_999).kind, "failover");
    assert.equal(readTrigger(rdsEvent(), AT + 1_200_000).kind, "check");
  });

  it("is a failover still in the last try of an event that came seven minutes late", () => {
    // Lambda tries again one minute and two minutes after a failure, and each try watches first
    const lastTryMs = 7 * 60_000 + WATCH_MS + 60_000 + WATCH_MS + 120_000;

    assert.equal(readTrigger(rdsEvent(), AT + lastTryMs).kind, "failover");
  });

  for (const [name, event] of [
    ["of another category", rdsEvent({ categories: ["maintenance"] })],
    ["whose categories are no list", rdsEvent({ categories: "failover" })],
    ["of a failover that RDS abandoned", rdsEvent({ id: "RDS-EVENT-0034" })],
    ["of a cluster's failover that failed", rdsEvent({ id: "RDS-EVENT-0069" })],
    ["of a cluster that promotes its previous primary", rdsEvent({ id: "RDS-EVENT-0070" })],
    ["without a time", rdsEvent({ time: null })],
    ["whose time can't be read", rdsEvent({ time: "yesterday" })],
    ["of another source", { ...rdsEvent(), source: "my.app" }],
  ] as const) {
    it(`is a check for an event ${name}`, () => {
      assert.deepEqual(readTrigger(event, AT), { kind: "check" });
    });
  }

  it("is a check for whatever else there is", () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        assert.deepEqual(readTrigger(event, AT), { kind: "check" });
      }),
    );
  });
});
