import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { scalePage } from "../../benchmarks/scale/page";
import {
  type Load,
  type Measured,
  mostConnectionsPerSecond,
  mostDifferentConnections,
  scaleOf,
} from "../../benchmarks/scale/scale";
import { defaultScaleSettings } from "../../benchmarks/scale/scale-settings";

const ROOT = join(__dirname, "../..");
const SETTINGS = defaultScaleSettings();
/** A million lines a second and core, 100 bytes each, 10 as gzip. */
const ROUND: Measured = { lines: 1_000_000, textBytes: 100e6, fileBytes: 10e6, decodeMs: 1_000 };
const load = (connectionsPerSecond: number, differentConnections = 100): Load => ({
  connectionsPerSecond,
  differentConnections,
});

describe("docs/scale.md", () => {
  it("is what its figures come to: whoever changes figures, prices or defaults writes it again", () => {
    const measured = JSON.parse(readFileSync(join(ROOT, "benchmarks/scale/measured.json"), "utf8")) as Measured;

    assert.equal(readFileSync(join(ROOT, "docs/scale.md"), "utf8"), scalePage(measured, SETTINGS), "npm run scale");
  });
});

describe("the arithmetic of scale", () => {
  it("takes two lines for a connection, and AWS's prices by the tier", () => {
    const scale = scaleOf(load(1_000), ROUND, SETTINGS);

    assert.equal(scale.linesPerSecond, 2_000);
    // 2,000 lines of 100 bytes for 30 days
    assert.equal(Math.round(scale.deliveredGbPerMonth * 10) / 10, 518.4);
    assert.equal(scale.deliveryDollars, 518.4 * 0.25);
    const tiers = scaleOf(load(100_000), ROUND, SETTINGS);
    assert.equal(tiers.deliveryDollars, 10_240 * 0.25 + 20_480 * 0.15 + (51_840 - 51_200) * 0.05 + 20_480 * 0.075);
  });

  it("says at which load the forwarder's invocations are all at work", () => {
    // five cores of a million lines, two a connection
    assert.equal(mostConnectionsPerSecond(ROUND, SETTINGS), 2_500_000);
    assert.equal(mostConnectionsPerSecond(ROUND, { ...SETTINGS, memoryMb: SETTINGS.memoryMb / 2 }), 1_250_000);
  });

  it("lets the PCE have full requests of what is new in an hour, from each instance, and none for what it has", () => {
    const many = scaleOf(load(500_000, 600_000), ROUND, SETTINGS);
    const few = scaleOf(load(500_000, 60), ROUND, SETTINGS);

    assert.equal(many.invocationsAtOnce > 1 && many.invocationsAtOnce < 2, true);
    assert.equal(many.pceRequestsPerMinute, (2 * 600_000) / 60 / 1_000);
    assert.equal(many.requestsUsed, many.pceRequestsPerMinute / 500);
    assert.equal(few.pceRequestsPerMinute, 2);
  });

  it("sends again what no instance can remember: the PCE's limit is reached soon", () => {
    const most = mostDifferentConnections(SETTINGS);
    const within = scaleOf(load(500_000, most), ROUND, SETTINGS);
    const beyond = scaleOf(load(500_000, 4 * most), ROUND, SETTINGS);

    assert.equal(most, 1_048_576);
    assert.ok(within.requestsUsed < 1 && beyond.requestsUsed > 10, `${within.requestsUsed} and ${beyond.requestsUsed}`);
  });

  it("never costs less with more connections, and never nothing", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000 }), fc.integer({ min: 1, max: 2_000_000 }), (some, more) => {
        const [few, many] = [some, some + more].map((rate) => scaleOf(load(rate), ROUND, SETTINGS));
        assert.ok(few && many);
        for (const cost of ["deliveryDollars", "storageDollars", "lambdaDollars", "objectDollars"] as const) {
          assert.ok(few[cost] > 0 && few[cost] <= many[cost], cost);
        }
        assert.ok(few.invocationsAtOnce < many.invocationsAtOnce);
      }),
    );
  });
});
