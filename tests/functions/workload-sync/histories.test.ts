import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalAddress } from "../../../illumio/client/address";
import { pceVariants } from "../../../sandbox/pce/behaviour";
import type { Fault } from "../../../sandbox/pce/faults";
import { GRACE_MS, POLICY_DATA_SET, resource, WorkloadSyncWorld } from "../../support/workload-sync-world";

const HISTORIES = Number(process.env["HISTORIES"] ?? 40);

const FOREIGN = { managed: "10.0.0.1", policy: "10.0.0.2", byHand: "2001:db8::1" };
const ADDRESSES = [
  ...Object.values(FOREIGN),
  ...["10.0.0.4", "10.0.0.5", "10.0.0.6", "203.0.113.7", "2001:db8::8", "2001:DB8:0::9"],
];

const resources = fc.uniqueArray(
  fc.record({
    reference: fc.constantFrom("i-1", "i-2", "i-3", "i-4", "arn:aws:rds:eu-west-1:123456789012:db:x", "eni-6"),
    addresses: fc.uniqueArray(fc.constantFrom(...ADDRESSES), { minLength: 1, maxLength: 3 }),
    tags: fc.dictionary(
      fc.constantFrom("Role", "env", "Name"),
      fc.constantFrom("web", "Web", "db", "", "All Roles", "x".repeat(256)),
    ),
  }),
  { selector: ({ reference }) => reference, maxLength: 6 },
);

const faults = fc.constantFrom<Fault>(
  { kind: "status", status: 500 },
  { kind: "status", status: 503, taken: true },
  { kind: "status", status: 429 },
  { kind: "status", status: 403 },
  { kind: "status", status: 406 },
  { kind: "reset" },
  { kind: "reset-mid-body" },
  { kind: "not-json", taken: true },
);

const ORG = "/orgs/:org";
const calls = fc.record({
  fault: faults,
  path: fc.constantFrom(
    ...[`${ORG}/workloads`, `${ORG}/labels`],
    ...["bulk_create", "bulk_update", "bulk_delete"].map((operation) => `${ORG}/workloads/${operation}`),
  ),
  after: fc.nat({ max: 1 }),
  times: fc.constantFrom(1, 2, 12),
});

const steps = fc.record({
  resources,
  faults: fc.array(calls, { maxLength: 3 }),
  awsFails: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  laterMs: fc.constantFrom(0, 60_000, GRACE_MS / 2, GRACE_MS),
  isNewEnvironment: fc.boolean(),
});

for (const { name, behaviour } of pceVariants) {
  describe(`a workload sync through any history, before a PCE ${name}`, function () {
    this.timeout(600_000);
    let world: WorkloadSyncWorld;
    let foreign: string;

    before(async () => {
      world = await WorkloadSyncWorld.open(behaviour);
      world.pce.plantManagedWorkload({ name: "agent", interfaces: [{ name: "eth0", address: FOREIGN.managed }] });
      const of = (externalDataSet: string, address: string) => ({
        name: "database",
        interfaces: [{ name: "eth0", address }],
        externalDataSet,
        externalDataReference: "database",
      });
      await world.objects.workloads.create(of(POLICY_DATA_SET, FOREIGN.policy));
      await world.objects.workloads.create(of("by-hand", FOREIGN.byHand));
      foreign = JSON.stringify(world.foreign());
    });
    after(() => world.close());

    const addresses = () => [
      ...Object.values(FOREIGN),
      ...Object.values(world.own()).flatMap((own) => own.addresses.map(canonicalAddress)),
    ];

    const found = () =>
      Object.fromEntries(
        Object.entries(world.own()).map(([reference, own]) => [
          reference,
          {
            addresses: own.addresses.map(canonicalAddress).sort(),
            // whether web is Web, the label that was there first says
            labels: own.labels.map((label) => label?.toLowerCase()).sort(),
          },
        ]),
      );

    it("never has an address twice nor touches what is not its own, and converges to what there is, then only reads", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 5 }), async (history) => {
          world.pce.clearFaults();
          await world.remove();
          for (const step of history) {
            world.resources = step.resources.map((each) => resource(each.reference, each.addresses, each.tags));
            world.awsFailure = step.awsFails ? new Error("AWS is away") : undefined;
            world.nowMs += step.laterMs;
            if (step.isNewEnvironment) world.sync = world.another();
            world.pce.clearFaults();
            world.pce.failCalls(...step.faults);
            await world.run().catch(() => undefined);

            assert.equal(new Set(addresses()).size, addresses().length, addresses().join());
            assert.equal(JSON.stringify(world.foreign()), foreign);
          }
          world.pce.clearFaults();
          world.awsFailure = undefined;
          await world.run();
          world.nowMs += GRACE_MS;
          await world.run();

          assert.deepEqual(found(), expected(history.at(-1)?.resources ?? []));
          const { writes } = await world.requestsOf(() => world.run());
          assert.equal(writes, 0);
        }),
        { numRuns: HISTORIES },
      );
    });
  });
}

// by itself: an address is of the first resource that has it, unless it is somebody else's
function expected(last: readonly { reference: string; addresses: string[]; tags: Record<string, string> }[]) {
  const taken = new Set<string>(Object.values(FOREIGN));
  return Object.fromEntries(
    last.flatMap(({ reference, addresses, tags }) => {
      const mine = addresses.filter((address) => !taken.has(canonicalAddress(address)));
      for (const address of mine) taken.add(canonicalAddress(address));
      if (mine.length === 0) return [];
      const env = (tags["env"] ?? "") === "" ? "prod" : tags["env"];
      const labels = Object.entries({ env, role: tags["Role"] ?? "" }).flatMap(([key, value = ""]) =>
        ["prod", "web", "Web", "db"].includes(value) ? [`${key}=${value.toLowerCase()}`] : [],
      );
      return [[reference, { addresses: mine.map(canonicalAddress).sort(), labels }]];
    }),
  );
}
