import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { fullStack } from "../../benchmarks/full-stack";
import type { LambdaRunner } from "../../sandbox/aws/lambda-runner";
import { awsClients } from "../../sandbox/aws/provider/clients";
import { readProviderSummary } from "../../sandbox/aws/provider/ledger";
import type { OperationResult } from "../../sandbox/engine/operation";
import { soak, soakProblems } from "../../sandbox/soak/soak";
import { leftovers } from "../../sandbox/tour/leftovers";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { Backfilling, OCTOBER, SEPTEMBER } from "../support/backfilling";
import {
  CUT_OFF,
  deliver,
  deliverWithAccidents,
  redrive,
  takeAway,
  unnoticed,
  withoutPolling,
} from "../support/deployed-stack";
import { suiteSandbox } from "../support/suite-sandbox";

// without a front door, which has a test of its own
const FIRST = {
  "rds-sightline:flowLogs": { partitions: { hive: true, hourly: true } },
  "rds-sightline:frontDoor": {},
  "rds-sightline:backfill": { concurrency: 2, requestsPerMinute: 250 },
  // what can't be read is tried for two days, in steps of its time: the soak can wait for a few long ones
  "rds-sightline:forwarder": { timeoutSeconds: 900 },
};
const WIDER = { ...FIRST, "rds-sightline:network": { zones: ["a", "b", "c"] } };
const PCE_IS_DOWN_MS = 30_000;
const SOAK = { objects: 50, corruptEvery: 25, faultRate: 0.2, loseEverySeconds: 2, seed: 5, deadlineSeconds: 120 };

const namesOf = ({ steps }: OperationResult, op: string): string[] =>
  steps.filter((step) => step.op === op).map(({ name }) => name);

