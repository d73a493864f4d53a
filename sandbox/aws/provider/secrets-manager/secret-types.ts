import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import { requireKey } from "../kms/keys";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { staleTags, tagList } from "../tags";
import type { World } from "../world";

const secret = resourceType<aws.secretsmanager.SecretArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 512 },
  replaceOn: ["name", "namePrefix"],
  json: ["policy"],
  create: async (inputs, world, self) => {
    const Name = inputs.name ?? self.name;
    if (!/^[a-zA-Z0-9/_+=.@!-]{1,512}$/.test(Name)) {
      throw new RefusedError(
        "ValidationException",
        `secret name "${Name}" is not valid; 1 to 512 of a-z, A-Z, 0-9 and /_+=.@!-`,
      );
    }
    requireRecoveryWindow(inputs.recoveryWindowInDays);
    const { kmsKeyId: KmsKeyId } = inputs;
    if (KmsKeyId !== undefined) await requireKey(world, KmsKeyId, "InvalidParameterException");
    const { description: Description, tags } = inputs;
    const { ARN } = await world.aws.secrets.send(
      new CreateSecretCommand({ Name, Description, KmsKeyId, Tags: tagList(tags) }),
    );
    const id = required(ARN, "the secret's ARN");
    if (inputs.policy !== undefined) await putPolicy(world, id, inputs.policy);
    return { id, outputs: { arn: id, recoveryWindowInDays: inputs.recoveryWindowInDays ?? 30, replicas: [] } };
  },
  update: async (id, inputs, before, world) => {
    const { secrets } = world.aws;
    const { description: Description, kmsKeyId: KmsKeyId, tags, policy } = inputs;
    requireRecoveryWindow(inputs.recoveryWindowInDays);
    if (KmsKeyId !== undefined) await requireKey(world, KmsKeyId, "InvalidParameterException");
    await secrets.send(new UpdateSecretCommand({ SecretId: id, Description, KmsKeyId }));
    if (policy !== undefined) await putPolicy(world, id, policy);
    const TagKeys = staleTags(before.tags, tags);
    if (TagKeys.length > 0) await secrets.send(new UntagResourceCommand({ SecretId: id, TagKeys }));
    if (tags !== undefined) await secrets.send(new TagResourceCommand({ SecretId: id, Tags: tagList(tags) }));
    return { recoveryWindowInDays: inputs.recoveryWindowInDays ?? 30 };
  },
  delete: async (id, { recoveryWindowInDays: days = 30 }, world) => {
    const how = days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days };
    await ifFound(world.aws.secrets.send(new DeleteSecretCommand({ SecretId: id, ...how })));
  },
});

const secretVersion = resourceType<aws.secretsmanager.SecretVersionArgs>({
  kind: "emulator",
  replaceOn: ["secretId", "secretString", "secretBinary", "secretStringWoVersion"],
  secretOutputs: ["secretString", "secretBinary"],
  create: async (inputs, world) => {
    const { secretId: SecretId, secretString, secretStringWo, secretBinary } = inputs;
    const made = await world.aws.secrets.send(
      new PutSecretValueCommand({
        SecretId,
        SecretString: secretString ?? secretStringWo,
        SecretBinary: secretBinary === undefined ? undefined : Buffer.from(secretBinary, "base64"),
        VersionStages: inputs.versionStages === undefined ? undefined : [...inputs.versionStages],
      }),
    );
    const versionId = required(made.VersionId, "the version's id");
    return {
      id: `${SecretId}|${versionId}`,
      outputs: {
        arn: made.ARN,
        secretArn: made.ARN,
        versionId,
        versionStages: inputs.versionStages ?? ["AWSCURRENT"],
        hasSecretStringWo: secretStringWo !== undefined,
        // write-only: never in the state
        secretStringWo: undefined,
      },
    };
  },
  update: async () => ({ secretStringWo: undefined }),
  // the newest version of a secret cannot be removed: it goes with the secret
  delete: async () => undefined,
});

const secretPolicy = resourceType<aws.secretsmanager.SecretPolicyArgs>({
  kind: "emulator",
  replaceOn: ["secretArn"],
  json: ["policy"],
  create: async ({ secretArn, policy, blockPublicPolicy }, world) => {
    await putPolicy(world, secretArn, policy, blockPublicPolicy);
    return { id: secretArn, outputs: {} };
  },
  update: async (id, { policy, blockPublicPolicy }, _before, world) => {
    await putPolicy(world, id, policy, blockPublicPolicy);
    return {};
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.secrets.send(new DeleteResourcePolicyCommand({ SecretId: id })));
  },
});

function requireRecoveryWindow(days: Plain<aws.secretsmanager.SecretArgs>["recoveryWindowInDays"]): void {
  if (days === undefined || days === 0 || (days >= 7 && days <= 30)) return;
  throw new RefusedError("InvalidParameterException", `recovery window must be 0 or 7 to 30 days, got ${days}`);
}

async function putPolicy(
  { aws: { secrets } }: World,
  SecretId: string,
  ResourcePolicy: string,
  BlockPublicPolicy?: boolean,
) {
  await secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy, BlockPublicPolicy }));
}

/** Secrets, their versions and policies. */
export const SECRET_TYPES: ResourceTypes = {
  "aws:secretsmanager/secret:Secret": secret,
  "aws:secretsmanager/secretVersion:SecretVersion": secretVersion,
  "aws:secretsmanager/secretPolicy:SecretPolicy": secretPolicy,
};
