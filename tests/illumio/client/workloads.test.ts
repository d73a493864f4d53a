import assert from "node:assert/strict";
import { inspect } from "node:util";
import { json, NO_CONTENT, scriptedClients } from "../../support/pce-objects";

const HREF = "/orgs/1/workloads/8f14e45f-ceea-467f-a0f4-0a1b2c3d4e5f";
const IDENTITY = { externalDataSet: "sightline/dev", externalDataReference: "eni-1" };
const WIRE = {
  href: HREF,
  name: "db",
  hostname: null,
  description: null,
  managed: false,
  public_ip: null,
  ven: null,
  interfaces: [{ name: "eni-1", address: "10.0.20.7", cidr_block: 24, link_state: "up", network: { href: "/x" } }],
  labels: [{ href: "/orgs/1/labels/7", key: "app", value: "APP" }],
  enforcement_mode: "visibility_only",
  online: true,
  external_data_set: IDENTITY.externalDataSet,
  external_data_reference: IDENTITY.externalDataReference,
};
const WORKLOAD = {
  href: HREF,
  isManaged: false,
  name: "db",
  enforcementMode: "visibility_only",
  online: true,
  labels: [{ href: "/orgs/1/labels/7" }],
  interfaces: [{ name: "eni-1", address: "10.0.20.7", cidrBlock: 24, linkState: "up" }],
  ...IDENTITY,
};
const NEW = {
  ...IDENTITY,
  name: "db",
  labels: [{ href: "/orgs/1/labels/7" }],
  interfaces: [{ name: "eni-1", address: "10.0.20.7" }],
};

describe("workloads", () => {
  const given = scriptedClients();

  it("are created as unmanaged ones, with what is given and nothing else", async () => {
    const { workloads, sent } = await given([json(WIRE, 201)]);

    const created = await workloads.create(NEW);

    assert.deepEqual(created, WORKLOAD);
    assert.deepEqual(sent("POST"), {
      external_data_set: "sightline/dev",
      external_data_reference: "eni-1",
      name: "db",
      labels: [{ href: "/orgs/1/labels/7" }],
      interfaces: [{ name: "eni-1", address: "10.0.20.7" }],
    });
  });

  it("are created once when the answer is lost", async () => {
    const { workloads, asked } = await given([{ reset: "before-answer" }, json([WIRE])]);

    assert.deepEqual(await workloads.create(NEW), WORKLOAD);
    assert.deepEqual(asked(), [
      "POST /workloads",
      "GET /workloads?external_data_set=sightline%2Fdev&external_data_reference=eni-1&max_results=500",
    ]);
  });

  it("are found by external reference, exactly: eni-1 is not eni-10", async () => {
    const { workloads } = await given([json([{ ...WIRE, external_data_reference: "eni-10" }, WIRE])]);

    assert.deepEqual(await workloads.findByReference(IDENTITY), WORKLOAD);
  });

  it("are not chosen at random when two have the reference", async () => {
    const { workloads } = await given([json([WIRE, { ...WIRE, href: "/orgs/1/workloads/2" }])]);

    await assert.rejects(
      workloads.findByReference(IDENTITY),
      /the PCE has 2 of the workload eni-1 of sightline\/dev, and there must be one \(.*\); delete all but one/,
    );
  });

  it("are found by address: of any interface, or public, whatever way it is written", async () => {
    const six = { ...WIRE, interfaces: [{ name: "eni-1", address: "2001:DB8:0:0::1" }] };
    const like = { ...WIRE, interfaces: [{ name: "eni-1", address: "10.0.20.70" }] };
    const publicly = { ...WIRE, interfaces: [], public_ip: "10.0.20.7" };
    const { workloads } = await given([json([like, WIRE, publicly]), json([six])]);

    assert.equal((await workloads.findByAddress("10.0.20.7")).length, 2);
    assert.equal((await workloads.findByAddress("2001:db8::1")).length, 1);
  });

  const MANAGED = [
    { managed: true },
    { managed: undefined, ven: { href: "/orgs/1/vens/1" } },
    { managed: undefined, service_principal_name: "host/x" },
  ];
  for (const fields of MANAGED) {
    it(`are managed when ${inspect(fields)}`, async () => {
      const { workloads, asked } = await given([json([{ ...WIRE, ...fields }, WIRE])]);

      assert.deepEqual(
        (await workloads.listManaged()).map(({ isManaged }) => isManaged),
        [true],
      );
      assert.deepEqual(asked(), ["GET /workloads?managed=true&max_results=500"]);
    });
  }

  it("of a data set are those of exactly that one", async () => {
    const { workloads } = await given([json([WIRE, { ...WIRE, external_data_set: "sightline/dev2" }])]);

    assert.deepEqual(await workloads.listDataSet("sightline/dev"), [WORKLOAD]);
  });

  it("are changed field by field, and deleted though they are gone", async () => {
    const { workloads, sent, asked } = await given([NO_CONTENT, { status: 404, body: "" }]);

    await workloads.update(HREF, { online: false });
    await workloads.delete(HREF);

    assert.deepEqual(sent("PUT"), { online: false });
    assert.deepEqual(asked(), [`PUT ${HREF.slice(7)}`, `DELETE ${HREF.slice(7)}`]);
  });

  it("ask nothing for what no PCE takes", async () => {
    const { workloads, asked } = await given([]);
    const long = { ...NEW, name: "x".repeat(256) };

    await assert.rejects(async () => workloads.create(IDENTITY), /must have a name or a hostname, got neither/);
    await assert.rejects(async () => workloads.bulkCreate([NEW, long]), /name of a workload must have 1 to 255 .*256/);
    await assert.rejects(async () => workloads.bulkDelete([HREF, "/orgs/1/labels/1"]), /href of a workload must look/);

    assert.deepEqual(asked(), []);
  });
});
