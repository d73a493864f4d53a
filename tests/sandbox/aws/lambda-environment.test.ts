import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { deployFunction, isRunning } from "../../support/emulated-aws";

describe("an execution environment", () => {
  it("ends with the process that started it, even in an endless loop", async () => {
    const run = await mkdtemp(join(tmpdir(), "sightline-test-"));
    const code = "exports.handler = () => { console.log('looping'); for (;;); }";
    const deployed = await deployFunction(run, code, { roleArn: "", timeoutSeconds: 30 });
    const settings = {
      deployed,
      credentials: {},
      endpoint: "",
      region: "",
      logGroup: "",
      logStream: "",
      nodeModules: "",
    };
    const script = `const { LambdaEnvironment } = require("./sandbox/aws/lambda-environment");
      const line = () => process.stdout.write(String(environment.pid));
      const environment = new LambdaEnvironment({ ...${JSON.stringify(settings)}, line });
      environment.initialised().then(() => environment.invoke("1", {}));`;
    const parent = spawn(process.execPath, ["-r", "ts-node/register", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [text] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(text);
    assert.equal(isRunning(pid), true);

    parent.kill("SIGKILL");
    for (let tries = 0; isRunning(pid) && tries < 50; tries += 1) await sleep(100);

    assert.equal(isRunning(pid), false);
    await rm(run, { recursive: true, force: true });
  });
});