describe("The whole system, deployed by the real engine", function () {
  this.timeout(180_000);
  let sandbox: Sandbox;
  let runner: LambdaRunner;
  let backfillCommand: string;
  let cutOff: { readonly Bucket: string; readonly Key: string };

  suiteSandbox("whole-system", { returnAfterSeconds: 0 }, (opened) => {
    sandbox = opened;
    runner = sandbox.runner;
  });

  it("can be previewed before anything exists, whatever is chosen: no unknown value is in the way", async () => {
    const preview = await sandbox.operate("preview", { config: fullStack(sandbox.settings.config) });

    assert.ok(preview.summary.create > 200, `${preview.summary.create} to create`);
    assert.equal(preview.changes, preview.summary.create);
  });

  it("is deployed by one update, and a second one changes nothing", async () => {
    const { outputs } = await sandbox.operate("up", { config: FIRST });
    backfillCommand = String(outputs["backfillCommand"]);
    const again = await sandbox.operate("up", { config: FIRST });

    const changed = again.steps.filter(({ op }) => op !== "same").map(({ name }) => name);
    assert.equal(again.changes, 0, `changed: ${changed.join(", ")}`);
    // what keeps Lambda from taking the forwarder's messages to itself for a loop: the sandbox's Lambda looks for none. And the dashboard, and
    // RDS's three event subscriptions, which send nothing here
    assert.equal((await readProviderSummary(sandbox.run.path)).recorded, 5);
  });

  it("loses nothing while the PCE is down for 30 s and objects are cut off, deleted and delivered twice; a third zone replaces nothing", async () => {
    sandbox.pce.inject(
      { kind: "down", forMs: PCE_IS_DOWN_MS },
      { kind: "status", status: 429, retryAfter: 1 },
      { kind: "status", status: 429 },
      { kind: "status", status: 500 },
      { kind: "reset-mid-body", taken: false },
    );
    const flows = await withoutPolling(sandbox, () => deliverWithAccidents(sandbox));
    ({ cutOff } = flows);

    // meanwhile, since both take long
    const wider = await sandbox.operate("up", { config: WIDER });
    assert.deepEqual([namesOf(wider, "replace"), namesOf(wider, "delete")], [[], []]);
    assert.ok(namesOf(wider, "create").includes("network-database-c"), namesOf(wider, "create").join(", "));
    await runner.idle(120_000);

    assert.deepEqual(runner.errors(), []);
    assert.deepEqual(await sandbox.moto.denials(), []);
    const arrived = sandbox.pce.flows();
    assert.deepEqual(
      [...flows.connections].filter((each) => !arrived.has(each)),
      [],
    );
    assert.deepEqual(
      [...arrived.keys()].filter((each) => !flows.connections.has(each)),
      [],
    );
    assert.equal(await runner.deadLetters(), 1, "the object that is cut off, and nothing else");
    assert.equal(runner.metrics()["ObjectsGone"], 1);
    assert.equal(sandbox.pce.counters().failed, 0);
  });

  it("sends what lay in the dead-letter queue, once its object can be read and the queue is redriven", async () => {
    const { moto, region, admin } = sandbox;
    const { s3 } = awsClients({ endpoint: moto.url, region, credentials: admin });
    await unnoticed(sandbox, () => s3.send(new PutObjectCommand({ ...cutOff, Body: loginOf("10.0.65.9") })));
    await runner.idle(60_000);
    assert.ok(!sandbox.pce.flows().has("10.0.65.9,10.0.128.5,5432,6"));

    assert.equal(await redrive(sandbox), 1);
    await runner.idle(60_000);

    assert.ok(sandbox.pce.flows().has("10.0.65.9,10.0.128.5,5432,6"));
    assert.equal(await runner.deadLetters(), 0);
  });

  it("brings in the past by one start, in its part of the PCE's requests; what can't be read is named and queued, a second start refused", async () => {
    const backfills = new Backfilling(sandbox, backfillCommand);
    const cutOff = { body: CUT_OFF, time: new Date("2026-10-01T00:00:00Z") };
    const keys = await backfills.deliverUnnoticed([...OCTOBER, SEPTEMBER, cutOff]);
    const cutOffKey = keys.at(-1) ?? "";
    const [known, startedMs] = [new Set(sandbox.pce.flows().keys()), Date.now()];
    const times: number[] = [];
    sandbox.pce.disturb(() => void times.push(Date.now()));

    const run = await backfills.start({ from: "2026-10-01T00:00:00Z", to: "2026-11-01T00:00:00Z" });
    while (times.length === 0) await sleep(20);
    const [second, first] = [await backfills.ended(await backfills.start()), await backfills.ended(run)];
    sandbox.pce.disturb(() => undefined);
    // it would be tried for two days; gone, it shows that the queue has it
    const gone = runner.metrics()["ObjectsGone"] ?? 0;
    await backfills.remove(cutOffKey);
    await runner.idle(60_000);

    assert.deepEqual([first.status, second.error], ["SUCCEEDED", "SecondRunRefused"]);
    const arrived = [...sandbox.pce.flows().keys()].filter((each) => !known.has(each));
    assert.deepEqual(arrived.sort(), OCTOBER.map(({ connection }) => connection).sort());
    const batches = await backfills.succeeded(first);
    const sum = (count: "forwarded" | "outside") => batches.reduce((all, { answer }) => all + answer[count], 0);
    assert.deepEqual(
      keys.filter((key) => !batches.some((batch) => batch.keys.includes(key))),
      [],
    );
    assert.equal(sum("forwarded"), OCTOBER.length);
    assert.ok(sum("outside") >= 1);
    assert.deepEqual(
      batches.flatMap(({ answer }) => answer.queued),
      [cutOffKey],
    );
    assert.equal((runner.metrics()["ObjectsGone"] ?? 0) - gone, 1);
    for (const [index, at] of times.entries()) {
      assert.ok(index < ((at - startedMs) / 60_000) * 250, `${index + 1} requests in ${at - startedMs} ms`);
    }
    assert.deepEqual(await sandbox.moto.denials(), []);
  });

  it("invents nothing when the past is brought in again, and finds what was left out", async () => {
    const backfills = new Backfilling(sandbox, backfillCommand);
    const known = [...sandbox.pce.flows().keys()];

    const { status } = await backfills.ended(await backfills.start({ to: "2026-10-01T00:15:00Z" }));
    await runner.idle(60_000);

    assert.equal(status, "SUCCEEDED");
    assert.deepEqual([...sandbox.pce.flows().keys()].sort(), [...known, SEPTEMBER.connection].sort());
  });

  // `npm run soak` is the same at length
  it("forwards every connection of many objects while one answer in five is a failure and workers are lost at random", async () => {
    const figures = await soak(sandbox, SOAK);

    assert.deepEqual(soakProblems(figures), []);
    assert.ok(figures.corrupt > 0 && figures.workersLost > 0, JSON.stringify(figures));
    assert.ok(
      Object.values(figures.faults).some((count) => count > 0),
      JSON.stringify(figures.faults),
    );
  });

  it("names the permission that the function's role lacks, and loses nothing by it", async () => {
    const giveBack = await takeAway(sandbox, "s3:GetObject");
    await deliver(sandbox, [{ body: ONE_CONNECTION, time: new Date() }]);

    while (!(await sandbox.moto.denials()).some((each) => each.includes("may not s3:GetObject on "))) await sleep(50);
    await giveBack();
    await runner.idle(60_000);

    assert.ok(sandbox.pce.flows().has("10.0.65.7,10.0.128.5,5432,6"));
  });

  it("does not even receive messages when the role may not use the queue's key", async () => {
    await takeAway(sandbox, "kms:Decrypt");
    await deliver(sandbox, [{ body: ONE_CONNECTION, time: new Date() }], "0a1b2c3d");

    await assert.rejects(runner.idle(60_000), /not authorized to perform: kms:Decrypt/);
  });

  it("is destroyed without a rest", async () => {
    const { resources } = await sandbox.operate("destroy", { config: WIDER });

    const { moto, region, admin, run } = sandbox;
    assert.equal(resources, 0);
    assert.deepEqual(await leftovers(run.path, { endpoint: moto.url, region, credentials: admin }), []);
  });
});

const loginOf = (client: string): string =>
  `srcaddr dstaddr srcport dstport protocol action\n${client} 10.0.128.5 49152 5432 6 ACCEPT`;
const ONE_CONNECTION = loginOf("10.0.65.7");
