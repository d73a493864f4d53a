import assert from "node:assert/strict";
import fc from "fast-check";
import { readProblems } from "../../../illumio/client/error-body";

const NOT_ACCEPTABLE = { token: "not_acceptable_error", message: "Not Acceptable." };

describe("the body of an error", () => {
  const SHAPES: readonly { what: string; body: string; problems: readonly unknown[] }[] = [
    { what: "an array", body: JSON.stringify([NOT_ACCEPTABLE]), problems: [NOT_ACCEPTABLE] },
    { what: "a bare object", body: JSON.stringify(NOT_ACCEPTABLE), problems: [NOT_ACCEPTABLE] },
    { what: "an array of errors without tokens", body: '[{"error":"no"}]', problems: [{ message: "no" }] },
    { what: "an error without a token", body: '{"error":"no"}', problems: [{ message: "no" }] },
    { what: "errors of an item", body: JSON.stringify({ errors: [NOT_ACCEPTABLE] }), problems: [NOT_ACCEPTABLE] },
    { what: "an error object", body: JSON.stringify({ error: NOT_ACCEPTABLE }), problems: [NOT_ACCEPTABLE] },
    { what: "a proxy's page", body: "<html><body>502 Bad Gateway</body></html>", problems: [] },
    { what: "nothing", body: "", problems: [] },
    { what: "null", body: "null", problems: [] },
    { what: "a token that is none", body: '{"token":"<b>x</b>","message":"m"}', problems: [{ message: "m" }] },
    { what: "lines", body: '{"message":"a\\r\\n\\u001b[31mb"}', problems: [{ message: "a [31mb" }] },
  ];
  for (const { what, body, problems } of SHAPES) {
    it(`is read when it is ${what}`, () => {
      assert.deepEqual(readProblems(body), problems);
    });
  }

  it("is read whatever it is: never a failure, never more than a log line holds", () => {
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json({ maxDepth: 4 }).map((text) => `[{"errors":[${text}]}]`),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        for (const { token, message } of readProblems(body)) {
          assert.match(token ?? "ok", /^[\w.-]{1,64}$/);
          assert.ok((message ?? "").length <= 403);
          assert.doesNotMatch(message ?? "", /[\r\n]/);
        }
        assert.ok(readProblems(body).length <= 5);
      }),
      { numRuns: 2_000 },
    );
  });

  it("keeps the beginning of a message of a megabyte", () => {
    const [problem] = readProblems(JSON.stringify({ message: "x".repeat(1_000_000) }));

    assert.equal(problem?.message, `${"x".repeat(400)}...`);
  });
});
