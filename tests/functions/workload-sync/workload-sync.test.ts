import assert from "node:assert/strict";
import { deadlineIn } from "../../../illumio/client/deadline";
import { newService } from "../../support/policy-of-stand-in";
import { DATA_SET, GRACE_MS, resource, WorkloadSyncWorld } from "../../support/workload-sync-world";

describe("a workload sync", function () {
  this.timeout(60_000);
  let world: WorkloadSyncWorld;
  beforeEach(async () => {
    world = await WorkloadSyncWorld.open();
  });
  afterEach(() => world.close());

  const warnings = () => world.log.filter(({ level }) => level === "warn").map(({ message }) => message);

  it("makes a workload of each resource, with all its addresses and the labels of its tags, and labels that are missing once", async () => {
    world.resources = [
      resource("i-1", ["10.0.0.4", "203.0.113.4", "2001:db8::4"], { Role: "web" }),
      resource("i-2", ["10.0.0.5"], { Role: "web", env: "test" }),
    ];
    const outcome = await world.run();

    assert.deepEqual(world.own(), {
      "i-1": {
        name: "i-1",
        description: "Amazon EC2 instance i-1",
        addresses: ["10.0.0.4", "203.0.113.4", "2001:db8::4"],
        labels: ["env=prod", "role=web"],
      },
      "i-2": {
        name: "i-2",
        description: "Amazon EC2 instance i-2",
        addresses: ["10.0.0.5"],
        labels: ["env=test", "role=web"],
      },
    });
    assert.equal(world.pce.requestsByKind()["POST /orgs/:org/labels"], 3);
    assert.deepEqual([outcome.created, outcome.requests, outcome.isSynchronised], [2, 6, true]);
  });

  it("asks twice and writes nothing when nothing has changed", async () => {
    world.resources = [resource("i-1", ["10.0.0.4", "2001:DB8::0:4"], { Role: "web" })];
    await world.run();

    assert.deepEqual(await world.requestsOf(() => world.run()), { writes: 0, all: 2 });
  });

  it("leaves addresses to an agent's workload, and gives its own up as soon as an agent has them", async () => {
    world.resources = [resource("i-1", ["10.0.0.4", "203.0.113.4"]), resource("i-2", ["10.0.0.5"])];
    await world.run();
    world.pce.plantManagedWorkload({
      name: "a",
      public_ip: "203.0.113.4",
      interfaces: [{ name: "x", address: "10.0.0.5" }],
    });
    const { skippedAddresses, deleted } = await world.run();

    assert.deepEqual(
      Object.values(world.own()).map(({ addresses }) => addresses),
      [["10.0.0.4"]],
    );
    assert.deepEqual([skippedAddresses, deleted], [2, 1]);
  });

  it("never changes a workload of its own that got an agent, nor makes another", async () => {
    world.pce.plantManagedWorkload({
      name: "paired",
      external_data_set: DATA_SET,
      external_data_reference: "i-1",
      interfaces: [{ name: "x", address: "10.0.0.9" }],
    });
    world.resources = [resource("i-1", ["10.0.0.4"])];

    assert.deepEqual(await world.requestsOf(() => world.run()), { writes: 0, all: 2 });
  });

  it("marks what is gone, takes the mark away when it comes back, and deletes what stays away for the grace period", async () => {
    const here = [resource("i-1", ["10.0.0.4"])];
    world.resources = here;
    await world.run();
    world.resources = [];
    await world.run();
    assert.equal(world.own()["i-1"]?.description, "Amazon EC2 instance i-1 [gone since 2026-01-02T03:04:05.000Z]");
    world.nowMs += GRACE_MS - 1;
    assert.equal((await world.requestsOf(() => world.run())).writes, 0);
    world.resources = here;
    await world.run();
    assert.equal(world.own()["i-1"]?.description, "Amazon EC2 instance i-1");
    world.resources = [];
    await world.run();
    world.nowMs += GRACE_MS;

    assert.equal((await world.run()).deleted, 1);
    assert.deepEqual(world.own(), {});
  });

  it("gives the address of what is gone to who has it now at once", async () => {
    world.resources = [resource("i-1", ["10.0.0.4"])];
    await world.run();
    world.resources = [resource("i-2", ["10.0.0.4"])];
    await world.run();

    assert.deepEqual(Object.keys(world.own()), ["i-2"]);
  });

  it("takes a moving address from one workload before another gets it", async () => {
    world.resources = [resource("i-1", ["10.0.0.4", "10.0.0.5"]), resource("i-2", ["10.0.0.6"])];
    await world.run();
    world.resources = [resource("i-1", ["10.0.0.4"]), resource("i-2", ["10.0.0.5", "10.0.0.6"])];
    // the first update goes through, the second one never does
    world.pce.failCalls({
      path: "/orgs/:org/workloads/bulk_update",
      after: 1,
      times: 99,
      fault: { kind: "status", status: 403 },
    });

    await assert.rejects(world.run(), { name: "RejectedError" });
    assert.deepEqual(
      Object.values(world.own()).map(({ addresses }) => addresses),
      [["10.0.0.4"], ["10.0.0.6"]],
    );
    world.pce.clearFaults();
    await world.run();
    assert.deepEqual(world.own()["i-2"]?.addresses, ["10.0.0.5", "10.0.0.6"]);
  });

  it("gives an address to nobody while the PCE refuses to take it from a workload of what is gone", async () => {
    world.resources = [resource("i-1", ["10.0.0.4"])];
    await world.run();
    const { workloads, virtualServices, provisioning, serviceBindings } = world.objects;
    const [held] = await workloads.listDataSet(DATA_SET);
    const service = await virtualServices.create(newService("somebody-s", 5432));
    await provisioning.provision([service.href], "somebody's");
    const binding = { virtualService: service, workload: { href: held?.href ?? "" } };
    const { href } = await serviceBindings.create(binding);
    world.resources = [resource("i-2", ["10.0.0.4", "10.0.0.5"]), resource("i-3", ["10.0.0.6"])];
    const refused = await world.run();

    assert.deepEqual([Object.keys(world.own()), refused.failed], [["i-1", "i-3"], 2]);
    await serviceBindings.delete(href);
    assert.equal((await world.run()).isSynchronised, true);
    assert.deepEqual(Object.keys(world.own()).sort(), ["i-2", "i-3"]);
  });

  it("puts right, at the next run, what two runs at once have made twice", async () => {
    await world.close();
    world = await WorkloadSyncWorld.open({ externalReference: "free" });
    world.resources = [resource("i-1", ["10.0.0.4"]), resource("i-2", ["10.0.0.5"])];
    await Promise.all([world.another(), world.another()].map((sync) => sync({}, deadlineIn(30_000))));
    await world.run();

    assert.equal(world.pce.holdings().unmanagedWorkloads.length, 2);
    assert.equal((await world.requestsOf(() => world.run())).writes, 0);
  });

  it("counts and logs what the PCE refuses of one workload, does the rest, and is not in sync", async () => {
    const long = "x".repeat(10_000);
    world.resources = [{ ...resource("i-1", ["10.0.0.4"]), description: long }, resource("i-2", ["10.0.0.300"])];
    const outcome = await world.run();

    assert.deepEqual([outcome.failed > 0, outcome.isSynchronised, outcome.failed + outcome.created], [true, false, 2]);
    assert.match(warnings().join(), /refused the creation of a workload/);
    assert.deepEqual([world.metrics["Synchronised"], world.metrics["WorkloadsFailed"]], [[0], [outcome.failed]]);
  });

  it("goes on without a label that no PCE takes or that this one refuses, and says so", async () => {
    world.sync = world.another({ team: { tag: "team" }, role: { tag: "Role" } });
    world.resources = [resource("i-1", ["10.0.0.4"], { team: "a", Role: "x".repeat(256) })];
    const outcome = await world.run();

    assert.deepEqual(world.own()["i-1"]?.labels, []);
    assert.deepEqual([outcome.created, outcome.failed], [1, 1]);
    assert.match(warnings().join("\n"), /tag's value can't be a label's[\s\S]*change the tag\n.*refused a label/);
  });

  it("makes no more than 50 labels in a run, and goes on with the next", async () => {
    world.resources = Array.from({ length: 60 }, (_, index) =>
      resource(`i-${index}`, [`10.0.1.${index}`], { Role: `role-${index}`, env: "test" }),
    );
    const first = await world.run();
    const second = await world.run();

    assert.deepEqual([first.isSynchronised, second.isSynchronised, second.updated], [false, true, 11]);
  });

  it("keeps labels of keys that no tag is mapped to", async () => {
    world.resources = [resource("i-1", ["10.0.0.4"], { Role: "web" })];
    await world.run();
    const { labels, workloads } = world.objects;
    const app = await labels.create({ key: "app", value: "shop" });
    const [held] = await workloads.listDataSet(DATA_SET);
    await workloads.update(held?.href ?? "", { labels: [...(held?.labels ?? []), { href: app.href }] });

    assert.equal((await world.requestsOf(() => world.run())).writes, 0);
  });

  it("collapses a burst of events: those from before its last run are done without a request", async () => {
    const at = (ms: number) => ({ source: "aws.ec2", time: new Date(ms).toISOString() });
    await world.run();
    const old = await world.requestsOf(() => world.run(at(world.nowMs - 10_000)));
    const fresh = await world.requestsOf(() => world.run(at(world.nowMs - 9_000)));

    assert.deepEqual([old.all, fresh.all], [0, 2]);
  });

  it("publishes every metric of a run, also of one that fails, and writes nothing when AWS can't be read", async () => {
    world.awsFailure = new Error("AWS is away");
    const { writes } = await world.requestsOf(() => assert.rejects(world.run(), /AWS is away/));

    assert.equal(writes, 0);
    assert.deepEqual(Object.keys(world.metrics), [
      ...["Synchronised", "InventoryResources", "WorkloadsCreated", "WorkloadsUpdated", "WorkloadsDeleted"],
      ...["AddressesSkipped", "WorkloadsFailed"],
    ]);
    assert.deepEqual(world.metrics["Synchronised"], [0]);
  });

  it("takes all that it made away when it goes, and nothing else; a deletion that is refused fails", async () => {
    world.resources = [resource("i-1", ["10.0.0.4"], { Role: "web" })];
    await world.run();
    world.pce.plantManagedWorkload({ name: "agent" });
    world.pce.failCalls({ path: "/orgs/:org/workloads/bulk_delete", fault: { kind: "status", status: 403 } });
    await assert.rejects(world.remove(), { name: "RejectedError" });
    await world.remove();

    assert.deepEqual(world.own(), {});
    assert.deepEqual([world.foreign().length, world.pce.holdings().labels.length], [1, 2]);
  });

  it("makes, changes and keeps 10,000 workloads with at most 30 requests each", async function () {
    this.timeout(120_000);
    const many = (tags: Record<string, string>) =>
      Array.from({ length: 10_000 }, (_, index) =>
        resource(`eni-${index}`, [`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`], tags),
      );
    world.resources = many({ Role: "web" });
    const made = await world.run();
    world.resources = many({ Role: "db" });
    const changed = await world.run();
    const kept = await world.run();

    assert.deepEqual([made.created, changed.updated, kept.created + kept.updated], [10_000, 10_000, 0]);
    for (const { requests } of [made, changed, kept]) assert.ok(requests <= 30, `${requests}`);
    assert.ok(kept.requests <= 6, `${kept.requests}`);
  });
});
