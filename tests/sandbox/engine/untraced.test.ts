import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const CHECKOUT = join(__dirname, "../../..");
const PROGRAM = `
  require("./sandbox/engine/untraced").leaveUntraced();
  const { debuggablePromise, leakedPromises } = require("@pulumi/pulumi/runtime/debuggable");
  const promise = new Promise(() => undefined);
  void debuggablePromise(promise, "left over");
  const { Resource } = require("@pulumi/pulumi");
  process.stdout.write(JSON.stringify([promise._debugStackTrace, leakedPromises()[0].size, Resource.stackTrace(0).length > 0]));
  process.stdout.write("\\n" + new Error("other").stack);
`;

describe("Promises and resources that are untraced", () => {
  const run = (env: Readonly<Record<string, string>> = {}) => {
    const { stdout } = spawnSync(process.execPath, ["-r", "./typescript/register.cjs", "-e", PROGRAM], {
      cwd: CHECKOUT,
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
    const [first = "", ...others] = stdout.split("\n");
    return { made: JSON.parse(first) as [string, number, boolean], other: others.join("\n") };
  };

  it("have no trace, and promises are told when they are left over", () => {
    assert.deepEqual(run().made, ["Error", 1, false]);
  });

  it("leave the traces of all else as they are", () => {
    assert.match(run().other, /^Error: other\n {4}at /);
  });

  it("are traced for who looks for those that are left over", () => {
    const [trace, , hasPlace] = run({ PULUMI_DEBUG_PROMISE_LEAKS: "1" }).made;

    assert.match(trace, /^Error\n {4}at /);
    assert.equal(hasPlace, true);
  });
});
