import assert from "node:assert/strict";
import { join } from "node:path";
import { EngineError } from "../../sandbox/engine/errors";
import type { OperationEvent } from "../../sandbox/engine/steps";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { suiteSandbox } from "../support/suite-sandbox";

const POLICIES = join(__dirname, "../../policies");
const WEAK = join(__dirname, "../policies/programs/weak.ts");

describe("The policy pack, asked by the real engine", function () {
  this.timeout(120_000);
  let sandbox: Sandbox;

  suiteSandbox("policies", {}, (opened) => {
    sandbox = opened;
  });

  const preview = async (program?: string) => {
    const events: OperationEvent[] = [];
    const ended = sandbox.operate("preview", {
      policyPacks: [POLICIES],
      onEvent: (event) => events.push(event),
      ...(program !== undefined && { program }),
    });
    const failure = await ended.then(
      () => undefined,
      (error: unknown) => error,
    );
    return { failure, violations: events.flatMap((event) => (event.kind === "violation" ? event : [])) };
  };

  it("lets a preview of the stack pass, with each protection that it gives up and the reason", async () => {
    const { failure, violations } = await preview();

    assert.equal(failure, undefined);
    assert.deepEqual(violations.map(({ policy, isMandatory }) => [policy, isMandatory]).sort(), [
      ["database-deletion-protected", false],
      ["database-final-snapshot", false],
      ["load-balancer-deletion-protected", false],
      ["load-balancer-internal", false],
    ]);
    const givenUp = violations.filter(({ policy }) => policy !== "load-balancer-internal");
    for (const { text } of givenUp) assert.match(text, /Given up: .*sandbox/);
  });

  it("refuses the preview of somebody else's weak stack, each weakness by its policy", async () => {
    const { failure, violations } = await preview(WEAK);

    assert.ok(failure instanceof EngineError, String(failure));
    const refused = violations.filter(({ isMandatory }) => isMandatory).map(({ policy }) => policy);
    for (const policy of [
      ...["database-storage-encrypted", "database-not-public", "database-in-a-vpc", "database-multi-az"],
      ...["database-master-name-not-guessed", "ingress-not-from-everywhere", "security-group-described"],
    ]) {
      assert.ok(refused.includes(policy), `${policy} is not among ${refused.join(", ")}`);
    }
    assert.match(
      failure.message,
      /database-not-public: [^\n]*\[CKV_AWS_17.*\n.*publiclyAccessible is true\. Set publiclyAccessible to false/,
    );
  });
});
