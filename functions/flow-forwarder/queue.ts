import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { SendMessage } from "./forward-batch";

/** Sends messages to a queue of SQS. */
export function queueSender(client: Pick<SQSClient, "send">, queueUrl: string): SendMessage {
  return async (body) => {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
  };
}
