import type { SQSEvent, SQSRecord } from "aws-lambda";

/** S3's record of a new object; the key is encoded as S3 does it. */
export function s3Record({ key, bucket = "flow-logs", eTag }: { key: string; bucket?: string; eTag?: string }): object {
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: "eu-west-1",
    eventName: "ObjectCreated:Put",
    s3: {
      bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+"),
        size: 1,
        ...(eTag && { eTag }),
      },
    },
  };
}

/** The body of a queue message with these records. */
export function s3Message(records: readonly object[]): string {
  return JSON.stringify({ Records: records });
}

/** A batch of queue messages, m-1, m-2 and so on, with these bodies. */
export function sqsEvent(bodies: readonly string[]): SQSEvent {
  const message = (body: string, at: number): SQSRecord => ({
    messageId: `m-${at + 1}`,
    receiptHandle: `handle-${at + 1}`,
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "0",
      SenderId: "S3",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:flow-log-objects",
    awsRegion: "eu-west-1",
  });
  return { Records: bodies.map(message) };
}
