import assert from "node:assert/strict";
import { inTimesOf } from "../../../functions/flow-forwarder/backfill-input";
import { ACCOUNT_ID } from "../../../sandbox/aws/moto";
import { flowLogKey } from "../../../sandbox/traffic/object-keys";

const PREFIX = { prefix: "AWSLogs/" };
const OCTOBER = { ...PREFIX, from: "2026-10-01T00:00:00Z", to: "2026-11-01T00:00:00Z" };

const keyAt = (time: string, layout: "default" | "hive-hourly" = "default"): string =>
  flowLogKey({
    layout,
    account: ACCOUNT_ID,
    region: "us-gov-west-1",
    flowLogId: "fl-0123456789abcdef0",
    time: new Date(time),
    hash: "0a1b2c3d",
  });

describe("the times of a backfill's input", () => {
  it("have everything in them when the input has none", () => {
    assert.ok(inTimesOf(PREFIX)(keyAt("1999-12-31T23:55:00Z")));
    assert.ok(inTimesOf({})(keyAt("2026-10-01T00:00:00Z")));
  });

  for (const layout of ["default", "hive-hourly"] as const) {
    it(`begin with from and end before to, by the five minutes in the names of ${layout} keys`, () => {
      const isMeant = inTimesOf(OCTOBER);

      const times = ["2026-09-30T23:55:00Z", "2026-10-01T00:00:00Z", "2026-10-31T23:55:00Z", "2026-11-01T00:00:00Z"];
      assert.deepEqual(
        times.map((time) => isMeant(keyAt(time, layout))),
        [false, true, true, false],
      );
    });
  }

  it("may be open at one end", () => {
    const [before, after] = [keyAt("2026-09-30T23:55:00Z"), keyAt("2026-12-01T00:00:00Z")];

    assert.deepEqual([before, after].map(inTimesOf({ ...PREFIX, from: OCTOBER.from })), [false, true]);
    assert.deepEqual([before, after].map(inTimesOf({ ...PREFIX, to: OCTOBER.to })), [true, false]);
  });

  it("have a key in them whose name says no time: nobody knows that it is not meant", () => {
    assert.ok(["AWSLogs/copied.gz", "AWSLogs/1_20269901T0000Z_x.gz"].every(inTimesOf(OCTOBER)));
  });

  const wrong: readonly [string, object, RegExp][] = [
    ["a misspelt key", { form: "2026-10-01T00:00:00Z" }, /the input has form; it may have prefix, from, to;/],
    ["a number", { from: 1_790_812_800 }, /from must be a moment such as 2026-10-01T00:00:00Z, got 1790812800/],
    ["a word", { to: "yesterday" }, /to must be a moment .* got "yesterday"/],
    [
      "an end before the beginning",
      { from: OCTOBER.to, to: OCTOBER.from },
      /from must be before its to, got .*2026-11-01/,
    ],
  ];
  for (const [what, more, message] of wrong) {
    it(`refuse ${what}`, () => {
      assert.throws(() => inTimesOf({ ...PREFIX, ...more }), { name: "BackfillInputError", message });
    });
  }
});
