import assert from "node:assert/strict";
import type { NewWorkload } from "../../../illumio/client/workload";
import { json, scriptedClients } from "../../support/pce-objects";
import type { ScriptedAnswer, SeenRequest } from "../../support/scripted-pce";

const SET = "sightline/dev";
const href = (index: number) => `/orgs/1/workloads/${index}`;
const workload = (index: number): NewWorkload => ({
  externalDataSet: SET,
  externalDataReference: `eni-${index}`,
  name: `w${index}`,
});
const many = (count: number) => Array.from({ length: count }, (_, index) => workload(index));
const there = (...indexes: readonly number[]) =>
  json(
    indexes.map((index) => ({
      href: href(index),
      name: `w${index}`,
      external_data_set: SET,
      external_data_reference: `eni-${index}`,
    })),
  );
const itemsOf = ({ body }: SeenRequest) => JSON.parse(body) as readonly { external_data_reference?: string }[];
const created = (request: SeenRequest) =>
  json(itemsOf(request).map((_, index) => ({ href: href(index), status: "created" })));
const FAILED = { status: "failed", token: "invalid_uri", message: "Invalid URI: {/orgs/1/labels/9}" };

describe("bulk operations on workloads", () => {
  const given = scriptedClients();

  it("create 1,000 a request", async () => {
    const { workloads, pce, asked } = await given(created);

    const { done, failed } = await workloads.bulkCreate(many(2_001));

    assert.deepEqual([done.length, failed], [2_001, []]);
    assert.deepEqual(asked(), Array(3).fill("PUT /workloads/bulk_create"));
    assert.deepEqual(
      pce.requests.map((request) => itemsOf(request).length),
      [1_000, 1_000, 1],
    );
  });

  it("are made one at a time, also when several are asked for side by side", async () => {
    let underWay = 0;
    let most = 0;
    const { workloads } = await given((request) => {
      underWay += 1;
      most = Math.max(most, underWay);
      setTimeout(() => {
        underWay -= 1;
      }, 20);
      return { ...created(request), delayMs: 30 };
    });

    await Promise.all([workloads.bulkCreate(many(1_500)), workloads.bulkDelete([href(1)]), workloads.bulkUpdate([])]);

    assert.equal(most, 1);
  });

  const LOST: readonly ScriptedAnswer[] = [{ reset: "before-answer" }, { status: 504, body: "<html>" }];
  for (const lost of LOST) {
    it(`create only what is missing when an answer is lost: ${JSON.stringify(lost)}`, async () => {
      const second = json([{ href: href(2), status: "created" }]);
      const { workloads, sent } = await given([lost, there(0, 1), second]);

      const { done, failed } = await workloads.bulkCreate(many(3));

      assert.deepEqual([done, failed], [["eni-0", "eni-1", "eni-2"], []]);
      assert.deepEqual(sent("PUT"), [{ external_data_set: SET, external_data_reference: "eni-2", name: "w2" }]);
    });
  }

  it("send nothing again when all of it is there after a lost answer", async () => {
    const { workloads, asked } = await given([{ reset: "mid-body" }, there(0, 1)]);

    assert.deepEqual(await workloads.bulkCreate(many(2)), { done: ["eni-0", "eni-1"], failed: [] });
    assert.equal(asked().length, 2);
  });

  for (const isInOrder of [true, false]) {
    it(`name what could not be created, the answer ${isInOrder ? "in" : "out of"} order`, async () => {
      const answer = [{ href: href(0), status: "created" }, FAILED, { href: href(2), status: "created" }];
      const { workloads } = await given([
        json(isInOrder ? answer : [...answer.slice(1), ...answer.slice(0, 1)]),
        there(0, 2),
      ]);

      assert.deepEqual(await workloads.bulkCreate(many(3)), {
        done: ["eni-0", "eni-2"],
        failed: [{ item: "eni-1", token: "invalid_uri", message: FAILED.message }],
      });
    });
  }

  it("give each failure its own reason when the order of the answer is that of the request, else all of them", async () => {
    const other = { ...FAILED, token: "x", message: "X" };
    const done = { href: href(1), status: "created" };
    const { workloads } = await given([json([FAILED, done, other]), there(1), json([FAILED, other, done]), there(1)]);

    const inOrder = await workloads.bulkCreate(many(3));
    const outOfOrder = await workloads.bulkCreate(many(3));

    assert.deepEqual(
      inOrder.failed.map(({ item, token }) => [item, token]),
      [
        ["eni-0", "invalid_uri"],
        ["eni-2", "x"],
      ],
    );
    assert.deepEqual(
      outOfOrder.failed.map(({ item, token }) => [item, token]),
      [
        ["eni-0", "invalid_uri, x"],
        ["eni-2", "invalid_uri, x"],
      ],
    );
  });

  it("believe what is there when the answer says nothing", async () => {
    const { workloads } = await given([{ status: 204, body: "" }, there(0)]);

    assert.deepEqual(await workloads.bulkCreate(many(2)), { done: ["eni-0"], failed: [{ item: "eni-1" }] });
  });

  it("update with hrefs, and say which failed", async () => {
    const { workloads, sent } = await given([json([FAILED, { href: href(2), status: "updated" }])]);

    const result = await workloads.bulkUpdate([
      { href: href(1), labels: [{ href: "/orgs/1/labels/9" }] },
      { href: href(2), online: true },
    ]);

    assert.deepEqual(sent("PUT"), [
      { href: href(1), labels: [{ href: "/orgs/1/labels/9" }] },
      { href: href(2), online: true },
    ]);
    assert.deepEqual(result.done, [href(2)]);
    assert.deepEqual(result.failed, [{ item: href(1), token: "invalid_uri", message: FAILED.message }]);
  });

  it("delete, and count what is gone already as done", async () => {
    const gone = { href: href(1), errors: [{ token: "workload_already_deleted", message: "gone" }] };
    const managed = { href: href(2), errors: [{ token: "method_not_allowed_error", message: "managed" }] };
    const { workloads, sent } = await given([json([gone, managed, { href: href(3) }])]);

    const { done, failed } = await workloads.bulkDelete([href(1), href(2), href(3)]);

    assert.deepEqual(sent("PUT"), [{ href: href(1) }, { href: href(2) }, { href: href(3) }]);
    assert.deepEqual(done, [href(1), href(3)]);
    assert.deepEqual(failed, [{ item: href(2), token: "method_not_allowed_error", message: "managed" }]);
  });

  it("wait for a bulk operation of somebody else to end", async () => {
    const busy = json([{ token: "too_many_requests_error", message: "bulk operation in progress" }], 429);
    const { workloads, asked } = await given([busy, busy, json([{ href: href(0), status: "created" }])]);

    await workloads.bulkCreate(many(1));

    assert.equal(asked().length, 3);
  });
});
