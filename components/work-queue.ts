import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DAY_SECONDS, type EncryptedQueueArgs, encryptedQueue, LONGEST_RETENTION_DAYS } from "./encrypted-queue";

/** What waits in a queue, for whom, and how often it is tried. */
export interface WorkQueueArgs extends Pick<EncryptedQueueArgs, "keyArn" | "senders" | "maxMessageSize"> {
  /** How long one try may take: six times the function's timeout is what Lambda asks for. */
  readonly visibilityTimeoutSeconds: number;
  /** Tries before a message goes to the dead-letter queue. At least 5: Lambda's throttled receives count too. */
  readonly maxReceiveCount: number;
}

/** An encrypted queue and its dead-letter queue; both refuse what comes without TLS. Cost: $0.40 per million messages. */
export class WorkQueue extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly queueName: pulumi.Output<string>;
  readonly deadLetterQueueName: pulumi.Output<string>;
  /** The queue's ARN, known once the senders may send. S3 tries that when it is given the queue. */
  readonly arnForSenders: pulumi.Output<string>;

  constructor(name: string, args: WorkQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:messaging:WorkQueue", name, {}, opts);

    const size = args.maxMessageSize === undefined ? {} : { maxMessageSize: args.maxMessageSize };
    const { queue: deadLetters } = encryptedQueue(
      `${name}-dead-letters`,
      // the clock of a message runs on from its first queue, so this one has to keep it longer
      {
        keyArn: args.keyArn,
        messageRetentionSeconds: LONGEST_RETENTION_DAYS * DAY_SECONDS,
        senders: () => [],
        ...size,
      },
      { parent: this },
    );
    const { queue, arnForSenders } = encryptedQueue(
      `${name}-queue`,
      {
        keyArn: args.keyArn,
        messageRetentionSeconds: 4 * DAY_SECONDS,
        visibilityTimeoutSeconds: args.visibilityTimeoutSeconds,
        redrivePolicy: pulumi.jsonStringify({
          deadLetterTargetArn: deadLetters.arn,
          maxReceiveCount: args.maxReceiveCount,
        }),
        senders: args.senders,
        ...size,
      },
      { parent: this },
    );
    new aws.sqs.RedriveAllowPolicy(
      `${name}-redrive-allow`,
      {
        queueUrl: deadLetters.url,
        redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] }),
      },
      { parent: this },
    );

    this.arn = queue.arn;
    this.url = queue.url;
    this.queueName = queue.name;
    this.deadLetterQueueName = deadLetters.name;
    this.arnForSenders = arnForSenders;
    this.registerOutputs({
      arn: this.arn,
      url: this.url,
      queueName: this.queueName,
      deadLetterQueueName: this.deadLetterQueueName,
    });
  }
}
