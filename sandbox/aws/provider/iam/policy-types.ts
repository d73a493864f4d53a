import {
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachGroupPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  type IAMClient,
  ListPolicyVersionsCommand,
  TagPolicyCommand,
  UntagPolicyCommand,
} from "@aws-sdk/client-iam";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import { type ResourceTypes, resourceType } from "../resource-type";
import { staleTags, tagList } from "../tags";
import type { Properties } from "../wire";
import type { World } from "../world";

const text = (policy: unknown): string => (typeof policy === "string" ? policy : JSON.stringify(policy));

const policy = resourceType<aws.iam.PolicyArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 128 },
  replaceOn: ["name", "namePrefix", "path", "description"],
  json: ["policy"],
  create: async (inputs, { aws: { iam } }, { name }) => {
    const { Policy: made } = await iam.send(
      new CreatePolicyCommand({
        PolicyName: inputs.name ?? name,
        PolicyDocument: text(inputs.policy),
        Description: inputs.description,
        Path: inputs.path,
        Tags: tagList(inputs.tags),
      }),
    );
    const arn = required(made?.Arn, "the policy's ARN");
    return { id: arn, outputs: { arn, policyId: made?.PolicyId, path: made?.Path } };
  },
  update: async (PolicyArn, inputs, before, world) => {
    const { iam } = world.aws;
    if (text(inputs.policy) !== text(before.policy)) {
      await iam.send(
        new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: text(inputs.policy), SetAsDefault: true }),
      );
      await deleteOldVersions(world, PolicyArn);
    }
    const stale = staleTags(before.tags, inputs.tags);
    if (stale.length > 0) await iam.send(new UntagPolicyCommand({ PolicyArn, TagKeys: stale }));
    if (inputs.tags !== undefined) await iam.send(new TagPolicyCommand({ PolicyArn, Tags: tagList(inputs.tags) }));
    return {};
  },
  // what is still attached is AWS's reason to refuse: DeleteConflict
  delete: async (PolicyArn, _state, world) => {
    await deleteOldVersions(world, PolicyArn);
    await ifFound(world.aws.iam.send(new DeletePolicyCommand({ PolicyArn })));
  },
});

// AWS keeps five at most
async function deleteOldVersions({ aws: { iam } }: World, PolicyArn: string): Promise<void> {
  const found = await ifFound(iam.send(new ListPolicyVersionsCommand({ PolicyArn })));
  for (const { VersionId, IsDefaultVersion: isDefault } of found?.Versions ?? []) {
    if (isDefault !== true) await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
  }
}

/** What an attachment of one kind sends; `who` is the name of the group, role or user. */
interface Attaching {
  readonly attach: (iam: IAMClient, who: string, policyArn: string) => Promise<unknown>;
  readonly detach: (iam: IAMClient, who: string, policyArn: string) => Promise<unknown>;
}

function attachmentTo(property: "group" | "role" | "user", { attach, detach }: Attaching) {
  const ends = (inputs: Properties) => [String(inputs[property]), String(inputs["policyArn"])] as const;
  return resourceType<Properties>({
    kind: "emulator",
    create: async (inputs, { aws: { iam } }) => {
      const [who, policyArn] = ends(inputs);
      await attach(iam, who, policyArn);
      return { id: `${who}/${policyArn}`, outputs: {} };
    },
    delete: async (_id, state, { aws: { iam } }) => {
      await ifFound(detach(iam, ...ends(state)));
    },
  });
}

const attachToGroup = attachmentTo("group", {
  attach: (iam, GroupName, PolicyArn) => iam.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn })),
  detach: (iam, GroupName, PolicyArn) => iam.send(new DetachGroupPolicyCommand({ GroupName, PolicyArn })),
});

const attachToRole = attachmentTo("role", {
  attach: (iam, RoleName, PolicyArn) => iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn })),
  detach: (iam, RoleName, PolicyArn) => iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })),
});

const attachToUser = attachmentTo("user", {
  attach: (iam, UserName, PolicyArn) => iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn })),
  detach: (iam, UserName, PolicyArn) => iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn })),
});

/** Managed policies of IAM, and whom they are attached to. */
export const POLICY_TYPES: ResourceTypes = {
  "aws:iam/policy:Policy": policy,
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": attachToGroup,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": attachToRole,
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": attachToUser,
};
