import type * as aws from "@pulumi/aws";
import type { Plain } from "../resource-type";
import type { Properties } from "../wire";

type Asked = Plain<aws.iam.GetPolicyDocumentArgs>;
type AskedStatement = NonNullable<Asked["statements"]>[number];

/** `aws.iam.getPolicyDocument`: statements as data to the policy's JSON, written as the AWS provider writes it. */
export async function getPolicyDocument(args: Properties): Promise<Properties> {
  const asked = args as Asked;
  if (asked.sourcePolicyDocuments !== undefined || asked.overridePolicyDocuments !== undefined) {
    throw new Error("the sandbox does not merge policy documents; give all statements in one call");
  }
  const document = {
    Version: asked.version ?? "2012-10-17",
    ...(asked.policyId === undefined ? {} : { Id: asked.policyId }),
    Statement: (asked.statements ?? []).map(statementOf),
  };
  const minifiedJson = JSON.stringify(document);
  return { ...args, id: minifiedJson.length.toString(), json: JSON.stringify(document, undefined, 2), minifiedJson };
}

function statementOf(asked: AskedStatement) {
  return {
    ...(asked.sid === undefined ? {} : { Sid: asked.sid }),
    Effect: asked.effect ?? "Allow",
    ...some("Principal", principalsOf(asked.principals)),
    ...some("NotPrincipal", principalsOf(asked.notPrincipals)),
    ...some("Action", oneOrMore(asked.actions)),
    ...some("NotAction", oneOrMore(asked.notActions)),
    ...some("Resource", oneOrMore(asked.resources)),
    ...some("NotResource", oneOrMore(asked.notResources)),
    ...some("Condition", conditionsOf(asked.conditions)),
  };
}

const some = (key: string, value: unknown) => (value === undefined ? {} : { [key]: value });

// AWS writes a list of one as its only member
function oneOrMore(values: readonly string[] | undefined): string | readonly string[] | undefined {
  if (values === undefined || values.length === 0) return undefined;
  return values.length === 1 ? values[0] : values;
}

function principalsOf(principals: AskedStatement["principals"]) {
  if (principals === undefined || principals.length === 0) return undefined;
  const all = principals.find((each) => each.type === "*");
  if (all !== undefined) return "*";
  const types = [...new Set(principals.map((each) => each.type))];
  return Object.fromEntries(
    types.map((type) => [
      type,
      oneOrMore(principals.filter((each) => each.type === type).flatMap((each) => each.identifiers)),
    ]),
  );
}

function conditionsOf(conditions: AskedStatement["conditions"]) {
  if (conditions === undefined || conditions.length === 0) return undefined;
  const tests: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of conditions) {
    tests[test] = { ...tests[test], [variable]: oneOrMore(values) };
  }
  return tests;
}
