import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const CHECKOUT = join(__dirname, "../../..");
const PROGRAM = `
  require("./sandbox/engine/untraced-promises").leavePromisesUntraced();
  const { debuggablePromise, leakedPromises } = require("@pulumi/pulumi/runtime/debuggable");
  const promise = new Promise(() => undefined);
  void debuggablePromise(promise, "left over");
  process.stdout.write(JSON.stringify([promise._debugStackTrace, leakedPromises()[0].size]));
  process.stdout.write("\\n" + new Error("other").stack);
`;

describe("Promises that are untraced", () => {
  const run = (env: Readonly<Record<string, string>> = {}) => {
    const { stdout } = spawnSync(process.execPath, ["-r", "./typescript/register.cjs", "-e", PROGRAM], {
      cwd: CHECKOUT,
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
    const [first = "", ...others] = stdout.split("\n");
    return { made: JSON.parse(first) as [string, number], other: others.join("\n") };
  };

  it("have no trace, and are told when they are left over", () => {
    assert.deepEqual(run().made, ["Error", 1]);
  });

  it("leave the traces of all else as they are", () => {
    assert.match(run().other, /^Error: other\n {4}at /);
  });

  it("are traced for who looks for those that are left over", () => {
    assert.match(run({ PULUMI_DEBUG_PROMISE_LEAKS: "1" }).made[0], /^Error\n {4}at /);
  });
});
