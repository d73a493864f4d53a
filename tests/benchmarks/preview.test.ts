import assert from "node:assert/strict";
import { drawn } from "../../benchmarks/benchmark";
import { fullStack } from "../../benchmarks/full-stack";
import { LIMIT_SECONDS, measurePreviews, type Previewed } from "../../benchmarks/preview";
import { settingsSchema } from "../../settings/schema";

const PCE = { host: "pce.example.com", apiKeyId: "api_1234" };

describe("the bench of previews", () => {
  it("measures each in turn, and shows the middle beside a program that makes nothing and beside the limit", async () => {
    let calls = 0;
    const asked: unknown[] = [];
    const operate: Previewed["operate"] = async (_kind, options = {}) => {
      asked.push([options.program !== undefined, options.config !== undefined, options.policyPacks !== undefined]);
      // 4, 8, 12, 16 seconds, and in the second and third turn more, and less
      const turn = [0, 2, -2][Math.floor(calls / 4)] ?? 0;
      const seconds = 4 * ((calls % 4) + 1) + turn;
      calls += 1;
      return { summary: { create: calls }, seconds } as never;
    };
    const { figures, tables } = await measurePreviews({ operate, settings: { config: { "rds-sightline:pce": PCE } } });

    assert.deepEqual(asked.slice(0, 4), [
      [true, false, false],
      [false, false, false],
      [false, true, false],
      [false, true, true],
    ]);
    assert.deepEqual(
      (figures["previews"] as { seconds: number }[]).map(({ seconds }) => seconds),
      [4, 8, 12, 16],
    );
    const drawing = tables.map(drawn).join();
    assert.match(drawing, /the full stack +3 +12\.0 +3\.0 x/);
    assert.match(drawing, new RegExp(`the limit, for the full stack +${LIMIT_SECONDS}`));
  });

  it("previews a stack that has every section of the settings", () => {
    const config = fullStack({ "rds-sightline:pce": PCE });
    // what the full stack has another of, what only weakens, and what makes nothing
    const others = ["exceptions", "logRetentionDays", "tags"];

    const missing = Object.keys(settingsSchema.shape).filter((key) => config[`rds-sightline:${key}`] === undefined);
    assert.deepEqual(
      missing.filter((key) => !others.includes(key)),
      [],
    );
  });
});
