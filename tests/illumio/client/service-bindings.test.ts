import assert from "node:assert/strict";
import { RejectedError } from "../../../illumio/client/pce-errors";
import { json, scriptedClients } from "../../support/pce-objects";

const ACTIVE = "/orgs/1/sec_policy/active/virtual_services/v";
const DRAFT = "/orgs/1/sec_policy/draft/virtual_services/v";
const WORKLOAD = "/orgs/1/workloads/w";
const HREF = "/orgs/1/service_bindings/b";
const WIRE = {
  href: HREF,
  virtual_service: { href: ACTIVE, name: "db" },
  workload: { href: WORKLOAD, name: "db" },
  bound_service: null,
  port_overrides: [],
};
const BINDING = { href: HREF, virtualService: { href: ACTIVE }, workload: { href: WORKLOAD }, portOverrides: [] };
const NEW = { virtualService: { href: DRAFT }, workload: { href: WORKLOAD } };
const NONE = json([]);
const CREATED = json([{ status: "created", href: HREF }], 201);
const NOT_ACTIVE = [{ token: "invalid_uri", message: `Invalid URI: {${ACTIVE}}` }];
const LIST =
  "GET /service_bindings?virtual_service=%2Forgs%2F1%2Fsec_policy%2Factive%2Fvirtual_services%2Fv&max_results=500";

describe("service bindings", () => {
  const given = scriptedClients();

  it("are created with the active virtual service, as an array of one", async () => {
    const { serviceBindings, sent, asked } = await given([NONE, CREATED]);

    const created = await serviceBindings.create({
      ...NEW,
      portOverrides: [{ port: 5432, proto: 6, newPort: 6432 }],
      externalDataSet: "s",
    });

    assert.deepEqual(created, {
      ...BINDING,
      portOverrides: [{ port: 5432, proto: 6, newPort: 6432 }],
      externalDataSet: "s",
    });
    assert.deepEqual(asked(), [LIST, "POST /service_bindings"]);
    assert.deepEqual(sent("POST"), [
      {
        virtual_service: { href: ACTIVE },
        workload: { href: WORKLOAD },
        port_overrides: [{ port: 5432, proto: 6, new_port: 6432 }],
        external_data_set: "s",
      },
    ]);
  });

  it("are not created twice: one that is there is taken", async () => {
    const { serviceBindings, asked } = await given([json([{ ...WIRE, workload: { href: `${WORKLOAD}2` } }, WIRE])]);

    assert.deepEqual(await serviceBindings.create(NEW), BINDING);
    assert.equal(asked().length, 1);
  });

  it("are created once when the answer is lost", async () => {
    const { serviceBindings, asked } = await given([NONE, { reset: "before-answer" }, json([WIRE])]);

    assert.deepEqual(await serviceBindings.create(NEW), BINDING);
    assert.deepEqual(asked(), [LIST, "POST /service_bindings", LIST]);
  });

  for (const [what, answer] of [
    ["as the answer", json(NOT_ACTIVE, 406, { "request-id": "r-9" })],
    ["inside an answer of success", json(NOT_ACTIVE, 201, { "request-id": "r-9" })],
  ] as const) {
    it(`need a provisioned virtual service, and say so when the PCE refuses ${what}`, async () => {
      const { serviceBindings } = await given([NONE, answer, NONE]);

      await assert.rejects(serviceBindings.create(NEW), (error) => {
        assert.ok(error instanceof RejectedError);
        assert.deepEqual([error.tokens, error.requestId], [["invalid_uri"], "r-9"]);
        assert.match(
          error.message,
          /^the PCE answered \d+ \(invalid_uri: Invalid URI: .*\) to the binding of \S+ to \S+: .*not provisioned; provision/,
        );
        return true;
      });
    });
  }

  it("are taken when somebody else has made them meanwhile", async () => {
    const { serviceBindings } = await given([NONE, json([{ error: "exists" }], 406), json([WIRE])]);

    assert.deepEqual(await serviceBindings.create(NEW), BINDING);
  });

  it("of a virtual service are those of exactly that one", async () => {
    const like = { ...WIRE, virtual_service: { href: `${ACTIVE}2` } };
    const { serviceBindings } = await given([json([like, WIRE])]);

    assert.deepEqual(await serviceBindings.listOf(DRAFT), [BINDING]);
  });

  it("are deleted though they are gone, and undefined then", async () => {
    const { serviceBindings, asked } = await given([json([], 404), json([], 404)]);

    await serviceBindings.delete(HREF);
    assert.equal(await serviceBindings.get(HREF), undefined);

    assert.deepEqual(asked(), ["DELETE /service_bindings/b", "GET /service_bindings/b"]);
  });

  it("ask nothing with an href that leads elsewhere", async () => {
    const { serviceBindings, asked } = await given([]);

    await assert.rejects(serviceBindings.find(DRAFT, DRAFT), /href of a workload must look like/);
    await assert.rejects(
      serviceBindings.create({ ...NEW, virtualService: { href: WORKLOAD } }),
      /virtual service must/,
    );
    assert.deepEqual(asked(), []);
  });
});
