import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixedCredentials } from "../../../illumio/client/credentials";
import { deadlineIn } from "../../../illumio/client/deadline";
import { Pce as Client } from "../../../illumio/client/pce";
import { type Engine, locateEngine } from "../../../sandbox/engine/locate";
import { type OperationKind, type OperationResult, runOperation } from "../../../sandbox/engine/operation";
import { type Pce, startPce } from "../../../sandbox/pce/server";
import { sharedProcess } from "../../support/worker-processes";

const PROGRAMS = join(__dirname, "programs");

const ops = ({ steps }: OperationResult): string[] =>
  steps
    .filter(({ op }) => op !== "same")
    .map(({ op, name }) => `${op} ${name}`)
    .sort();

describe("the resources of a PCE under the real engine", function () {
  this.timeout(180_000);
  let engine: Engine;
  let run: string;
  let pce: Pce;
  let somebody: Client;

  before(async function () {
    this.timeout(900_000); // where no engine is cached, this is what gets it
    [engine, pce] = await Promise.all([locateEngine(), startPce()]);
    run = mkdtempSync(join(tmpdir(), "illumio-engine-"));
    const { apiKeyId, apiSecret } = pce.credentials;
    somebody = new Client({
      endpoint: { host: pce.host, port: pce.port, ca: pce.caCertificate },
      orgId: pce.orgId,
      credentials: fixedCredentials(apiKeyId, apiSecret),
    });
  });
  after(async () => {
    somebody.close();
    await pce.close();
    rmSync(run, { recursive: true, force: true });
  });

  const operate = (kind: OperationKind, settings: Readonly<Record<string, string>> = {}) =>
    runOperation({
      kind,
      engine,
      run,
      stack: "dev",
      program: join(PROGRAMS, "policy.ts"),
      projectFile: join(PROGRAMS, "Pulumi.yaml"),
      config: {
        policy: { host: pce.host, port: pce.port, caCertificate: pce.caCertificate, app: "shop", ...settings },
      },
      environment: {
        ILLUMIO_API_KEY_USERNAME: pce.credentials.apiKeyId,
        ILLUMIO_API_KEY_SECRET: pce.credentials.apiSecret,
      },
      logFile: join(run, "engine.log"),
      kept: sharedProcess,
    });
  const byHand = () => somebody.within(deadlineIn(60_000));
  const apps = () =>
    pce
      .holdings()
      .labels.filter(({ key }) => key === "app")
      .map(({ value }) => value);
  const first = <T>(items: readonly T[]): T => {
    assert.equal(items.length, 1);
    return items[0] as T;
  };

  it("are previewed without a request, and what no PCE takes is refused then already", async () => {
    const preview = await operate("preview");

    assert.equal(preview.summary.create, 8);
    await assert.rejects(
      operate("preview", { consumerKey: "app" }),
      /no label of a key that the scope has, got one of app/,
    );
    assert.deepEqual(pce.requestsByKind(), {});
  });

  it("are made and active after one update; a second one changes nothing, and a refresh finds them as they are", async () => {
    await operate("up");

    const { active, serviceBindings, pending, made } = pce.holdings();
    assert.deepEqual(
      [active.virtualServices.length, active.ruleSets.length, serviceBindings.length, pending.length, made],
      [1, 1, 1, 0, 7],
    );
    assert.equal(pce.requestsByKind()["POST /orgs/:org/sec_policy"], 1);
    assert.deepEqual(ops(await operate("up")), []);
    assert.deepEqual(ops(await operate("refresh")), []);
  });

  it("show drift by a refresh, and the next update takes it back and provisions it", async () => {
    const { virtualServices, provisioning, serviceBindings, workloads } = byHand();
    const { draft, unmanagedWorkloads } = pce.holdings();
    const { href } = first(draft.virtualServices);
    await virtualServices.update(href, { servicePorts: [{ port: 1, proto: 6 }] });
    await provisioning.provision([href], "by hand");
    await serviceBindings.delete(first(pce.holdings().serviceBindings).href);
    await workloads.delete(first(unmanagedWorkloads).href);

    const refresh = await operate("refresh");
    const up = await operate("up");

    assert.deepEqual(ops(refresh), ["delete binding", "delete workload", "update service"]);
    assert.deepEqual(ops(up), ["create binding", "create workload", "update provisioning", "update service"]);
    const [service] = pce.holdings().active.virtualServices;
    assert.ok(JSON.stringify(service).includes("5432"));
  });

  it("follow a label that changed, all in one update", async () => {
    const preview = await operate("preview", { app: "store" });
    await operate("up", { app: "store" });

    assert.deepEqual(ops(preview), [
      "create label-app-store",
      "delete label-app-shop",
      "update provisioning",
      "update rules",
      "update service",
      "update workload",
    ]);
    assert.deepEqual([apps(), pce.holdings().pending], [["store"], []]);
  });

  it("complete with the next update what one left half done", async () => {
    pce.failCalls({ method: "POST", path: "/orgs/:org/sec_policy", fault: { kind: "status", status: 406 } });
    await assert.rejects(operate("up", { app: "till" }), /provisioning of 2 policy objects/);
    assert.equal(pce.holdings().pending.length, 2);

    await operate("up", { app: "till" });

    assert.deepEqual([apps(), pce.holdings().pending], [["till"], []]);
    assert.deepEqual(ops(await operate("preview", { app: "till" })), []);
  });

  it("keep the secret out of the state and the log", () => {
    const files = readdirSync(run, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
    const texts = files.map((file) => readFileSync(join(file.parentPath, file.name), "utf8"));

    assert.ok(texts.some((text) => text.includes("illumio:index:RuleSet")));
    assert.deepEqual(
      texts.filter((text) => text.includes(pce.credentials.apiSecret)),
      [],
    );
  });

  it("are destroyed, deletions provisioned, until nothing is left", async () => {
    const { resources } = await operate("destroy", { app: "till" });

    assert.deepEqual([resources, pce.holdings().made], [0, 0]);
  });

  it("use what exists: labels of others stay when these go, and one can be imported", async () => {
    const web = await byHand().labels.create({ key: "role", value: "web" });
    const db = await byHand().labels.create({ key: "role", value: "db" });
    await operate("up", { importedRole: db.href });
    assert.equal(pce.holdings().labels.length, 3);

    await operate("destroy");

    assert.deepEqual(
      pce.holdings().labels.map(({ href }) => href),
      [web.href],
    );
  });
});
