import { GetRoleCommand } from "@aws-sdk/client-iam";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import type * as aws from "@pulumi/aws";
import { judge, rolePrincipals } from "../../policy-evaluation";
import { ifFound, required } from "../found";
import { roleNameOf } from "../iam/roles";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { staleTags } from "../tags";
import type { World } from "../world";
import { aliasStands, requireKey } from "./keys";

const key = resourceType<aws.kms.KeyArgs>({
  kind: "emulator",
  replaceOn: ["keyUsage", "customerMasterKeySpec", "multiRegion", "customKeyStoreId", "xksKeyId"],
  json: ["policy"],
  create: async (inputs, world) => {
    if (inputs.policy !== undefined) await requireKeyPolicy(world, inputs.policy);
    const { KeyMetadata: made } = await world.aws.kms.send(
      new CreateKeyCommand({
        Description: inputs.description,
        Policy: inputs.policy,
        MultiRegion: inputs.multiRegion,
        BypassPolicyLockoutSafetyCheck: inputs.bypassPolicyLockoutSafetyCheck,
        Tags: kmsTags(inputs.tags),
      }),
    );
    const id = required(made?.KeyId, "the key's id");
    await setRotation(world, id, inputs);
    return {
      id,
      outputs: {
        arn: made?.Arn,
        keyId: id,
        isEnabled: true,
        keyUsage: made?.KeyUsage,
        customerMasterKeySpec: made?.KeySpec,
        multiRegion: inputs.multiRegion ?? false,
        rotationPeriodInDays: inputs.rotationPeriodInDays ?? (inputs.enableKeyRotation === true ? 365 : undefined),
      },
    };
  },
  update: async (id, inputs, before, world) => {
    const { kms } = world.aws;
    if (inputs.policy !== undefined) {
      await requireKeyPolicy(world, inputs.policy);
      await kms.send(new PutKeyPolicyCommand({ KeyId: id, PolicyName: "default", Policy: inputs.policy }));
    }
    await kms.send(new UpdateKeyDescriptionCommand({ KeyId: id, Description: inputs.description ?? "" }));
    await setRotation(world, id, inputs);
    const TagKeys = staleTags(before.tags, inputs.tags);
    if (TagKeys.length > 0) await kms.send(new UntagResourceCommand({ KeyId: id, TagKeys }));
    if (inputs.tags !== undefined) await kms.send(new TagResourceCommand({ KeyId: id, Tags: kmsTags(inputs.tags) }));
    return {};
  },
  delete: async (id, { deletionWindowInDays: PendingWindowInDays = 30 }, world) => {
    const found = await ifFound(world.aws.kms.send(new DescribeKeyCommand({ KeyId: id })));
    if (found === undefined || found.KeyMetadata?.KeyState === "PendingDeletion") return;
    await world.aws.kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays }));
  },
});

const alias = resourceType<aws.kms.AliasArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 256, prefix: "alias/" },
  replaceOn: ["name", "namePrefix"],
  create: async (inputs, world, { name }) => {
    const AliasName = inputs.name ?? `alias/${name}`;
    if (!/^alias\/(?!aws\/)[a-zA-Z0-9/_-]+$/.test(AliasName)) {
      throw new RefusedError(
        "InvalidAliasNameException",
        `"${AliasName}" is not valid; it is alias/ and then a-z, A-Z, 0-9, /, _ and -, not alias/aws/`,
      );
    }
    const targetKeyArn = await requireKey(world, inputs.targetKeyId, "NotFoundException");
    await world.aws.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: inputs.targetKeyId }));
    const arn = targetKeyArn.replace(/key\/.*$/, AliasName);
    return { id: AliasName, outputs: { arn, targetKeyArn } };
  },
  update: async (id, { targetKeyId }, _before, world) => {
    const targetKeyArn = await requireKey(world, targetKeyId, "NotFoundException");
    await world.aws.kms.send(new UpdateAliasCommand({ AliasName: id, TargetKeyId: targetKeyId }));
    return { targetKeyArn };
  },
  delete: async (id, _state, world) => {
    if (await aliasStands(world, id)) await world.aws.kms.send(new DeleteAliasCommand({ AliasName: id }));
  },
});

const kmsTags = (tags: Readonly<Record<string, string>> | undefined) =>
  Object.entries(tags ?? {}).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));

async function setRotation({ aws: { kms } }: World, KeyId: string, inputs: Plain<aws.kms.KeyArgs>): Promise<void> {
  const { enableKeyRotation = false, rotationPeriodInDays: RotationPeriodInDays } = inputs;
  await (enableKeyRotation
    ? kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays }))
    : kms.send(new DisableKeyRotationCommand({ KeyId })));
}

/** Refuses a key policy that locks its owner out, or that names a role which does not exist: KMS does, the emulator does not. */
async function requireKeyPolicy(world: World, policy: string): Promise<void> {
  const owner = `arn:aws:iam::${world.account}:root`;
  const verdict = judge([policy], { principal: owner, action: "kms:PutKeyPolicy", resource: "*" });
  if (!verdict.allowed) {
    throw new RefusedError(
      "MalformedPolicyDocumentException",
      `the new key policy will not allow you to update the key policy in the future: ${verdict.because}; allow ${owner} kms:*`,
    );
  }
  for (const arn of rolePrincipals(policy)) {
    const found = await ifFound(world.aws.iam.send(new GetRoleCommand({ RoleName: roleNameOf(arn) })));
    if (found?.Role?.Arn !== arn) {
      throw new RefusedError(
        "MalformedPolicyDocumentException",
        `policy contains a statement with one or more invalid principals: role ${arn} does not exist; make it first`,
      );
    }
  }
}

/** KMS keys and aliases. */
export const KEY_TYPES: ResourceTypes = {
  "aws:kms/key:Key": key,
  "aws:kms/alias:Alias": alias,
};
