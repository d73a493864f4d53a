import { GetQueueAttributesCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { ifFound } from "../found";
import type { World } from "../world";

/** The attributes of a queue that the checks read; SQS gives all as text. */
export interface QueueAttributes {
  readonly Policy?: string;
  readonly KmsMasterKeyId?: string;
  readonly VisibilityTimeout?: string;
}

/** The attributes of the queue with this ARN, `undefined` when there is none. */
export async function queueAttributes(world: World, queueArn: string): Promise<QueueAttributes | undefined> {
  const QueueName = queueArn.slice(queueArn.lastIndexOf(":") + 1);
  const { sqs } = world.aws;
  const found = await ifFound(sqs.send(new GetQueueUrlCommand({ QueueName })));
  if (found?.QueueUrl === undefined) return undefined;
  const { Attributes: attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: found.QueueUrl, AttributeNames: ["All"] }),
  );
  return attributes;
}
