import assert from "node:assert/strict";
import { type EvaluationResult, runSimulation } from "@cloud-copilot/iam-simulate";
import { ACCOUNT } from "./plausible-outputs";

/** Who asks for what, about which resource. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys, for example a tag of the resource. Those that IAM doesn't know for the action are refused. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * What IAM says to a role that has these policies and no others. A policy that IAM would not take, and a condition key or resource that the
 * action does not know, throw: such a test would promise nothing.
 */
export async function decision(
  policies: readonly string[],
  { action, resource, context = {} }: IamRequest,
): Promise<EvaluationResult> {
  const accountId = ACCOUNT.accountId;
  const found = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${accountId}:role/tester`,
        action,
        resource: { resource, accountId },
        contextVariables: { ...context },
      },
      identityPolicies: policies.map((policy, index) => ({ name: `policy-${index}`, policy: JSON.parse(policy) })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  assert.equal(found.resultType, "single", JSON.stringify(found));
  assert.ok(found.resultType === "single");
  const ignored = found.result.ignoredContextKeys ?? [];
  assert.deepEqual(ignored, [], `${action} knows no ${ignored.join(", ")}`);
  return found.overallResult;
}
