import {
  CreateTopicCommand,
  DeleteTopicCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import type * as aws from "@pulumi/aws";
import { attributeTexts } from "../attributes";
import { ifFound, required } from "../found";
import { requireKey } from "../kms/keys";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { staleTags, tagList } from "../tags";
import type { World } from "../world";

const PROTOCOLS = ["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"];

const topic = resourceType<aws.sns.TopicArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 256 },
  replaceOn: ["name", "namePrefix", "fifoTopic"],
  json: ["policy", "deliveryPolicy"],
  create: async (inputs, world, { name }) => {
    if (inputs.kmsMasterKeyId !== undefined) await requireKey(world, inputs.kmsMasterKeyId, "KMSNotFound");
    const { TopicArn } = await world.aws.sns.send(
      new CreateTopicCommand({
        Name: inputs.name ?? name,
        Attributes: inputs.fifoTopic === true ? { FifoTopic: "true" } : {},
        Tags: tagList(inputs.tags),
      }),
    );
    const id = required(TopicArn, "the topic's ARN");
    await setAttributes(world, id, attributesOf(inputs));
    return { id, outputs: { arn: id, owner: world.account } };
  },
  update: async (id, inputs, before, world) => {
    if (inputs.kmsMasterKeyId !== undefined) await requireKey(world, inputs.kmsMasterKeyId, "KMSNotFound");
    const wanted = attributesOf(inputs);
    const gone = Object.keys(attributesOf(before)).filter((key) => !(key in wanted));
    await setAttributes(world, id, { ...Object.fromEntries(gone.map((key) => [key, ""])), ...wanted });
    const stale = staleTags(before.tags, inputs.tags);
    const ResourceArn = id;
    if (stale.length > 0) await world.aws.sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: stale }));
    if (inputs.tags) await world.aws.sns.send(new TagResourceCommand({ ResourceArn, Tags: tagList(inputs.tags) }));
    return {};
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.sns.send(new DeleteTopicCommand({ TopicArn: id })));
  },
});

const topicPolicy = resourceType<aws.sns.TopicPolicyArgs>({
  kind: "emulator",
  replaceOn: ["arn"],
  json: ["policy"],
  create: async ({ arn, policy }, world) => {
    await setAttributes(world, arn, { Policy: typeof policy === "string" ? policy : JSON.stringify(policy) });
    return { id: arn, outputs: { owner: world.account } };
  },
  update: async (id, { policy }, _before, world) => {
    await setAttributes(world, id, { Policy: typeof policy === "string" ? policy : JSON.stringify(policy) });
    return {};
  },
  delete: async (id, _state, world) => {
    await ifFound(setAttributes(world, id, { Policy: ownerOnly(id, world.account) }));
  },
});

const topicSubscription = resourceType<aws.sns.TopicSubscriptionArgs>({
  kind: "emulator",
  replaceOn: ["topic", "protocol", "endpoint"],
  json: ["filterPolicy", "deliveryPolicy", "redrivePolicy"],
  create: async (inputs, world) => {
    if (!PROTOCOLS.includes(inputs.protocol)) {
      throw new RefusedError(
        "InvalidParameter",
        `protocol must be one of ${PROTOCOLS.join(", ")}, got ${inputs.protocol}`,
      );
    }
    const made = await world.aws.sns.send(
      new SubscribeCommand({
        TopicArn: inputs.topic,
        Protocol: inputs.protocol,
        Endpoint: inputs.endpoint,
        Attributes: subscriptionAttributes(inputs),
        ReturnSubscriptionArn: true,
      }),
    );
    const id = required(made.SubscriptionArn, "the subscription's ARN");
    // a person has to confirm an e-mail subscription; the sandbox sends no mail
    const pendingConfirmation = inputs.protocol.startsWith("email");
    return {
      id,
      outputs: { arn: id, ownerId: world.account, pendingConfirmation, confirmationWasAuthenticated: false },
    };
  },
  update: async (id, inputs, _before, world) => {
    for (const [AttributeName, AttributeValue] of Object.entries(subscriptionAttributes(inputs))) {
      const request = { SubscriptionArn: id, AttributeName, AttributeValue };
      await world.aws.sns.send(new SetSubscriptionAttributesCommand(request));
    }
    return {};
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.sns.send(new UnsubscribeCommand({ SubscriptionArn: id })));
  },
});

async function setAttributes({ aws: { sns } }: World, TopicArn: string, attributes: Readonly<Record<string, string>>) {
  for (const [AttributeName, AttributeValue] of Object.entries(attributes)) {
    await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }));
  }
}

function attributesOf(inputs: Plain<aws.sns.TopicArgs>): Record<string, string> {
  return attributeTexts({
    DeliveryPolicy: inputs.deliveryPolicy,
    DisplayName: inputs.displayName,
    KmsMasterKeyId: inputs.kmsMasterKeyId,
    Policy: inputs.policy,
    SignatureVersion: inputs.signatureVersion,
    TracingConfig: inputs.tracingConfig,
  });
}

function subscriptionAttributes(inputs: Plain<aws.sns.TopicSubscriptionArgs>): Record<string, string> {
  return attributeTexts({
    DeliveryPolicy: inputs.deliveryPolicy,
    FilterPolicy: inputs.filterPolicy,
    FilterPolicyScope: inputs.filterPolicyScope,
    RawMessageDelivery: inputs.rawMessageDelivery,
    RedrivePolicy: inputs.redrivePolicy,
  });
}

// what SNS gives a new topic: its owner may do everything with it
const ownerOnly = (arn: string, account: string): string =>
  JSON.stringify({
    Version: "2008-10-17",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:Publish", "SNS:Subscribe"],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": account } },
      },
    ],
  });

/** Topics, their policies and subscriptions. */
export const TOPIC_TYPES: ResourceTypes = {
  "aws:sns/topic:Topic": topic,
  "aws:sns/topicPolicy:TopicPolicy": topicPolicy,
  "aws:sns/topicSubscription:TopicSubscription": topicSubscription,
};
