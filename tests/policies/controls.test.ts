import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CONTROLS, type Row } from "../../policies/controls";
import { answersTo, controlsPage } from "../../policies/controls/page";

const ROOT = join(__dirname, "../..");
const rows = Object.keys(CONTROLS).map((row) => Number(row) as Row);

describe("docs/controls.md", () => {
  it("is what the policies and the table of controls make of it", () => {
    assert.equal(readFileSync(join(ROOT, "docs/controls.md"), "utf8"), controlsPage(), "npm run controls");
  });

  it("answers every row, without a gap", () => {
    assert.deepEqual(
      rows,
      Array.from({ length: 74 }, (_, at) => at + 1),
    );
    assert.deepEqual(
      rows.filter((row) => answersTo(row).length === 0),
      [],
    );
  });

  it("names only tests that there are", () => {
    for (const row of rows) {
      const { met } = CONTROLS[row];
      if (met === undefined) continue;
      assert.ok(readFileSync(join(ROOT, met.test.file), "utf8").includes(`"${met.test.title}"`), met.test.title);
    }
  });

  it("gives a reason in a sentence for what is not done", () => {
    for (const row of rows) {
      const { exception } = CONTROLS[row];
      assert.ok(exception === undefined || exception.split(" ").length > 5, exception);
    }
  });
});
