import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensurePythonEnvironment } from "../../../sandbox/aws/python-environment";

const EMULATOR = join(__dirname, "../../../sandbox/aws/emulator");
const SCRIPT = join(__dirname, "../../support/busy_queue.py");

describe("the emulator's queues", () => {
  it("neither lose a message nor bring one back, however many receive and delete at the same time", async () => {
    const python = await ensurePythonEnvironment();

    const { stdout } = await promisify(execFile)(python, ["-B", SCRIPT, EMULATOR]);

    assert.deepEqual(JSON.parse(stdout), { received: 120, different: 120, left: 0 });
  });
});
