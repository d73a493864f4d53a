import assert from "node:assert/strict";
import type { NewWorkload } from "../../../illumio/client/workload";
import type { PceBehaviour } from "../../../sandbox/pce/behaviour";
import { pceVariants, singleTurns } from "../../../sandbox/pce/behaviour";
import type { PceOptions } from "../../../sandbox/pce/server";
import { type ClientOfStandIn, clientOfStandIn } from "../../support/client-of-stand-in";
import { clientRule, newService, newWorkload, workloadsOf } from "../../support/policy-of-stand-in";

describe("the PCE client, of a PCE stand-in", () => {
  const open: ClientOfStandIn[] = [];
  const start = async (options: PceOptions) => {
    const client = await clientOfStandIn(options);
    open.push(client);
    return client;
  };
  afterEach(async () => {
    for (const client of open.splice(0)) await client.close();
  });

  for (const { name, behaviour } of pceVariants) {
    describe(`behaving ${name}`, () => {
      it("makes a policy from nothing, twice the same, and takes it back until nothing is left", async () => {
        const client = await start(behaviour);

        const first = await makePolicy(client);
        const again = await makePolicy(client);

        assert.deepEqual(again, first);
        assert.equal(client.pce.holdings().made, 7);
        assert.deepEqual(client.pce.holdings().pending, []);
        await takeBack(client, first);
        assert.equal(client.pce.holdings().made, 0);
      });

      it("finds one label among those that only contain its value, and makes none twice", async () => {
        const client = await start(behaviour);
        for (const value of ["WEB-APP", "WEBAPP", "APP"]) await client.labels.create({ key: "app", value });

        const again = await client.labels.create({ key: "app", value: "APP" });

        assert.equal((await client.labels.find("app", "APP"))?.href, again.href);
        assert.equal(client.pce.holdings().labels.length, 3);
      });

      it("makes, changes and deletes 1,200 workloads in bulk, and sees each of them", async function () {
        this.timeout(20_000);
        const client = await start(behaviour);

        const made = await client.workloads.bulkCreate(workloadsOf(1_200));
        const listed = await client.workloads.listDataSet("vpc");
        const changes = listed.map(({ href }) => ({ href, description: "seen" }));
        const changed = await client.workloads.bulkUpdate(changes);
        const hrefs = listed.map(({ href }) => href);
        const deleted = await client.workloads.bulkDelete(hrefs);

        for (const result of [made, changed, deleted]) assert.deepEqual(result.failed, []);
        assert.deepEqual([made.done.length, listed.length, changed.done.length], [1_200, 1_200, 1_200]);
        assert.equal(client.pce.holdings().unmanagedWorkloads.length, 0);
      });

      it("says which item of a bulk operation failed, and that the others are done", async () => {
        const client = await start(behaviour);
        const [good, bad, better] = workloadsOf(3);
        assert.ok(good && bad && better);
        const labels = [{ href: "/orgs/1/labels/404" }];

        const { done, failed } = await client.workloads.bulkCreate([good, { ...bad, labels }, better]);

        assert.deepEqual(done, [good.externalDataReference, better.externalDataReference]);
        assert.deepEqual(
          failed.map(({ item }) => item),
          [bad.externalDataReference],
        );
        assert.match(failed[0]?.message ?? "", /labels\/404/);
      });

      it("creates what it asked for once, when the answer of a creation is lost", async () => {
        const client = await start(behaviour);
        for (const path of ["labels", "workloads", "sec_policy/draft/virtual_services", "service_bindings"]) {
          client.pce.failCalls({
            method: "POST",
            path: `/orgs/:org/${path}`,
            fault: { kind: "not-json", taken: true },
          });
        }
        client.pce.failCalls({ method: "PUT", fault: { kind: "status", status: 503, taken: true } });

        await makePolicy(client);
        await client.workloads.bulkCreate(workloadsOf(5));

        const { labels, unmanagedWorkloads, draft, serviceBindings } = client.pce.holdings();
        assert.deepEqual(
          [labels, unmanagedWorkloads, draft.virtualServices, serviceBindings].map(({ length }) => length),
          [2, 7, 1, 1],
        );
      });

      it("does not touch a workload with an agent, and tells it from its own", async () => {
        const client = await start(behaviour);
        const href = client.pce.plantManagedWorkload({
          hostname: "agent",
          interfaces: [{ name: "eth0", address: "10.0.0.1" }],
        });
        await client.workloads.create(newWorkload("near", "10.0.0.10"));

        const found = await client.workloads.findByAddress("10.0.0.1");
        const { failed } = await client.workloads.bulkDelete([href]);

        assert.deepEqual(
          found.map((workload) => [workload.href, workload.isManaged]),
          [[href, true]],
        );
        assert.deepEqual(
          (await client.workloads.listManaged()).map((workload) => workload.href),
          [href],
        );
        assert.deepEqual(
          failed.map(({ item }) => item),
          [href],
        );
      });
    });
  }

  it("makes and takes back a policy with any single point turned", async function () {
    this.timeout(60_000);
    const tripped: string[] = [];
    for (const { name, behaviour } of singleTurns) {
      const client = await start(behaviour);
      try {
        await takeBack(client, await makePolicy(client));
        assert.equal(client.pce.holdings().made, 0);
      } catch (error) {
        tripped.push(`${name}: ${String(error)}`);
      }
    }
    assert.deepEqual(tripped, []);
  });

  for (const behaviour of [{}, { workloadDeletedAgain: "not-found" }] as const) {
    it(`counts a workload that is gone already as deleted, ${JSON.stringify(behaviour)}`, async () => {
      const client = await start(behaviour);
      const { href } = await client.workloads.create(newWorkload("gone", "10.0.0.1"));
      await client.workloads.delete(href);

      await client.workloads.delete(href);
      const { done, failed } = await client.workloads.bulkDelete([href]);

      assert.deepEqual([done, failed], [[href], []]);
    });
  }

  it("reads more rows than come at once, wherever a job puts them", async function () {
    this.timeout(20_000);
    const ways: Partial<PceBehaviour>[] = [{}, { jobResult: "below-job" }, { jobEnd: "completed" }];
    for (const turned of ways) {
      const client = await start(turned);
      await client.workloads.bulkCreate(workloadsOf(700));

      assert.equal((await client.workloads.listDataSet("vpc")).length, 700, JSON.stringify(turned));
    }
  });
});

