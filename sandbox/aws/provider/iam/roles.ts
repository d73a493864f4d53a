import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import { judge, refusalOf } from "../../policy-evaluation";
import { ifFound } from "../found";
import { RefusedError } from "../resource-type";
import type { World } from "../world";

/** The name in `arn:aws:iam::<account>:role/<path>/<name>`. */
export const roleNameOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

/** Who assumes a role: a service, on behalf of the resource that is given the role. */
export interface RoleUse {
  readonly service: string;
  /** ARN of the resource: what `aws:SourceArn` says. */
  readonly onBehalfOf: string;
}

/** Refuses a role that does not exist or that the service may not assume, as AWS does when a service is given a role. */
export async function requireTrust(
  world: World,
  roleArn: string,
  { service, onBehalfOf }: RoleUse,
  code: string,
): Promise<void> {
  const found = await ifFound(world.aws.iam.send(new GetRoleCommand({ RoleName: roleNameOf(roleArn) })));
  const trust = found?.Role?.AssumeRolePolicyDocument;
  if (found?.Role?.Arn !== roleArn || trust === undefined) {
    throw new RefusedError(code, `role ${roleArn} does not exist; make it first`);
  }
  const context = { "aws:SourceAccount": world.account, "aws:SourceArn": onBehalfOf };
  const request = { principal: service, action: "sts:AssumeRole", resource: roleArn, context };
  const verdict = judge([decodeURIComponent(trust)], request);
  if (!verdict.allowed) {
    throw new RefusedError(
      code,
      `role ${roleArn} cannot be assumed by ${service} on behalf of ${onBehalfOf}: ${verdict.because}; ` +
        "allow sts:AssumeRole to it in the role's trust policy",
    );
  }
}

/** The role's own and attached policy documents. */
export async function rolePolicies(
  { aws: { iam } }: { readonly aws: Pick<World["aws"], "iam"> },
  roleArn: string,
): Promise<readonly string[]> {
  const RoleName = roleNameOf(roleArn);
  const documents: string[] = [];
  const { PolicyNames: names = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of names) {
    const { PolicyDocument: text } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    if (text !== undefined) documents.push(decodeURIComponent(text));
  }
  const { AttachedPolicies: attached = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  for (const { PolicyArn } of attached) {
    const { Policy: policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const version = { PolicyArn, VersionId: policy?.DefaultVersionId };
    const { PolicyVersion: found } = await iam.send(new GetPolicyVersionCommand(version));
    if (found?.Document !== undefined) documents.push(decodeURIComponent(found.Document));
  }
  return documents;
}

/** Refuses a role whose policies do not allow each of the actions on the resource. */
export async function requirePermissions(
  world: World,
  roleArn: string,
  actions: readonly string[],
  resource: string,
  code: string,
): Promise<void> {
  const documents = await rolePolicies(world, roleArn);
  const refusal = refusalOf(
    documents,
    actions.map((action) => ({ action, resource })),
  );
  if (refusal !== undefined) {
    throw new RefusedError(
      code,
      `role ${roleArn} does not have permission for ${refusal.actions.join(", ")} on ${resource}: ${refusal.because}; ` +
        "allow it in the role's policy, before this resource",
    );
  }
}
