import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { resourceType } from "../resource-type";
import { staleTags, tagList } from "../tags";
import type { World } from "../world";

const text = (policy: unknown): string => (typeof policy === "string" ? policy : JSON.stringify(policy));

const role = resourceType<aws.iam.RoleArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 64 },
  replaceOn: ["name", "namePrefix", "path"],
  json: ["assumeRolePolicy"],
  create: async (inputs, world, { name }) => {
    const { Role: made } = await world.aws.iam.send(
      new CreateRoleCommand({
        RoleName: inputs.name ?? name,
        AssumeRolePolicyDocument: text(inputs.assumeRolePolicy),
        Path: inputs.path,
        Description: inputs.description,
        MaxSessionDuration: inputs.maxSessionDuration,
        PermissionsBoundary: inputs.permissionsBoundary,
        Tags: tagList(inputs.tags),
      }),
    );
    const id = required(made?.RoleName, "the role's name");
    await putOwnPolicies(world, id, inputs);
    return {
      id,
      outputs: {
        arn: made?.Arn,
        uniqueId: made?.RoleId,
        createDate: made?.CreateDate?.toISOString(),
        path: made?.Path,
        maxSessionDuration: inputs.maxSessionDuration ?? 3600,
      },
    };
  },
  update: async (id, inputs, before, world) => {
    const { iam } = world.aws;
    const PolicyDocument = text(inputs.assumeRolePolicy);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: id, PolicyDocument }));
    const { description: Description, maxSessionDuration: MaxSessionDuration } = inputs;
    await iam.send(new UpdateRoleCommand({ RoleName: id, Description, MaxSessionDuration }));
    await removeOwnPolicies(world, id, before);
    await putOwnPolicies(world, id, inputs);
    const stale = staleTags(before.tags, inputs.tags);
    if (stale.length > 0) await iam.send(new UntagRoleCommand({ RoleName: id, TagKeys: stale }));
    if (inputs.tags !== undefined) await iam.send(new TagRoleCommand({ RoleName: id, Tags: tagList(inputs.tags) }));
    return {};
  },
  delete: async (id, state, world) => {
    await removeOwnPolicies(world, id, state);
    // a policy that others attached is AWS's reason to refuse: DeleteConflict
    await ifFound(world.aws.iam.send(new DeleteRoleCommand({ RoleName: id })));
  },
});

const rolePolicy = resourceType<aws.iam.RolePolicyArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 128 },
  replaceOn: ["name", "namePrefix", "role"],
  json: ["policy"],
  create: async (inputs, world, { name }) => {
    const PolicyName = inputs.name ?? name;
    await world.aws.iam.send(
      new PutRolePolicyCommand({ RoleName: inputs.role, PolicyName, PolicyDocument: text(inputs.policy) }),
    );
    return { id: `${inputs.role}:${PolicyName}`, outputs: {} };
  },
  update: async (_id, inputs, _before, world) => {
    await world.aws.iam.send(
      new PutRolePolicyCommand({ RoleName: inputs.role, PolicyName: inputs.name, PolicyDocument: text(inputs.policy) }),
    );
    return {};
  },
  delete: async (_id, { role: RoleName, name: PolicyName }, world) => {
    await ifFound(world.aws.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })));
  },
});

async function putOwnPolicies({ aws: { iam } }: World, RoleName: string, inputs: Plain<aws.iam.RoleArgs>) {
  for (const { name: PolicyName, policy } of inputs.inlinePolicies ?? []) {
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: text(policy) }));
  }
  for (const PolicyArn of inputs.managedPolicyArns ?? []) {
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  }
}

async function removeOwnPolicies({ aws: { iam } }: World, RoleName: string, inputs: Plain<aws.iam.RoleArgs>) {
  for (const { name: PolicyName } of inputs.inlinePolicies ?? []) {
    await ifFound(iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })));
  }
  for (const PolicyArn of inputs.managedPolicyArns ?? []) {
    await ifFound(iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })));
  }
}

/** IAM roles and their policies. */
export const ROLE_TYPES: ResourceTypes = {
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
};
