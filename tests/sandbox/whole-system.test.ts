import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { GetRolePolicyCommand, ListRolePoliciesCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import {
  deliverFlowLogs,
  type FlowLogDestination,
  type FlowLogFile,
  flowLogDestinations,
} from "../../sandbox/aws/flow-delivery";
import type { LambdaRunner } from "../../sandbox/aws/lambda-runner";
import { ACCOUNT_ID } from "../../sandbox/aws/moto";
import { awsClients } from "../../sandbox/aws/provider/clients";
import { readProviderSummary } from "../../sandbox/aws/provider/ledger";
import {
  eventSourceFile,
  listDatabases,
  listEventSources,
  listFunctions,
  writeRecord,
} from "../../sandbox/aws/registry";
import type { ConfigValue, OperationResult } from "../../sandbox/engine/operation";
import { soak, soakedStack, soakProblems } from "../../sandbox/soak/soak";
import { Closers } from "../../sandbox/tour/closers";
import { builtInTraffic } from "../../sandbox/tour/flow-files";
import { leftovers } from "../../sandbox/tour/leftovers";
import { makeRunFolder } from "../../sandbox/tour/run-folder";
import { openSandbox, type Sandbox } from "../../sandbox/tour/sandbox";

// without a front door, which has a test of its own
const FIRST = {
  "rds-sightline:flowLogs": { partitions: { hive: true, hourly: true } },
  "rds-sightline:frontDoor": {},
};
const WIDER = { ...FIRST, "rds-sightline:network": { zones: ["a", "b", "c"] } };
const OTHER_CHOICES = {
  "rds-sightline:network": { zones: ["a", "b", "c"], nat: "per-zone" },
  "rds-sightline:frontDoor": { exposure: "internal", allowedCidrs: ["172.16.0.0/12"], syncInVpc: true },
  "rds-sightline:flowLogs": { scope: "network-interfaces" },
  "rds-sightline:forwarder": { inVpc: true },
  "rds-sightline:database": { masterPassword: "generated" },
};
const PCE = "rds-sightline:pce";
const PCE_IS_DOWN_MS = 30_000;
const SOAK = { objects: 80, corruptEvery: 40, faultRate: 0.2, loseEverySeconds: 2, seed: 5, deadlineSeconds: 120 };

const namesOf = ({ steps }: OperationResult, op: string): string[] =>
  steps.filter((step) => step.op === op).map(({ name }) => name);

describe("The whole system, deployed by the real engine", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "whole-system-"));
  const closers = new Closers();
  const stop = new AbortController();
  let sandbox: Sandbox;
  let runner: LambdaRunner;

  before(async function () {
    this.timeout(900_000); // the first time on a machine the engine is built
    sandbox = await openSandbox({
      run: makeRunFolder(folder),
      closers,
      signal: stop.signal,
      progress: () => undefined,
      returnAfterSeconds: 0,
    });
    runner = sandbox.runner;
  });
  after(async () => {
    stop.abort(); // what a test that ran out of time left behind
    await closers.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("can be previewed before anything exists, whatever is chosen: no unknown value is in the way", async () => {
    const pce = sandbox.settings.config[PCE] as Record<string, ConfigValue>;
    const config = { ...OTHER_CHOICES, [PCE]: { ...pce, cidrs: ["192.0.2.0/24"] } };

    const preview = await sandbox.operate("preview", { config });

    assert.ok(preview.summary.create > 80, `${preview.summary.create} to create`);
    assert.equal(preview.changes, preview.summary.create);
  });

  // `pulumi destroy` previews first, and goes no further when the preview fails
  it("refuses the preview of a destroy while it is protected", async () => {
    const config = { ...FIRST, "rds-sightline:exceptions": {} };
    await sandbox.operate("up", { config });

    await assert.rejects(sandbox.operate("previewDestroy", { config }), /database-instance[\s\S]*protect/);
  });

  it("is deployed by one update, and a second one changes nothing", async () => {
    await sandbox.operate("up", { config: FIRST });
    const again = await sandbox.operate("up", { config: FIRST });

    const changed = again.steps.filter(({ op }) => op !== "same").map(({ name }) => name);
    assert.equal(again.changes, 0, `changed: ${changed.join(", ")}`);
    // what keeps Lambda from taking the forwarder's messages to itself for a loop: the sandbox's Lambda looks for none
    assert.equal((await readProviderSummary(sandbox.run.path)).recorded, 1);
  });

  it("moves the database's port, and never makes way for a new database by deleting the old one", async () => {
    const port = await sandbox.operate("preview", { config: { ...FIRST, "rds-sightline:database": { port: 5433 } } });
    const renamed = { ...FIRST, "rds-sightline:database": { name: "other" } };

    assert.ok(
      namesOf(port, "replace").some((name) => name.includes("acl")),
      namesOf(port, "replace").join(", "),
    );
    await assert.rejects(sandbox.operate("up", { config: renamed }), /DBInstanceAlreadyExists|already exists/i);
    assert.equal((await listDatabases(sandbox.run.path)).length, 1);
    await sandbox.operate("up", { config: FIRST });
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

  // `npm run soak` is the same at length
  it("forwards every connection of many objects while one answer in five is a failure and workers are lost at random", async () => {
    await sandbox.operate("up", { config: { ...WIDER, ...soakedStack(sandbox.settings.config) } });

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

const ONE_CONNECTION = [
  "srcaddr dstaddr srcport dstport protocol action",
  "10.0.65.7 10.0.128.5 49152 5432 6 ACCEPT",
].join("\n");

/** Takes one permission from the role of the deployed function; the returned function gives it back. */
async function takeAway({ run, moto, region, admin }: Sandbox, action: string): Promise<() => Promise<void>> {
  const [deployed] = await listFunctions(run.path);
  const RoleName = deployed?.roleArn.split("/").at(-1) ?? "";
  const { iam } = awsClients({ endpoint: moto.url, region, credentials: admin });
  const { PolicyNames: [PolicyName = ""] = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const { PolicyDocument: text = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  const document = decodeURIComponent(text);
  assert.ok(document.includes(`"${action}"`), document);
  const put = (PolicyDocument: string) => iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));

  await put(document.replaceAll(`"${action}"`, `"${action.split(":")[0]}:NoSuchAction"`));
  return async () => void (await put(document));
}

/** Nothing is read from the queue meanwhile: an object can be deleted before the function knows of it. */
async function withoutPolling<T>({ run }: Sandbox, work: () => Promise<T>): Promise<T> {
  const sources = await listEventSources(run.path);
  const put = async (enabled: boolean): Promise<void> => {
    for (const each of sources) await writeRecord(eventSourceFile(run.path, each.uuid), { ...each, enabled });
  };
  await put(false);
  await sleep(1_000); // a poller that is asking finishes first
  const done = await work();
  await put(true);
  return done;
}

async function deliver({ moto, region, admin }: Sandbox, files: readonly FlowLogFile[], hash?: string) {
  const options = { endpoint: moto.url, region, credentials: admin };
  const [destination] = (await flowLogDestinations(options)) as [FlowLogDestination];
  const named = hash === undefined ? files : files.map((file) => ({ ...file, hash }));
  return { destination, keys: await deliverFlowLogs(destination, named, options) };
}

/** Four good objects, one of them twice, one that is cut off between them, and one that is deleted at once. */
async function deliverWithAccidents(sandbox: Sandbox) {
  const { run, moto, region, admin } = sandbox;
  const [database] = await listDatabases(run.path);
  const { files, expected } = builtInTraffic(
    {
      databases: [database?.primary.ip ?? ""],
      clientSubnets: ["10.0.64.0/20", "10.0.80.0/20", "10.0.96.0/20", "10.0.112.0/20"],
      servicePort: database?.port ?? 0,
      folders: "hive",
      account: ACCOUNT_ID,
      region,
    },
    new Date(),
  );
  const time = new Date();
  const cutOff = { body: gzipSync("srcaddr dstaddr\n".repeat(1000)).subarray(0, 40), time };
  const gone = { body: "deleted before it is read", time };

  const [first, ...others] = files;
  assert.ok(first);
  await deliver(sandbox, [first, cutOff, ...others, first]);
  const { destination, keys } = await deliver(sandbox, [gone]);
  assert.equal(destination.layout, "hive-hourly");
  const { s3 } = awsClients({ endpoint: moto.url, region, credentials: admin });
  await s3.send(new DeleteObjectCommand({ Bucket: destination.bucket, Key: keys[0] }));
  return expected;
}
