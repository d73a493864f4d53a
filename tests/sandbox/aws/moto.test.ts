import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateQueueCommand, ListQueuesCommand } from "@aws-sdk/client-sqs";
import { forkedEmulators } from "../../../sandbox/aws/emulator-process";
import { type Moto, startMoto } from "../../../sandbox/aws/moto";
import { awsClients } from "../../../sandbox/aws/provider/clients";
import { assertEndsWithItsStarter, isRunning } from "../../support/processes";

const KEYS = { accessKeyId: "test", secretAccessKey: "test" };

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

  for (const [how, start] of [
    ["ends", ""],
    ["as a fork ends", ', start: require("./sandbox/aws/emulator-process").forkedEmulators()'],
  ]) {
    it(`${how} with the process that started it, even when that one is killed`, async () => {
      const logFile = JSON.stringify(join(folder, "three.log"));
      // something that goes on, as a suite of tests does
      const script = `setInterval(() => undefined, 1000); require("./sandbox/aws/moto").startMoto({ logFile: ${logFile}${start} })
        .then((moto) => process.stdout.write(String(moto.pid)))`;
      await assertEndsWithItsStarter(script);
    });
  }

  it("is forked while others end, and each knows its own end", async () => {
    const start = forkedEmulators();
    const fork = (name: string) => startMoto({ logFile: join(folder, name), start });
    const first = await fork("first.log");
    process.kill(first.pid, "SIGKILL");

    const later = await Promise.all(["second.log", "third.log"].map(fork));

    assert.match((await first.crash).message, /first\.log/);
    assert.deepEqual(
      later.map(({ pid }) => isRunning(pid)),
      [true, true],
    );
    await Promise.all(later.map((each) => each.stop()));
  });

  it("is forked with a state, an end and a log of its own", async () => {
    const start = forkedEmulators();
    const logs = [join(folder, "four.log"), join(folder, "five.log")];
    const [four, five] = (await Promise.all(logs.map((logFile) => startMoto({ logFile, start })))) as [Moto, Moto];
    const { sqs } = awsClients({ endpoint: four.url, region: "eu-west-1", credentials: KEYS });
    const { sqs: other } = awsClients({ endpoint: five.url, region: "eu-west-1", credentials: KEYS });
    await sqs.send(new CreateQueueCommand({ QueueName: "of-four" }));

    assert.equal((await sqs.send(new ListQueuesCommand({}))).QueueUrls?.length, 1);
    assert.equal((await other.send(new ListQueuesCommand({}))).QueueUrls, undefined);
    process.kill(four.pid, "SIGKILL");
    assert.match((await four.crash).message, /ended on its own \(SIGKILL\)[\s\S]*POST/);
    assert.equal((await other.send(new ListQueuesCommand({}))).QueueUrls, undefined);

    await five.stop();
    await five.stop();
    assert.equal(isRunning(five.pid), false);
  });
});