const SERVICE = newService("orders", 5432);

async function makePolicy(client: ClientOfStandIn) {
  const { labels, workloads, virtualServices, ruleSets, provisioning, serviceBindings } = client;
  const [role, app] = [
    await labels.create({ key: "role", value: "clients" }),
    await labels.create({ key: "app", value: "orders" }),
  ];
  const madeOrFound = async (wanted: NewWorkload) =>
    (await workloads.findByReference(wanted)) ?? (await workloads.create(wanted));
  const source = await madeOrFound(newWorkload("client", "10.0.0.1", role, app));
  const target = await madeOrFound(newWorkload("database", "10.0.0.9", app));
  const service =
    (await virtualServices.findByReference(SERVICE)) ??
    (await virtualServices.create({ ...SERVICE, labels: [{ href: app.href }] }));
  const ruleSetFields = {
    name: "orders",
    scopes: [[{ label: { href: app.href } }]],
    externalDataSet: "s",
    externalDataReference: "rules",
  };
  const ruleSet = (await ruleSets.findByReference(ruleSetFields)) ?? (await ruleSets.create(ruleSetFields));
  if (ruleSet.rules.length === 0) await ruleSets.createRule(ruleSet.href, clientRule(role, service));
  const drafts = [service.href, ruleSet.href];
  await provisioning.provision(drafts, "make");
  await provisioning.waitUntil("active", drafts);
  const binding = await serviceBindings.create({
    virtualService: { href: service.href },
    workload: { href: target.href },
  });
  const hrefs = [role, app, source, target].map(({ href }) => href);
  return { hrefs, drafts, binding: binding.href, workloads: [source.href, target.href], labels: [role.href, app.href] };
}

async function takeBack(client: ClientOfStandIn, made: Awaited<ReturnType<typeof makePolicy>>) {
  const { labels, workloads, virtualServices, ruleSets, provisioning, serviceBindings } = client;
  const [service = "", ruleSet = ""] = made.drafts;
  await serviceBindings.delete(made.binding);
  await ruleSets.delete(ruleSet);
  await virtualServices.delete(service);
  await provisioning.provision(made.drafts, "take back");
  await provisioning.waitUntil("gone", made.drafts);
  for (const href of made.workloads) await workloads.delete(href);
  for (const href of made.labels) await labels.delete(href);
}
