import assert from "node:assert/strict";
import { type Forwarded, forwardProblems, forwardReport } from "../../../sandbox/tour/forward-checks";

const CONNECTION = "10.0.64.7,10.0.128.5,5432,6";
const expected = {
  tally: { records: 5, accepted: 3, rejected: 2, noData: 1, skipData: 1, malformed: 1 },
  connections: new Set([CONNECTION]),
};

const forwarded = (change: Partial<Forwarded> = {}): Forwarded => ({
  metrics: {
    Objects: 1,
    FlowRecords: 5,
    RejectedRecords: 2,
    NoDataRecords: 1,
    SkipDataRecords: 1,
    MalformedRecords: 1,
  },
  pce: { received: 1, failed: 0 },
  flows: new Map([[CONNECTION, 1]]),
  objects: 1,
  deadLetters: 0,
  ...change,
});

describe("The tour's check of what was forwarded", () => {
  it("finds nothing wrong when the function, the PCE and the truth agree", () => {
    assert.deepEqual(forwardProblems(forwarded(), expected), []);
  });

  const WRONG: readonly (readonly [string, Partial<Forwarded>, RegExp])[] = [
    ["a connection that is lost", { flows: new Map() }, /1 connections .* did not arrive/],
    [
      "a connection that is invented",
      {
        flows: new Map([
          [CONNECTION, 1],
          ["1.1.1.1,2.2.2.2,1,6", 1],
        ]),
      },
      /not in the flow/,
    ],
    ["a count that differs", { metrics: { ...forwarded().metrics, FlowRecords: 4 } }, /FlowRecords is 4, .* hold 5/],
    ["a metric that is missing", { metrics: {} }, /Objects is 0/],
    ["a line that the PCE refused", { pce: { received: 1, failed: 2 } }, /refused 2 lines/],
    ["a dead letter", { deadLetters: 1 }, /dead-letter queue/],
  ];
  for (const [what, change, message] of WRONG) {
    it(`tells of ${what}`, () => {
      assert.match(forwardProblems(forwarded(change), expected).join("\n"), message);
    });
  }

  it("reports what the PCE counted as received, not what the function says it sent", () => {
    const report = forwardReport(forwarded({ pce: { received: 7, failed: 1 } }), expected);

    assert.deepEqual(report, {
      objects: 1,
      records: 5,
      accepted: 3,
      rejected: 2,
      noData: 1,
      skipData: 1,
      malformed: 1,
      connections: 1,
      received: 7,
      failed: 1,
    });
  });
});
