import {
  AssociateKmsKeyCommand,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type * as aws from "@pulumi/aws";
import { listSubscriptions, removeRecord, subscriptionFile } from "../../registry";
import { ifFound } from "../found";
import { refusalByKey } from "../kms/keys";
import type { ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { staleTags } from "../tags";
import type { World } from "../world";
import { arnOf } from "../world";

// source: CloudWatch Logs API, PutRetentionPolicy; 0 = for ever
const RETENTION_DAYS = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const logGroup = resourceType<aws.cloudwatch.LogGroupArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 512 },
  replaceOn: ["name", "namePrefix", "logGroupClass"],
  create: async (inputs, world, { name }) => {
    const logGroupName = inputs.name ?? name;
    if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(logGroupName)) {
      throw new RefusedError(
        "InvalidParameterException",
        `log group name "${logGroupName}" is not valid; 1 to 512 of a-z, A-Z, 0-9 and .-_/#`,
      );
    }
    requireRetention(inputs.retentionInDays);
    if (inputs.kmsKeyId !== undefined) await requireKeyForLogs(world, inputs.kmsKeyId, logGroupName);
    await world.aws.logs.send(
      new CreateLogGroupCommand({ logGroupName, kmsKeyId: inputs.kmsKeyId, tags: { ...inputs.tags } }),
    );
    await setRetention(world, logGroupName, inputs.retentionInDays);
    const arn = arnOf(world, "logs", `log-group:${logGroupName}`);
    return { id: logGroupName, outputs: { arn, retentionInDays: inputs.retentionInDays ?? 0 } };
  },
  update: async (id, inputs, before, world) => {
    requireRetention(inputs.retentionInDays);
    const { logs } = world.aws;
    if (inputs.kmsKeyId !== undefined && inputs.kmsKeyId !== before.kmsKeyId) {
      await requireKeyForLogs(world, inputs.kmsKeyId, id);
      await logs.send(new AssociateKmsKeyCommand({ logGroupName: id, kmsKeyId: inputs.kmsKeyId }));
    }
    await setRetention(world, id, inputs.retentionInDays);
    const resourceArn = arnOf(world, "logs", `log-group:${id}`);
    const tagKeys = staleTags(before.tags, inputs.tags);
    if (tagKeys.length > 0) await logs.send(new UntagResourceCommand({ resourceArn, tagKeys }));
    if (inputs.tags !== undefined) await logs.send(new TagResourceCommand({ resourceArn, tags: { ...inputs.tags } }));
    return { retentionInDays: inputs.retentionInDays ?? 0 };
  },
  delete: async (id, { skipDestroy = false, deletionProtectionEnabled = false }, world) => {
    if (skipDestroy) return;
    // the emulator doesn't know it
    if (deletionProtectionEnabled) {
      throw new RefusedError(
        "ValidationException",
        `log group ${id} has deletion protection; update it with deletionProtectionEnabled: false first`,
      );
    }
    const ofGroup = (await listSubscriptions(world.run)).filter(({ logGroup: subscribed }) => subscribed === id);
    await Promise.all(ofGroup.map(({ name }) => removeRecord(subscriptionFile(world.run, id, name))));
    await ifFound(world.aws.logs.send(new DeleteLogGroupCommand({ logGroupName: id })));
  },
});

function requireRetention(days = 0): void {
  if (RETENTION_DAYS.includes(days)) return;
  throw new RefusedError(
    "InvalidParameterException",
    `retention must be one of ${RETENTION_DAYS.join(", ")} days, got ${days}`,
  );
}

// source: CloudWatch Logs user guide, "Encrypt log data using AWS KMS": the key policy and its encryption context
async function requireKeyForLogs(world: World, key: string, name: string): Promise<void> {
  const arn = arnOf(world, "logs", `log-group:${name}`);
  const request = {
    principal: `logs.${world.region}.amazonaws.com`,
    context: { "kms:EncryptionContext:aws:logs:arn": arn, "aws:SourceAccount": world.account, "aws:SourceArn": arn },
  };
  const refusal = await refusalByKey(world, key, ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"], request);
  if (refusal === undefined) return;
  throw new RefusedError(
    "AccessDeniedException",
    `KMS key ${key} is not allowed to be used with ${arn}: its policy does not let ${request.principal} do ` +
      `${refusal.actions.join(", ")}: ${refusal.because}`,
  );
}

async function setRetention({ aws: { logs } }: World, logGroupName: string, retentionInDays = 0): Promise<void> {
  await (retentionInDays === 0
    ? ifFound(logs.send(new DeleteRetentionPolicyCommand({ logGroupName })))
    : logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays })));
}

/** Log groups. */
export const LOG_GROUP_TYPES: ResourceTypes = { "aws:cloudwatch/logGroup:LogGroup": logGroup };
