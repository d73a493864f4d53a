import assert from "node:assert/strict";
import { type SoakFigures, soakProblems } from "../../../sandbox/soak/soak";

const GOOD: SoakFigures = {
  ...{ objects: 100, corrupt: 2, records: 900, connections: 300, arrived: 300, invented: 0, repeated: 4 },
  ...{ deadCorrupt: 2, deadGood: 0, invocations: 60, workersLost: 3, requests: 70, faults: { reset: 9 }, seconds: 12 },
};

describe("what a soak finds", () => {
  it("is nothing when every connection arrived and the corrupt objects alone are dead letters, however often one was sent", () => {
    assert.deepEqual(soakProblems(GOOD), []);
  });

  for (const [what, figures, problem] of [
    ["a connection that did not arrive", { arrived: 299 }, "1 of 300 connections did not arrive at the PCE"],
    ["a connection that nobody made", { invented: 2 }, "2 connections arrived that are in no object"],
    ["a corrupt object that is lost", { deadCorrupt: 1 }, "1 of 2 corrupt objects are not in the dead-letter queue"],
    ["a good object given up", { deadGood: 3 }, "3 good objects are in the dead-letter queue"],
  ] as const) {
    it(`tells of ${what}`, () => {
      assert.deepEqual(soakProblems({ ...GOOD, ...figures }), [problem]);
    });
  }
});
