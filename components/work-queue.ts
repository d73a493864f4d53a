import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyWithoutTls, policyDocument, type Statement } from "./policy-documents";

/** What waits in a queue, for whom, and how often it is tried. */
export interface WorkQueueArgs {
  /** A key whose policy lets the senders use it. */
  readonly keyArn: pulumi.Input<string>;
  /** How long one try may take: six times the function's timeout is what Lambda asks for. */
  readonly visibilityTimeoutSeconds: number;
  /** Tries before a message goes to the dead-letter queue. At least 5: Lambda's throttled receives count too. */
  readonly maxReceiveCount: number;
  /** Who may send, given the queue's ARN. */
  readonly senders: (queueArn: string) => pulumi.Input<Statement[]>;
}

const DAY_SECONDS = 86_400;

/** An encrypted queue and its dead-letter queue; both refuse what comes without TLS. Cost: $0.40 per million messages. */
export class WorkQueue extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly queueName: pulumi.Output<string>;
  readonly deadLetterQueueName: pulumi.Output<string>;
  /** The queue's ARN, known once the senders may send. S3 tries that when it is given the queue. */
  readonly arnForSenders: pulumi.Output<string>;

  constructor(name: string, args: WorkQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:messaging:WorkQueue", name, {}, opts);

    const deadLetters = new aws.sqs.Queue(
      `${name}-dead-letters`,
      // the clock of a message runs on from its first queue, so this one has to keep it longer
      { kmsMasterKeyId: args.keyArn, messageRetentionSeconds: 14 * DAY_SECONDS },
      { parent: this },
    );
    const queue = new aws.sqs.Queue(
      `${name}-queue`,
      {
        kmsMasterKeyId: args.keyArn,
        messageRetentionSeconds: 4 * DAY_SECONDS,
        visibilityTimeoutSeconds: args.visibilityTimeoutSeconds,
        redrivePolicy: pulumi.jsonStringify({
          deadLetterTargetArn: deadLetters.arn,
          maxReceiveCount: args.maxReceiveCount,
        }),
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
    const queuePolicy = this.policy(`${name}-queue-policy`, queue, args.senders);
    this.policy(`${name}-dead-letters-policy`, deadLetters, () => []);

    this.arn = queue.arn;
    this.queueName = queue.name;
    this.deadLetterQueueName = deadLetters.name;
    this.arnForSenders = pulumi.all([queue.arn, queuePolicy.id]).apply(([arn]) => arn);
    this.registerOutputs({
      arn: this.arn,
      queueName: this.queueName,
      deadLetterQueueName: this.deadLetterQueueName,
    });
  }

  private policy(name: string, queue: aws.sqs.Queue, senders: WorkQueueArgs["senders"]): aws.sqs.QueuePolicy {
    const policy = queue.arn.apply((arn) =>
      pulumi
        .output(senders(arn))
        .apply((statements) => policyDocument([...statements, denyWithoutTls(["sqs:*"], [arn])])),
    );
    return new aws.sqs.QueuePolicy(name, { queueUrl: queue.url, policy }, { parent: this });
  }
}
