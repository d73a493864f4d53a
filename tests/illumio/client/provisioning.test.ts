import assert from "node:assert/strict";
import fc from "fast-check";
import { changeSubset, hrefsOfSubset, policyHrefsIn } from "../../../illumio/client/change-subset";
import { RejectedError } from "../../../illumio/client/pce-errors";
import { json, scriptedClients } from "../../support/pce-objects";

const DRAFT = "/orgs/1/sec_policy/draft";
const SERVICE = `${DRAFT}/virtual_services/v`;
const RULE_SET = `${DRAFT}/rule_sets/16`;
const OTHERS = `${DRAFT}/services/3`;
const pending = (...hrefs: readonly string[]) => json(changeSubset(hrefs));
const NOT_ACCEPTABLE = json(
  [
    {
      token: "not_acceptable_error",
      message: "Not Acceptable. One or more specified objects either don't exist, or do not have a draft version.",
    },
  ],
  406,
);
const VERSION = json({ href: "/orgs/1/sec_policy/7", version: 7, workloads_affected: 2, object_counts: 3 }, 201);

describe("provisioning", () => {
  const given = scriptedClients();

  it("is of what is asked for and pending, never of anybody else's changes", async () => {
    const { provisioning, sent, asked } = await given([pending(OTHERS, SERVICE), VERSION]);

    const provisioned = await provisioning.provision([RULE_SET, SERVICE], "the database");

    assert.deepEqual(provisioned, { hrefs: [SERVICE], version: 7, workloadsAffected: 2 });
    assert.deepEqual(asked(), ["GET /sec_policy/pending", "POST /sec_policy"]);
    assert.deepEqual(sent("POST"), {
      update_description: "the database",
      change_subset: { virtual_services: [{ href: SERVICE }] },
    });
  });

  it("is nothing when nothing is pending", async () => {
    const { provisioning, asked } = await given([pending(OTHERS)]);

    assert.deepEqual(await provisioning.provision([SERVICE], "x"), { hrefs: [] });
    assert.equal(asked().length, 1);
  });

  it("is never of everything: without hrefs it is refused", async () => {
    const { provisioning, asked } = await given([]);

    await assert.rejects(provisioning.provision([], "x"), /must be named, got no href/);
    await assert.rejects(provisioning.provision(["/orgs/1/labels/3"], "x"), /href of a draft policy object must look/);
    assert.deepEqual(asked(), []);
  });

  it("is done when the answer is lost and nothing is pending any more", async () => {
    const { provisioning, asked } = await given([pending(SERVICE), { status: 504 }, pending()]);

    assert.deepEqual(await provisioning.provision([SERVICE], "x"), { hrefs: [SERVICE] });
    assert.deepEqual(asked(), ["GET /sec_policy/pending", "POST /sec_policy", "GET /sec_policy/pending"]);
  });

  it("goes on with the rest when somebody else provisions a part meanwhile", async () => {
    const { provisioning, sent } = await given([
      pending(SERVICE, RULE_SET),
      NOT_ACCEPTABLE,
      pending(RULE_SET),
      pending(RULE_SET),
      VERSION,
    ]);

    const provisioned = await provisioning.provision([SERVICE, RULE_SET], "x");

    assert.deepEqual(provisioned.hrefs, [RULE_SET]);
    assert.deepEqual((sent("POST") as { change_subset: unknown }).change_subset, { rule_sets: [{ href: RULE_SET }] });
  });

  it("names what must be provisioned with it", async () => {
    const dependencies = json([{ dependent: { href: OTHERS }, required_by: { href: SERVICE } }]);
    const { provisioning } = await given([
      pending(SERVICE, OTHERS),
      NOT_ACCEPTABLE,
      pending(SERVICE, OTHERS),
      pending(SERVICE, OTHERS),
      dependencies,
    ]);

    await assert.rejects(provisioning.provision([SERVICE], "x"), (error) => {
      assert.ok(error instanceof RejectedError);
      assert.deepEqual([error.status, error.tokens], [406, ["not_acceptable_error"]]);
      assert.match(error.message, /they depend on what is pending, too: \S+\/services\/3; provision that first/);
      return true;
    });
  });

  for (const answer of [json([], 404), json([], 405)]) {
    it(`has no known dependencies at a PCE that answers ${answer.status}`, async () => {
      const { provisioning } = await given([answer]);

      assert.deepEqual(await provisioning.dependencies([SERVICE]), []);
    });
  }

  it("waits until all of it is active", async () => {
    const { provisioning, asked, waits } = await given([
      pending(SERVICE),
      pending(),
      json([], 404),
      pending(),
      json({}),
    ]);

    await provisioning.waitUntil("active", [SERVICE]);

    assert.deepEqual(waits, [500, 1_000]);
    assert.equal(asked().at(-1), "GET /sec_policy/active/virtual_services/v");
  });

  it("waits until what was deleted is gone", async () => {
    const { provisioning, waits } = await given([pending(), json({}), pending(), json([], 404)]);

    await provisioning.waitUntil("gone", [SERVICE]);

    assert.deepEqual(waits, [500]);
  });

  it("says what is not active when time runs out", async () => {
    const { provisioning, pce } = await given(() => pending(SERVICE), { timeMs: 30_000 });

    await assert.rejects(provisioning.waitUntil("active", [SERVICE, SERVICE]), (error: Error) => {
      assert.equal(error.name, "UnavailableError");
      assert.match(error.message, /^1 of 1 policy objects must be active .* not yet \(\S+\/v\); .*: run it again$/);
      return true;
    });
    assert.ok(pce.requests.length < 12);
  });
});

describe("a change subset", () => {
  const kinds = fc.constantFrom("rule_sets", "virtual_services", "ip_lists", "services");
  const hrefs = fc.array(fc.tuple(kinds, fc.nat(30)).map(([kind, id]) => `${DRAFT}/${kind}/${id}`));

  it("has each object once, under its kind, and is read back as it was", () => {
    fc.assert(
      fc.property(hrefs, (all) => {
        const subset = changeSubset(all);

        assert.deepEqual([...hrefsOfSubset(subset)].sort(), [...new Set(all)].sort());
        assert.deepEqual([...policyHrefsIn(subset)].sort(), [...new Set(all)].sort());
        for (const [kind, items] of Object.entries(subset)) {
          assert.ok(items.length > 0 && items.every(({ href }) => href.includes(`/${kind}/`)));
        }
      }),
    );
  });

  it("is read when one kind is an object, and an href is that of the active policy", () => {
    const body = {
      firewall_settings: { href: `${DRAFT}/firewall_settings` },
      rule_sets: [{ href: RULE_SET.replace("draft", "active") }, null, { name: "x" }],
      ip_lists: null,
    };

    assert.deepEqual([...hrefsOfSubset(body)], [`${DRAFT}/firewall_settings`, RULE_SET]);
  });

  it("is read whatever it is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        hrefsOfSubset(body);
        policyHrefsIn(body);
      }),
    );
  });
});
