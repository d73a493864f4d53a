import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { queueUrl } from "./queue-url";

/** The dead-letter queue of a queue; undefined when it has none. */
export async function deadLetterArnOf(sqs: SQSClient, endpoint: string, queueArn: string): Promise<string | undefined> {
  const request = new GetQueueAttributesCommand({
    QueueUrl: queueUrl(endpoint, queueArn),
    AttributeNames: ["RedrivePolicy"],
  });
  const policy = (await sqs.send(request)).Attributes?.RedrivePolicy;
  return policy ? (JSON.parse(policy) as { deadLetterTargetArn: string }).deadLetterTargetArn : undefined;
}

/** Takes every message out of a queue and returns their bodies. */
export async function drainQueue(sqs: SQSClient, endpoint: string, queueArn: string): Promise<readonly string[]> {
  const QueueUrl = queueUrl(endpoint, queueArn);
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = "" }) => Body));
    const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: `${at}`, ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}
