import assert from "node:assert/strict";
import fc from "fast-check";
import { chunksOf } from "../../../illumio/client/bulk";
import { failuresByHref, readBulkItems } from "../../../illumio/client/bulk-answer";

const href = (index: number) => `/orgs/1/workloads/${index}`;

describe("the answer to a bulk operation", () => {
  it("names each failure, whatever its order and whether failures carry hrefs, when they have one reason", () => {
    const outcomes = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 });
    const shuffled = outcomes.chain((each) =>
      fc.tuple(
        fc.constant(each),
        fc.shuffledSubarray(
          each.map((_, index) => index),
          { minLength: each.length },
        ),
      ),
    );
    fc.assert(
      fc.property(shuffled, fc.boolean(), ([isDone, order], hasHref) => {
        const answer = order.map((index) =>
          isDone[index]
            ? { href: href(index), status: "updated" }
            : { ...(hasHref && { href: href(index) }), status: "failed", token: "invalid_uri", message: "Invalid URI" },
        );

        const failures = failuresByHref(
          isDone.map((_, index) => href(index)),
          answer,
        );

        const expected = isDone.flatMap((done, index) => (done ? [] : [href(index)]));
        assert.deepEqual(failures.map(({ item }) => item).sort(), expected.sort());
        assert.ok(failures.every(({ token, message }) => token === "invalid_uri" && message === "Invalid URI"));
      }),
    );
  });

  it("tells failures with hrefs apart, and joins the reasons of those without", () => {
    const failures = failuresByHref(
      [href(1), href(2), href(3), href(4)],
      [
        { status: "failed", token: "a" },
        { href: href(4), errors: [{ token: "method_not_allowed_error", message: "managed" }] },
        { status: "failed", token: "b" },
        { href: href(1), status: "updated" },
      ],
    );

    assert.deepEqual(failures, [
      { item: href(4), token: "method_not_allowed_error", message: "managed" },
      { item: href(2), token: "a, b" },
      { item: href(3), token: "a, b" },
    ]);
  });

  for (const body of [undefined, [], {}, [{ href: href(1) }], [{ href: href(1), errors: [] }]]) {
    it(`has no failure when it says of none: ${JSON.stringify(body)}`, () => {
      assert.deepEqual(failuresByHref([href(1)], body), []);
    });
  }

  it("is read whatever it is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        readBulkItems(body);
        assert.ok(failuresByHref([href(1)], body).length <= 1);
      }),
    );
  });
});

describe("the parts of a bulk operation", () => {
  it("have all items in order, and no part is empty or over its size", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 100 }), fc.integer({ min: 1, max: 40 }), (items, size) => {
        const chunks = chunksOf(items, size);

        assert.deepEqual(chunks.flat(), items);
        assert.ok(chunks.every(({ length }) => length >= 1 && length <= size));
        assert.equal(chunks.length, Math.ceil(items.length / size));
      }),
    );
  });
});
