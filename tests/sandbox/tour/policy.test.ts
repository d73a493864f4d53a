import assert from "node:assert/strict";
import { pceLeftovers } from "../../../sandbox/tour/leftovers";
import { checkPolicy } from "../../../sandbox/tour/policy";
import { policyListing } from "../../../sandbox/tour/policy-listing";
import { CLIENT_LABELS } from "../../../sandbox/tour/stack-settings";
import type { StepError } from "../../../sandbox/tour/step-error";
import { clientOfStandIn } from "../../support/client-of-stand-in";
import { clientRule, newService, newWorkload } from "../../support/policy-of-stand-in";
import { upload } from "../pce/https-client";

const [DATABASE, WEB, BATCH, NOBODY] = ["10.0.128.5", "10.0.64.1", "10.0.64.2", "10.0.64.3"];
const RECORD = { primary: { ip: DATABASE }, port: 5432 } as Parameters<typeof checkPolicy>[1][number];
const FLOWS = [WEB, BATCH, NOBODY].map((client) => `${client},${DATABASE},5432,6`);
const OTHER_PORT = `${WEB},${DATABASE},22,6`;

describe("The tour's look at the policy", () => {
  let client: Awaited<ReturnType<typeof clientOfStandIn>>;
  beforeEach(async () => {
    client = await clientOfStandIn();
  });
  afterEach(() => client.close());

  /** The database as a stack makes it, and flows to it; `bound` and `enabled` as they are not meant to be. */
  async function deployed({ bound = true, enabled = true } = {}): Promise<void> {
    const { labels, workloads, virtualServices, ruleSets, provisioning, serviceBindings } = client;
    const made = await Promise.all(Object.entries(CLIENT_LABELS).map(([key, value]) => labels.create({ key, value })));
    const [role = { href: "" }] = made;
    const workload = await workloads.create(newWorkload("database", DATABASE));
    const service = await virtualServices.create(newService("orders", 5432));
    const ruleSet = await ruleSets.create({
      name: "orders",
      scopes: [[]],
      externalDataSet: "s",
      externalDataReference: "orders",
    });
    await ruleSets.createRule(ruleSet.href, { ...clientRule(role, service), enabled });
    await provisioning.provision([service.href, ruleSet.href], "test");
    await provisioning.waitUntil("active", [service.href, ruleSet.href]);
    if (bound)
      await serviceBindings.create({ virtualService: { href: service.href }, workload: { href: workload.href } });
    await upload(client.pce, [...FLOWS, OTHER_PORT]);
  }

  it("shows workloads, the virtual service and which flows are allowed, and names addresses without a workload", async () => {
    await deployed();

    const report = checkPolicy(client.pce, [RECORD], []);

    assert.deepEqual(
      [report.allowed, report.notAllowed, report.unattributed],
      [[FLOWS[0]], [FLOWS[1], OTHER_PORT], [FLOWS[2]]],
    );
    assert.deepEqual(report.addressesWithoutWorkload, [NOBODY]);
    assert.deepEqual(report.boundTo, ["database"]);
    const shown = policyListing(report);
    assert.match(shown, /web-1 +10\.0\.64\.1 +role=web app=shop env=sandbox/);
    assert.match(
      shown,
      /orders: orders\.abc\.eu-west-1\.rds\.amazonaws\.com, port 5432\n +bound to database; its policy is active/,
    );
    assert.match(shown, /addresses without a workload: 10\.0\.64\.3$/);
  });

  for (const [what, how, message] of [
    ["a virtual service that is bound to nothing", { bound: false }, /bound to 0 workloads/],
    [
      "a flow that is not allowed and must be",
      { enabled: false },
      /1 flows are not allowed, .*64\.1,.* \(must be allowed\)/,
    ],
  ] as const) {
    it(`fails over ${what}`, async () => {
      await deployed(how);

      assert.throws(
        () => checkPolicy(client.pce, [RECORD], []),
        (error: StepError) => message.test(error.message),
      );
    });
  }

  it("counts everything at the PCE as left over, planted workloads too, until they are taken away", async () => {
    const href = client.pce.plantManagedWorkload({ name: "vm", interfaces: [{ name: "eth0", address: WEB }] });
    const label = await client.labels.create({ key: "role", value: "web" });
    assert.deepEqual(pceLeftovers(client.pce), ["label role=web at the PCE", "workload vm at the PCE"]);

    client.pce.unpairWorkload(href);
    await client.labels.delete(label.href);

    assert.deepEqual(pceLeftovers(client.pce), []);
  });
});
