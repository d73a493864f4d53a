import type { Event } from "@aws-sdk/client-s3";
import { PutBucketNotificationConfigurationCommand } from "@aws-sdk/client-s3";
import { GetTopicAttributesCommand } from "@aws-sdk/client-sns";
import type * as aws from "@pulumi/aws";
import { judge } from "../../policy-evaluation";
import { ifFound } from "../found";
import { refusalByKey } from "../kms/keys";
import type { ResourceTypes } from "../resource-type";
import { RefusedError } from "../resource-type";
import { queueAttributes } from "../sqs/queues";
import type { World } from "../world";
import { bucketPart } from "./bucket-part";

interface Destination {
  readonly id?: string | undefined;
  readonly events: readonly string[];
  readonly filterPrefix?: string | undefined;
  readonly filterSuffix?: string | undefined;
}

const notification = bucketPart<aws.s3.BucketNotificationArgs>({
  put: async ({ bucket: Bucket, queues = [], topics = [], lambdaFunctions = [], eventbridge }, world) => {
    if (lambdaFunctions.length > 0)
      throw new Error("the sandbox does not play S3 -> Lambda notifications; go by a queue");
    for (const { queueArn } of queues) await requireQueue(world, Bucket, queueArn);
    for (const { topicArn } of topics) await requireTopic(world, Bucket, topicArn);
    await world.aws.s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: {
          QueueConfigurations: queues.map((each) => ({ QueueArn: each.queueArn, ...request(each) })),
          TopicConfigurations: topics.map((each) => ({ TopicArn: each.topicArn, ...request(each) })),
          ...(eventbridge === true ? { EventBridgeConfiguration: {} } : {}),
        },
      }),
    );
  },
  remove: async ({ bucket: Bucket }, { aws: { s3 } }) =>
    s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} })),
});

function request({ id, events, filterPrefix, filterSuffix }: Destination) {
  const rules = [
    { Name: "prefix" as const, Value: filterPrefix },
    { Name: "suffix" as const, Value: filterSuffix },
  ].filter((rule) => rule.Value !== undefined && rule.Value !== "");
  return {
    Id: id,
    Events: [...events] as Event[],
    ...(rules.length === 0 ? {} : { Filter: { Key: { FilterRules: rules } } }),
  };
}

// S3 sends a test event to each destination before it takes the configuration; the emulator takes it unseen
async function requireQueue(world: World, bucket: string, queueArn: string): Promise<void> {
  const attributes = await queueAttributes(world, queueArn);
  if (attributes === undefined) throw refused(`queue ${queueArn} does not exist`);
  const sender = asS3(world, bucket);
  const verdict = judge([attributes.Policy], { ...sender, action: "sqs:SendMessage", resource: queueArn });
  if (!verdict.allowed) {
    throw refused(
      `the policy of queue ${queueArn} does not let s3.amazonaws.com send messages for arn:aws:s3:::${bucket}: ${verdict.because}; ` +
        "make the queue policy first and let the notification depend on it",
    );
  }
  const { KmsMasterKeyId: key } = attributes;
  if (key !== undefined) await requireUseOfKey(world, key, sender, queueArn);
}

async function requireTopic(world: World, bucket: string, topicArn: string): Promise<void> {
  const found = await ifFound(world.aws.sns.send(new GetTopicAttributesCommand({ TopicArn: topicArn })));
  if (found === undefined) throw refused(`topic ${topicArn} does not exist`);
  const sender = asS3(world, bucket);
  const request = { ...sender, action: "sns:Publish", resource: topicArn };
  const verdict = judge([found.Attributes?.["Policy"]], request);
  if (!verdict.allowed) {
    throw refused(
      `the policy of topic ${topicArn} does not let s3.amazonaws.com publish for arn:aws:s3:::${bucket}: ${verdict.because}; ` +
        "make the topic policy first and let the notification depend on it",
    );
  }
  const key = found.Attributes?.["KmsMasterKeyId"];
  if (key !== undefined && key !== "") await requireUseOfKey(world, key, sender, topicArn);
}

async function requireUseOfKey(world: World, key: string, sender: ReturnType<typeof asS3>, destination: string) {
  if (key.includes("alias/aws/")) {
    throw refused(
      `${destination} is encrypted with AWS's own key, which S3 cannot use; encrypt it with a key of yours`,
    );
  }
  const refusal = await refusalByKey(world, key, ["kms:GenerateDataKey", "kms:Decrypt"], sender);
  if (refusal !== undefined) {
    throw refused(
      `key ${key} of ${destination} does not let s3.amazonaws.com do ${refusal.actions.join(", ")}: ${refusal.because}; ` +
        "allow it in the key policy",
    );
  }
}

const asS3 = (world: World, bucket: string) => ({
  principal: "s3.amazonaws.com",
  context: {
    "aws:SourceArn": `arn:aws:s3:::${bucket}`,
    "aws:SourceAccount": world.account,
  },
});

const refused = (why: string): RefusedError =>
  new RefusedError("InvalidArgument", `unable to validate the following destination configurations: ${why}`);

/** Notifications of buckets. */
export const NOTIFICATION_TYPES: ResourceTypes = { "aws:s3/bucketNotification:BucketNotification": notification };
