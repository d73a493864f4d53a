import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProvider, startRandomProvider } from "../../../sandbox/aws/provider/start";
import { assertEndsWithItsStarter, isRunning } from "../../support/processes";

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
    await assertEndsWithItsStarter(script);
  });
});
