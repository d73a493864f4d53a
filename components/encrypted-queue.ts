import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyWithoutTls, policyDocument, type Statement } from "./policy-documents";

/** Days that SQS keeps a message at most. */
export const LONGEST_RETENTION_DAYS = 14;

/** Bytes that SQS takes as one message at most. */
export const LARGEST_MESSAGE_BYTES = 1_048_576;

/** What SQS counts retention in, of a day. */
export const DAY_SECONDS = 86_400;

/** What waits in a queue, and who sends it. */
export interface EncryptedQueueArgs
  extends Required<Pick<aws.sqs.QueueArgs, "messageRetentionSeconds">>,
    Pick<aws.sqs.QueueArgs, "visibilityTimeoutSeconds" | "redrivePolicy" | "maxMessageSize"> {
  /** A key whose policy lets the senders use it. */
  readonly keyArn: pulumi.Input<string>;
  /** Who may send, given the queue's ARN. */
  readonly senders: (queueArn: string) => pulumi.Input<Statement[]>;
}

/** A queue, and its ARN for those who send to it. */
export interface EncryptedQueue {
  readonly queue: aws.sqs.Queue;
  /** The queue's ARN, known once the senders may send: services try that when they are given a queue. */
  readonly arnForSenders: pulumi.Output<string>;
}

/** A queue encrypted with the given key, and its policy: the senders may send, and nobody does anything without TLS. */
export function encryptedQueue(
  name: string,
  { keyArn, senders, ...args }: EncryptedQueueArgs,
  opts: pulumi.CustomResourceOptions,
): EncryptedQueue {
  const queue = new aws.sqs.Queue(name, { kmsMasterKeyId: keyArn, ...args }, opts);
  const policy = new aws.sqs.QueuePolicy(
    `${name}-policy`,
    {
      queueUrl: queue.url,
      policy: queue.arn.apply((arn) =>
        pulumi
          .output(senders(arn))
          .apply((statements) => policyDocument([...statements, denyWithoutTls(["sqs:*"], [arn])])),
      ),
    },
    opts,
  );
  return { queue, arnForSenders: pulumi.all([queue.arn, policy.id]).apply(([arn]) => arn) };
}
