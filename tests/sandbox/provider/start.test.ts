import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startProvider, startRandomProvider } from "../../../sandbox/aws/provider/start";

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("a provider stand-in's process", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rds-sightline-start-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("serves on a port until it is stopped, and can be stopped twice", async () => {
    const provider = await startRandomProvider({ logFile: join(folder, "random.log") });

    assert.ok(provider.port > 0 && isRunning(provider.pid));
    await provider.stop();
    await provider.stop();
    assert.equal(isRunning(provider.pid), false);
  });

  it("says where its log is when it cannot start, and why stands there", async () => {
    const logFile = join(folder, "aws.log");

    await assert.rejects(startProvider({ name: "aws", logFile, env: { SANDBOX_RUN: "" } }), {
      message: `the stand-in for the aws provider did not start; see ${logFile}`,
    });
    assert.match(await readFile(logFile, "utf8"), /needs SANDBOX_RUN in its environment/);
  });

  it("ends with the process that started it, even when that one is killed", async () => {
    const module = join(__dirname, "..", "..", "..", "sandbox", "aws", "provider", "start");
    const script = `
      require(${JSON.stringify(module)}).startRandomProvider({ logFile: ${JSON.stringify(join(folder, "orphan.log"))} })
        .then(({ pid }) => process.stdout.write(pid + "\\n"));`;
    const parent = spawn(process.execPath, ["-r", "ts-node/register", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    assert.ok(isRunning(pid));

    parent.kill("SIGKILL");

    for (let tries = 0; isRunning(pid) && tries < 100; tries += 1) await delay(50);
    assert.equal(isRunning(pid), false);
  });
});
