import assert from "node:assert/strict";
import { batchVerdict } from "../../../sandbox/aws/lambda-batch-response";

const IDS = ["a", "b", "c"];
const failed = (answer: unknown, reports = true): readonly string[] => [...batchVerdict(answer, IDS, reports).failed];

describe("the answer to a batch", () => {
  for (const answer of [undefined, null, {}, { batchItemFailures: null }, { batchItemFailures: [] }, { other: 1 }]) {
    it(`is success when it is ${JSON.stringify(answer) ?? "undefined"}`, () => {
      assert.deepEqual(batchVerdict(answer, IDS, true), { failed: new Set() });
    });
  }

  it("fails the messages it names, and only those", () => {
    assert.deepEqual(failed({ batchItemFailures: [{ itemIdentifier: "b" }, { itemIdentifier: "c" }] }), ["b", "c"]);
  });

  const invalid: readonly (readonly [string, unknown])[] = [
    ["is text", "ok"],
    ["is a number", 1],
    ["is a list", []],
    ["has failures that are no list", { batchItemFailures: "a" }],
    ["names no identifier", { batchItemFailures: [{}] }],
    ["misspells the identifier's name", { batchItemFailures: [{ messageId: "a" }] }],
    ["has an empty identifier", { batchItemFailures: [{ itemIdentifier: "" }] }],
    ["has a null identifier", { batchItemFailures: [{ itemIdentifier: null }] }],
    ["has a null item", { batchItemFailures: [null] }],
    ["names an unknown message", { batchItemFailures: [{ itemIdentifier: "a" }, { itemIdentifier: "z" }] }],
  ];
  for (const [name, answer] of invalid) {
    it(`fails the whole batch when it ${name}`, () => {
      const verdict = batchVerdict(answer, IDS, true);

      assert.deepEqual([...verdict.failed], IDS);
      assert.ok(verdict.invalid);
    });
  }

  it("is ignored when failures are not asked for", () => {
    assert.deepEqual(failed({ batchItemFailures: [{ itemIdentifier: "a" }] }, false), []);
    assert.deepEqual(failed("ok", false), []);
  });
});
