/** Whether a service may invoke a function: the policy that Lambda makes of the function's permissions. */
import { allows } from "./policy-evaluation";
import { type DeployedFunction, type DeployedPermission, listPermissions } from "./registry";
import type { ServiceCaller } from "./service-permissions";

/** True when a permission of the function, as it is deployed now, lets the service invoke it for what it acts for. */
export async function mayInvoke(
  run: string,
  { name, arn }: Pick<DeployedFunction, "name" | "arn">,
  caller: ServiceCaller,
): Promise<boolean> {
  const permissions = (await listPermissions(run)).filter(({ functionName }) => functionName === name);
  return allows([functionPolicy(permissions, arn)], { ...caller, action: "lambda:InvokeFunction", resource: arn });
}

function functionPolicy(permissions: readonly DeployedPermission[], Resource: string): string {
  const Statement = permissions.map(({ statementId: Sid, principal, action: Action, sourceArn, sourceAccount }) => ({
    Sid,
    Effect: "Allow",
    Principal: { Service: principal },
    Action,
    Resource,
    Condition: {
      ...(sourceArn !== undefined && { ArnLike: { "aws:SourceArn": sourceArn } }),
      ...(sourceAccount !== undefined && { StringEquals: { "aws:SourceAccount": sourceAccount } }),
    },
  }));
  return JSON.stringify({ Statement });
}
