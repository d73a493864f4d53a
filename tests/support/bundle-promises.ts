import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const NODE_MODULES = join(__dirname, "../../node_modules");

/** What a function's bundle may have: a cold start reads all of it. */
export const MAX_BUNDLE_BYTES = 300 * 1024;

/** What every function's bundle promises, as tests of the suite at hand; `folder` gives where its `index.js` is, once tests run. */
export function promiseSmallQuietBundle(folder: () => string, maxBytes: number = MAX_BUNDLE_BYTES): void {
  it(`is no larger than ${maxBytes} bytes`, () => {
    assert.ok(readFileSync(join(folder(), "index.js")).length <= maxBytes);
  });

  it("does nothing when it is loaded but offer its handler", async () => {
    const child = spawn(process.execPath, ["-p", 'Object.keys(require("./index.js")).join()'], {
      cwd: folder(),
      env: { PATH: process.env["PATH"], NODE_PATH: NODE_MODULES },
    });

    assert.deepEqual(await Promise.all([text(child.stdout), text(child.stderr)]), ["handler\n", ""]);
  });
}

/** Runs `runtime.js` of a folder, which calls the bundle beside it, with the function's variables, against an AWS of the test's own. */
export function runBundle(
  folder: string,
  awsUrl: string,
  environment: Readonly<Record<string, string>>,
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ["runtime.js"], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      NODE_PATH: NODE_MODULES,
      AWS_ENDPOINT_URL: awsUrl,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      ...environment,
    },
  });
}
