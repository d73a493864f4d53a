import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import { requireKey } from "../kms/keys";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { World } from "../world";

type QueueInputs = Plain<aws.sqs.QueueArgs>;

const queue = resourceType<aws.sqs.QueueArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 80 },
  replaceOn: ["name", "namePrefix", "fifoQueue"],
  json: ["policy", "redrivePolicy", "redriveAllowPolicy"],
  create: async (inputs, world, { name }) => {
    const QueueName = inputs.name ?? name;
    await requireValidQueue(world, QueueName, inputs);
    const fifo = inputs.fifoQueue === true ? { FifoQueue: "true" } : {};
    const { QueueUrl } = await world.aws.sqs.send(
      new CreateQueueCommand({ QueueName, Attributes: { ...attributesOf(inputs), ...fifo }, tags: { ...inputs.tags } }),
    );
    const url = required(QueueUrl, "the queue's URL");
    const { Attributes: found } = await world.aws.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }),
    );
    return { id: url, outputs: { url, arn: found?.QueueArn, ...defaults(inputs) } };
  },
  update: async (id, inputs, before, world) => {
    await requireValidQueue(world, inputs.name ?? "", inputs);
    const wanted = attributesOf(inputs);
    // an attribute that was taken away goes back to what SQS gives a new queue
    const gone = Object.keys(attributesOf(before)).filter((key) => !(key in wanted));
    const reset = Object.fromEntries(gone.map((key) => [key, NEW_QUEUE[key] ?? ""]));
    await world.aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl: id, Attributes: { ...reset, ...wanted } }));
    const stale = Object.keys(before.tags ?? {}).filter((key) => !(key in (inputs.tags ?? {})));
    if (stale.length > 0) await world.aws.sqs.send(new UntagQueueCommand({ QueueUrl: id, TagKeys: stale }));
    if (inputs.tags !== undefined) {
      await world.aws.sqs.send(new TagQueueCommand({ QueueUrl: id, Tags: { ...inputs.tags } }));
    }
    return defaults(inputs);
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.sqs.send(new DeleteQueueCommand({ QueueUrl: id })));
  },
});

const queuePolicy = resourceType<aws.sqs.QueuePolicyArgs>({
  kind: "emulator",
  replaceOn: ["queueUrl"],
  json: ["policy"],
  create: async (inputs, world) => {
    await setPolicy(world, inputs.queueUrl, inputs.policy);
    return { id: inputs.queueUrl, outputs: {} };
  },
  update: async (id, inputs, _before, world) => {
    await setPolicy(world, id, inputs.policy);
    return {};
  },
  delete: async (id, _state, world) => {
    await ifFound(setPolicy(world, id, ""));
  },
});

const redriveAllowPolicy = resourceType<aws.sqs.RedriveAllowPolicyArgs>({
  kind: "emulator",
  replaceOn: ["queueUrl"],
  json: ["redriveAllowPolicy"],
  create: async (inputs, world) => {
    await setRedriveAllow(world, inputs.queueUrl, inputs.redriveAllowPolicy);
    return { id: inputs.queueUrl, outputs: {} };
  },
  update: async (id, inputs, _before, world) => {
    await setRedriveAllow(world, id, inputs.redriveAllowPolicy);
    return {};
  },
  delete: async (id, _state, world) => {
    await ifFound(setRedriveAllow(world, id, '{"redrivePermission":"allowAll"}'));
  },
});

const NEW_QUEUE: Readonly<Record<string, string>> = {
  DelaySeconds: "0",
  KmsDataKeyReusePeriodSeconds: "300",
  MaximumMessageSize: "262144",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  VisibilityTimeout: "30",
};

const defaults = (inputs: QueueInputs) => ({
  delaySeconds: inputs.delaySeconds ?? 0,
  maxMessageSize: inputs.maxMessageSize ?? 262_144,
  messageRetentionSeconds: inputs.messageRetentionSeconds ?? 345_600,
  receiveWaitTimeSeconds: inputs.receiveWaitTimeSeconds ?? 0,
  visibilityTimeoutSeconds: inputs.visibilityTimeoutSeconds ?? 30,
});

function attributesOf(inputs: QueueInputs): Record<string, string> {
  const given = {
    DelaySeconds: inputs.delaySeconds,
    KmsDataKeyReusePeriodSeconds: inputs.kmsDataKeyReusePeriodSeconds,
    KmsMasterKeyId: inputs.kmsMasterKeyId,
    MaximumMessageSize: inputs.maxMessageSize,
    MessageRetentionPeriod: inputs.messageRetentionSeconds,
    Policy: inputs.policy,
    ReceiveMessageWaitTimeSeconds: inputs.receiveWaitTimeSeconds,
    RedriveAllowPolicy: inputs.redriveAllowPolicy,
    RedrivePolicy: inputs.redrivePolicy,
    SqsManagedSseEnabled: inputs.sqsManagedSseEnabled,
    VisibilityTimeout: inputs.visibilityTimeoutSeconds,
  };
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([key, value]) => [key, String(value)]));
}

async function requireValidQueue(world: World, name: string, inputs: QueueInputs): Promise<void> {
  if (!/^[a-zA-Z0-9_-]{1,80}$/.test(name.replace(/\.fifo$/, ""))) {
    throw new RefusedError(
      "InvalidParameterValue",
      `queue name "${name}" is not valid; 1 to 80 of a-z, A-Z, 0-9, _ and -`,
    );
  }
  if (inputs.kmsMasterKeyId === undefined) return;
  await requireKey(world, inputs.kmsMasterKeyId, "KMS.NotFoundException");
  if (inputs.sqsManagedSseEnabled === true) {
    throw new RefusedError("InvalidAttributeValue", "a queue has either a KMS key or SQS-managed encryption, got both");
  }
}

async function setPolicy({ aws: { sqs } }: World, QueueUrl: string, policy: unknown): Promise<void> {
  const Policy = typeof policy === "string" ? policy : JSON.stringify(policy);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
}

async function setRedriveAllow({ aws: { sqs } }: World, QueueUrl: string, RedriveAllowPolicy: string): Promise<void> {
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedriveAllowPolicy } }));
}

/** Queues and their policies. */
export const QUEUE_TYPES: ResourceTypes = {
  "aws:sqs/queue:Queue": queue,
  "aws:sqs/queuePolicy:QueuePolicy": queuePolicy,
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": redriveAllowPolicy,
};
