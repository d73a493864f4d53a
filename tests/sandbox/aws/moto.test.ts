import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMoto } from "../../../sandbox/aws/moto";
import { assertEndsWithItsStarter, isRunning } from "../../support/processes";

describe("the AWS emulator", function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sightline-test-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("answers on 127.0.0.1 once started, and is gone once stopped, however often", async () => {
    const moto = await startMoto({ logFile: join(folder, "one.log") });
    const answer = await fetch(`${moto.url}/moto-api/data.json`);
    assert.equal(answer.status, 200);
    assert.match(moto.url, /^http:\/\/127\.0\.0\.1:\d+$/);

    await moto.stop();
    await moto.stop();

    assert.equal(isRunning(moto.pid), false);
  });

  it("reports a crash with the end of its log", async () => {
    const told: Error[] = [];
    const moto = await startMoto({ logFile: join(folder, "two.log"), crashed: (error) => told.push(error) });
    await (await fetch(`${moto.url}/moto-api/data.json`)).arrayBuffer();

    process.kill(moto.pid, "SIGKILL");
    const error = await moto.crash;

    assert.match(error.message, /ended on its own \(SIGKILL\)[\s\S]*GET \/moto-api\/data\.json/);
    assert.deepEqual(told, [error]);
    await moto.stop();
  });

  it("ends with the process that started it, even when that one is killed", async () => {
    const script = `require("./sandbox/aws/moto").startMoto({ logFile: ${JSON.stringify(join(folder, "three.log"))} })
      .then((moto) => process.stdout.write(String(moto.pid)))`;
    await assertEndsWithItsStarter(script);
  });
});
