import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/**
 * Attaches a managed policy to each principal, `group/<name>`, `role/<name>` or `user/<name>`; children are named
 * `${name}-<kind>-<its name>`. Attachments of others, to the policy or to the principal, stay.
 */
export function attachPolicy(
  name: string,
  policyArn: pulumi.Input<string>,
  principals: readonly string[],
  opts: pulumi.CustomResourceOptions,
): void {
  for (const principal of principals) {
    const slash = principal.indexOf("/");
    const [kind, who] = [principal.slice(0, slash), principal.slice(slash + 1)];
    const child = `${name}-${kind}-${who}`;
    if (kind === "group") new aws.iam.GroupPolicyAttachment(child, { group: who, policyArn }, opts);
    else if (kind === "role") new aws.iam.RolePolicyAttachment(child, { role: who, policyArn }, opts);
    else if (kind === "user") new aws.iam.UserPolicyAttachment(child, { user: who, policyArn }, opts);
    else throw new Error(`a policy can be attached to group/..., role/... or user/..., got ${principal}`);
  }
}
