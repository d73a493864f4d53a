import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { drawn, medianOf } from "../../benchmarks/benchmark";
import { measureColdStarts } from "../../benchmarks/cold-start";
import { CONTENDERS, measureDelays, pathsOf } from "../../benchmarks/failover-delays";
import type { MakeSync } from "../../sandbox/failover-model/sync-world";

const run = promisify(execFile);

describe("the bench's failover delays", () => {
  const once: MakeSync = (world) => async () => {
    await world.elb.describeTargetHealth();
  };

  it("count a function that never registers as missed, and its calls", async () => {
    const contender = { name: "idle", everySeconds: 60, hearsEvents: false, make: once };

    assert.deepEqual(await measureDelays(contender, "schedule", 5), {
      name: "idle",
      path: "schedule",
      failovers: 5,
      medianSeconds: undefined,
      worstSeconds: undefined,
      missed: 5,
      quietCalls: 1,
    });
  });

  it("show ours in seconds after an event, within 65 seconds by the schedule, with at most 3 calls when quiet", async () => {
    const [ours] = CONTENDERS;
    assert.ok(ours);

    const [event, schedule] = [await measureDelays(ours, "event", 20), await measureDelays(ours, "schedule", 20)];

    assert.equal(event.missed + schedule.missed, 0);
    assert.ok((event.worstSeconds ?? Infinity) < 7, `${event.worstSeconds}`);
    assert.ok((schedule.worstSeconds ?? Infinity) < 65.5, `${schedule.worstSeconds}`);
    assert.ok(event.quietCalls > 0 && event.quietCalls <= 3 && schedule.quietCalls <= 3);
  });

  it("are asked for only by paths that a function has", () => {
    const contender = { name: "x", make: once };

    assert.deepEqual(pathsOf({ ...contender, everySeconds: undefined, hearsEvents: true }), ["event"]);
    assert.deepEqual(pathsOf({ ...contender, everySeconds: 60, hearsEvents: true }), ["event", "schedule"]);
    assert.deepEqual(pathsOf({ ...contender, everySeconds: 60, hearsEvents: false }), ["schedule"]);
  });
});

describe("the bench's cold starts", () => {
  it("measure each code in processes of their own, and refuse a bundle that does not load", async () => {
    const code = (bundle: string) => ({ bundle, environment: {}, memoryMb: 128 });

    const [one] = await measureColdStarts([code("exports.handler = async () => ({});")], 1);

    assert.ok(one !== undefined && one.importedMs > 0 && one.answeredMs >= one.importedMs);
    await assert.rejects(measureColdStarts([code("throw new Error('not today');")], 1), /did not load.*not today/);
  });
});

describe("the bench", () => {
  it("refuses a benchmark that it does not have, and names those it has", async () => {
    const words = ["-r", "./typescript/register.cjs", "benchmarks/bench.ts", "--only", "x"];

    await assert.rejects(run(process.execPath, words, { cwd: join(__dirname, "../..") }), {
      code: 2,
      stderr: /Allowed choices are flow-logs, front-door/,
    });
  });

  it("aligns its tables", () => {
    const rows = [
      ["name", "s"],
      ["a longer one", "12.5"],
    ];

    assert.equal(
      drawn({ title: "Figures", rows }),
      ["Figures", "", "name             s", "------------------", "a longer one  12.5"].join("\n"),
    );
  });

  it("takes the middle value as the median", () => {
    assert.equal(medianOf([3, 1, 2]), 2);
    assert.equal(medianOf([4, 1, 2, 3]), 2);
    assert.equal(medianOf([]), undefined);
  });
});
