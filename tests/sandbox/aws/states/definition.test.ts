import assert from "node:assert/strict";
import { readDefinition } from "../../../../sandbox/aws/states/definition";
import { ours } from "../../../support/state-machines";

const MAP = "States.ForwardObjects";
const PROCESSOR = `${MAP}.ItemProcessor`;
const TASK = `${PROCESSOR}.States.ForwardBatch`;
const SUCCEED = { Type: "Succeed" };

/** The program's own, with another value at the path; undefined takes away what is there. */
function changed(path: string, value: unknown): string {
  const document = ours();
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  const place = steps.reduce((inner, step) => inner[step], document);
  place[last] = value;
  return JSON.stringify(document);
}

const REFUSED_BY_AWS: readonly [string, string, unknown, RegExp][] = [
  ["a first state that is not there", "StartAt", "Nowhere", /MISSING_TRANSITION_TARGET.*"Nowhere"/],
  ["a next state that is not there", "States.FindRuns.Next", "x", /MISSING_TRANSITION_TARGET.*"x"/],
  ["a state that nothing leads to", "States.Lost", { Type: "Fail" }, /"Lost" is not reachable/],
  ["a state that neither ends nor goes on", `${MAP}.End`, undefined, /exactly one of Next and End/],
  ["the same in a map", `${TASK}.End`, undefined, /exactly one of Next and End at .*ItemProcessor/],
  ["a misspelt field", `${MAP}.MaxConcurency`, 3, /MaxConcurency/],
  ["a path without a $", `${MAP}.ItemSelector`, { "key.$": "Key" }, /must be a valid JSONPath/],
  ["a percentage over 100", `${MAP}.ToleratedFailurePercentage`, 101, /ToleratedFailurePercentage/],
  ["an ARN that is no function's", `${TASK}.Parameters.FunctionName`, "f", /ARN of a function/],
  ["two comparisons in one test", "States.CheckFrom.Choices.0.And.0.IsString", true, /exactly one comparison/],
  [
    "a catch-all before other retriers",
    `${TASK}.Retry.0.ErrorEquals`,
    ["States.ALL"],
    /must be alone, and in the last/,
  ],
];

const NOT_PLAYED: readonly [string, string, unknown, RegExp][] = [
  ["another type of state", "States.RefuseTime", SUCCEED, /states of the type Succeed/],
  ["another service", `${TASK}.Resource`, "arn:aws:states:::sqs:sendMessage", /the task \S+sqs:sendMessage/],
  ["another field of a task", `${TASK}.HeartbeatSeconds`, 5, /the field HeartbeatSeconds of Task/],
  ["a catcher", `${MAP}.Catch`, [], /the field Catch of Map/],
  ["a count of tolerated failures", `${MAP}.ToleratedFailureCount`, 5, /ToleratedFailureCount/],
  ["JSONata", "QueryLanguage", "JSONata", /QueryLanguage/],
  ["a limit of the whole", "TimeoutSeconds", 60, /TimeoutSeconds of definitions/],
  ["express children", `${PROCESSOR}.ProcessorConfig.ExecutionType`, "EXPRESS", /the type EXPRESS/],
  ["an inline map", `${PROCESSOR}.ProcessorConfig.Mode`, "INLINE", /the mode INLINE/],
  ["an intrinsic function", `${MAP}.ItemSelector`, { "key.$": "States.UUID()" }, /the path States\.UUID/],
  ["another of AWS's errors", `${TASK}.Retry.1.ErrorEquals`, ["States.Http"], /the errors States\.Http/],
];

describe("a state machine's definition, as it is read", () => {
  it("is the program's own", () => {
    assert.equal(readDefinition(JSON.stringify(ours())).StartAt, "CheckPrefix");
  });

  for (const [what, path, value, message] of REFUSED_BY_AWS) {
    it(`is refused as AWS refuses it, with ${what}`, () => {
      assert.throws(() => readDefinition(changed(path, value)), { name: "InvalidDefinitionError", message });
    });
  }

  for (const [what, path, value, message] of NOT_PLAYED) {
    it(`says that the sandbox does not play ${what}`, () => {
      assert.throws(() => readDefinition(changed(path, value)), { name: "NotPlayedError", message });
    });
  }

  it("is refused when it is no JSON, or over a megabyte", () => {
    assert.throws(() => readDefinition("{"), { name: "InvalidDefinitionError", message: /not JSON/ });
    const long = changed("Comment", "x".repeat(1024 * 1024));
    assert.throws(() => readDefinition(long), { name: "InvalidDefinitionError", message: /over 1048576 bytes/ });
  });
});
