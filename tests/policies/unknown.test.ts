import assert from "node:assert/strict";
import { RULES } from "../../policies/rules";
import { asFarAsKnown, UNKNOWN, withUnknowns } from "../../policies/unknown";
import { recordStack } from "../support/program";

const DEPTHS = { a: 1, b: ["x", { c: null }], d: undefined };

describe("the policy pack in a preview", () => {
  it("has nothing to say of a sound resource of which an input is not known yet, whichever it is", async () => {
    const { resources } = await recordStack("with a PCE");
    const ofResources = RULES.flatMap((rule) => ("types" in rule ? rule : []));

    for (const { type, inputs } of resources) {
      for (const rule of ofResources.filter(({ types }) => types.includes(type))) {
        for (const key of Object.keys(inputs)) {
          const wrong = asFarAsKnown(() => rule.judge({ ...inputs, [key]: UNKNOWN }), undefined);
          assert.equal(wrong, undefined, `${rule.name} without ${key}`);
        }
      }
    }
  });

  it("reads what the engine knows to its depths", () => {
    assert.deepEqual(withUnknowns(DEPTHS), DEPTHS);
  });
});
