import assert from "node:assert/strict";
import fc from "fast-check";
import { activeHref, checkHref, draftHref, type HrefKind } from "../../../illumio/client/hrefs";
import { exactly } from "../../../illumio/client/identity";
import { InvalidRequestError } from "../../../illumio/client/pce-errors";
import { toWire } from "../../../illumio/client/wire";

describe("what is sent to a PCE", () => {
  it("has keys in snake case", () => {
    assert.deepEqual(toWire({ externalDataSet: "aB", labels: [{ cidrBlock: 24 }], online: false, name: "" }), {
      external_data_set: "aB",
      labels: [{ cidr_block: 24 }],
      online: false,
      name: "",
    });
  });

  it("has no null and no undefined anywhere, and keeps everything else", () => {
    const values = fc.object({
      key: fc.stringMatching(/^[a-z][a-zA-Z]{0,5}$/),
      values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined)],
    });
    fc.assert(
      fc.property(values, (value) => {
        const leaves = (item: unknown): unknown[] =>
          typeof item === "object" && item !== null ? Object.values(item).flatMap(leaves) : [item];
        const kept = leaves(value).filter((leaf) => leaf !== null && leaf !== undefined);

        assert.deepEqual(leaves(toWire(value)), kept);
      }),
    );
  });
});

describe("exact matches", () => {
  it("are the ones, and all the ones, that are equal", () => {
    const words = fc.constantFrom("APP", "WEB-APP", "WEBAPP", "app", "");
    fc.assert(
      fc.property(fc.array(fc.record({ key: words, value: words })), words, words, (rows, key, value) => {
        assert.deepEqual(
          exactly(rows, { key, value }),
          rows.filter((row) => row.key === key && row.value === value),
        );
      }),
    );
  });
});

describe("an href", () => {
  const GOOD: Readonly<Record<HrefKind, string>> = {
    label: "/orgs/1/labels/14",
    workload: "/orgs/1/workloads/8f14e45f-ceea",
    "draft virtual service": "/orgs/1/sec_policy/draft/virtual_services/8f14",
    "active virtual service": "/orgs/1/sec_policy/active/virtual_services/8f14",
    "draft rule set": "/orgs/1/sec_policy/draft/rule_sets/7",
    "active rule set": "/orgs/1/sec_policy/active/rule_sets/7",
    "draft rule": "/orgs/1/sec_policy/draft/rule_sets/7/sec_rules/2",
    "active rule": "/orgs/1/sec_policy/active/rule_sets/7/sec_rules/2",
    "active IP list": "/orgs/1/sec_policy/active/ip_lists/7",
    "draft policy object": "/orgs/1/sec_policy/draft/ip_lists/7",
    "service binding": "/orgs/1/service_bindings/8f14",
  };
  const kinds = Object.keys(GOOD) as HrefKind[];

  it("is taken when it leads to what is meant, of the organisation that is meant", () => {
    for (const kind of kinds) {
      assert.equal(checkHref(GOOD[kind], kind, "/orgs/1"), GOOD[kind]);
      assert.throws(() => checkHref(GOOD[kind], kind, "/orgs/12"), InvalidRequestError);
      for (const bad of [`${GOOD[kind]}/`, `${GOOD[kind]}/../9`, `${GOOD[kind]}?x=1`, `/api/v2${GOOD[kind]}`, ""]) {
        assert.throws(() => checkHref(bad, kind, "/orgs/1"), /must look like \/orgs\/1\/.*take it from an answer/);
      }
    }
  });

  it("to the active policy is that of the draft, and back", () => {
    const draft = GOOD["draft virtual service"];

    assert.equal(activeHref(draft), GOOD["active virtual service"]);
    assert.equal(draftHref(activeHref(draft)), draft);
    assert.equal(draftHref("/orgs/1/sec_policy/2148/virtual_services/8f14"), draft);
    assert.equal(draftHref(draft), draft);
  });
});
