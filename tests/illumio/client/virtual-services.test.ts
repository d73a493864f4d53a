import assert from "node:assert/strict";
import { activeHref, draftHref } from "../../../illumio/client/hrefs";
import { json, NO_CONTENT, scriptedClients } from "../../support/pce-objects";

const HREF = "/orgs/1/sec_policy/draft/virtual_services/9d0f";
const IDENTITY = { externalDataSet: "s", externalDataReference: "db" };
// source: illumio-py, tests/data/virtual_services.json
const WIRE = {
  href: HREF,
  created_at: "2026-01-02T00:00:00Z",
  deleted_at: null,
  update_type: "create",
  name: "db",
  description: null,
  pce_fqdn: null,
  service_ports: [{ port: 5432, proto: 6 }],
  service_addresses: [{ fqdn: "db.rds.amazonaws.com" }],
  labels: [{ href: "/orgs/1/labels/7", key: "app", value: "APP" }],
  ip_overrides: [],
  apply_to: "host_only",
  caps: ["write", "provision", "delete"],
  external_data_set: "s",
  external_data_reference: "db",
};
const SERVICE = {
  href: HREF,
  name: "db",
  pending: "create",
  labels: [{ href: "/orgs/1/labels/7" }],
  applyTo: "host_only",
  servicePorts: [{ port: 5432, proto: 6 }],
  serviceAddresses: [{ fqdn: "db.rds.amazonaws.com" }],
  ipOverrides: [],
  ...IDENTITY,
};
const NEW = {
  ...IDENTITY,
  name: "db",
  labels: [{ href: "/orgs/1/labels/7" }],
  servicePorts: [{ port: 5432, proto: 6 }],
  serviceAddresses: [{ fqdn: "db.rds.amazonaws.com" }],
};

describe("virtual services", () => {
  const given = scriptedClients();

  it("are created as drafts, with the port as the service's and the name as its address", async () => {
    const { virtualServices, sent, asked } = await given([json(WIRE, 201)]);

    assert.deepEqual(await virtualServices.create(NEW), SERVICE);
    assert.deepEqual(asked(), ["POST /sec_policy/draft/virtual_services"]);
    assert.deepEqual(sent("POST"), {
      apply_to: "host_only",
      external_data_set: "s",
      external_data_reference: "db",
      name: "db",
      labels: [{ href: "/orgs/1/labels/7" }],
      service_ports: [{ port: 5432, proto: 6 }],
      service_addresses: [{ fqdn: "db.rds.amazonaws.com" }],
    });
  });

  it("are created once when the answer is lost", async () => {
    const { virtualServices, pce } = await given([{ reset: "mid-body", body: JSON.stringify(WIRE) }, json([WIRE])]);

    assert.deepEqual(await virtualServices.create(NEW), SERVICE);
    assert.equal(pce.requests.length, 2);
  });

  it("are found exactly, and not when their deletion is pending", async () => {
    const going = { ...WIRE, href: `${HREF}1`, update_type: "delete" };
    const like = { ...WIRE, name: "db2", external_data_reference: "db2" };
    const { virtualServices } = await given([json([going, like, WIRE]), json([like, WIRE, going])]);

    assert.deepEqual(await virtualServices.findByReference(IDENTITY), SERVICE);
    assert.deepEqual(await virtualServices.findByName("db"), [SERVICE]);
  });

  it("are active under the href of the draft, once they are provisioned", async () => {
    const active = { ...WIRE, href: activeHref(HREF), update_type: null };
    const { virtualServices, asked } = await given([json(active), json([], 404)]);

    const found = await virtualServices.getActive(HREF);

    assert.equal(found?.href, "/orgs/1/sec_policy/active/virtual_services/9d0f");
    assert.equal(found?.pending, undefined);
    assert.equal(await virtualServices.getActive(HREF), undefined);
    assert.equal(asked()[0], "GET /sec_policy/active/virtual_services/9d0f");
    assert.equal(draftHref(found?.href ?? ""), HREF);
  });

  it("are changed field by field, and deleted though they are gone", async () => {
    const { virtualServices, sent } = await given([NO_CONTENT, json([{ token: "not_found_error" }], 404)]);

    await virtualServices.update(HREF, { serviceAddresses: [{ ip: "10.0.0.1", port: 5432 }] });
    await virtualServices.delete(HREF);

    assert.deepEqual(sent("PUT"), { service_addresses: [{ ip: "10.0.0.1", port: 5432 }] });
  });

  it("ask nothing for what no PCE takes", async () => {
    const { virtualServices, asked } = await given([]);
    const service = { href: "/orgs/1/sec_policy/draft/services/1" };

    await assert.rejects(async () => virtualServices.create({ ...NEW, service }), /service or service ports, got both/);
    await assert.rejects(
      async () => virtualServices.create({ ...NEW, servicePorts: [] }),
      /got neither; give its port/,
    );
    await assert.rejects(
      virtualServices.update(HREF, { servicePorts: [{ port: 70_000, proto: 6 }] }),
      /must be 0 to 65535, the first one first, got 70000/,
    );
    await assert.rejects(virtualServices.delete(activeHref(HREF)), /draft virtual service must look like .*draft/);

    assert.deepEqual(asked(), []);
  });
});
