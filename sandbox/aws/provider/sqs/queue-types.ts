import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import type * as aws from "@pulumi/aws";
import { attributeTexts } from "../attributes";
import { ifFound, required } from "../found";
import { requireKey } from "../kms/keys";
import type { Plain, ResourceType, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { staleTags } from "../tags";
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
    const stale = staleTags(before.tags, inputs.tags);
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

/** A resource that is one attribute of a queue; its id is the queue's URL, and without it the attribute is as in a new queue. */
function queuePart<Args extends { queueUrl: unknown }>(
  property: keyof Args & string,
  attribute: string,
  removed: string,
): ResourceType {
  const set = ({ aws: { sqs } }: World, QueueUrl: string, value: unknown) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { [attribute]: text } }));
  };
  return resourceType<Args>({
    kind: "emulator",
    replaceOn: ["queueUrl"],
    json: [property],
    create: async (inputs, world) => {
      const id = String((inputs as { queueUrl: unknown }).queueUrl);
      await set(world, id, (inputs as Plain<Args>)[property]);
      return { id, outputs: {} };
    },
    update: async (id, inputs, _before, world) => {
      await set(world, id, inputs[property]);
      return {};
    },
    delete: async (id, _state, world) => {
      await ifFound(set(world, id, removed));
    },
  });
}

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
  return attributeTexts({
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
  });
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

/** Queues and their policies. */
export const QUEUE_TYPES: ResourceTypes = {
  "aws:sqs/queue:Queue": queue,
  "aws:sqs/queuePolicy:QueuePolicy": queuePart<aws.sqs.QueuePolicyArgs>("policy", "Policy", ""),
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": queuePart<aws.sqs.RedriveAllowPolicyArgs>(
    "redriveAllowPolicy",
    "RedriveAllowPolicy",
    '{"redrivePermission":"allowAll"}',
  ),
};
