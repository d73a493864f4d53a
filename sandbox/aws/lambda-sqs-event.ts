/** The event that Lambda hands a function for a batch of SQS messages. Pure. */
import type { Message } from "@aws-sdk/client-sqs";

/**
 * source:  Lambda developer guide, "Using Lambda with Amazon SQS", example event
 * format:  {"Records":[{"messageId","receiptHandle","body","attributes","messageAttributes","md5OfBody","eventSource":"aws:sqs",
 *          "eventSourceARN","awsRegion"}]}
 */
export function sqsEvent(messages: readonly Message[], eventSourceARN: string, awsRegion: string): unknown {
  return {
    Records: messages.map((message) => ({
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
          name,
          {
            stringValue: value.StringValue,
            binaryValue: value.BinaryValue && Buffer.from(value.BinaryValue).toString("base64"),
            stringListValues: [],
            binaryListValues: [],
            dataType: value.DataType,
          },
        ]),
      ),
      md5OfBody: message.MD5OfBody,
      eventSource: "aws:sqs",
      eventSourceARN,
      awsRegion,
    })),
  };
}
