import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ForwarderEnvironment } from "../functions/flow-forwarder/config";
import type { ForwarderSettings, PceSettings } from "../settings";
import type { Account } from "./account";
import { metricAlarm } from "./alarms";
import { FLOW_LOG_PREFIX } from "./flow-archive";
import { type EnvironmentOf, type FunctionNetwork, LambdaFunction } from "./lambda-function";
import type { StackNames } from "./names";
import { PceCredentials } from "./pce-credentials";
import { onBehalfOf, type Statement } from "./policy-documents";
import { WorkQueue } from "./work-queue";

/** From which archive, to which PCE. Every default is settings.ts's. */
export interface FlowForwarderArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly settings: ForwarderSettings;
  readonly pce: PceSettings;
  /** Ports that services listen on: where flags don't tell, the side with one of them is the server. */
  readonly servicePorts: readonly number[];
  readonly archive: {
    readonly bucketName: pulumi.Input<string>;
    readonly bucketArn: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
  };
  /** The messages key: queues, secret, environment, log. */
  readonly keyArn: pulumi.Input<string>;
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly logRetentionDays: number;
  /** @default - outside of any VPC */
  readonly network?: FunctionNetwork | undefined;
}

const FOLDER = "flow-forwarder";
const CA_FILE = "pce-ca.pem";

// Lambda's own advice: a throttled or slow try must not let the message appear to somebody else
const VISIBILITY_PER_TIMEOUT = 6;
// With the default timeout a message is tried for two hours before it goes to the dead-letter queue, where it waits 12 days more
const MAX_RECEIVE_COUNT = 10;
// An object may be large, and one that crashes the function costs its batch mates a try
const BATCH_SIZE = 5;
// Three deliveries late: the PCE is down, or the forwarder too slow
const OLDEST_MESSAGE_SECONDS = 1800;

/**
 * Flow-log objects -> queue -> Lambda -> PCE. The queue is what a PCE outage waits in; what can't be sent at last is in the dead-letter
 * queue, and an alarm says so.
 *
 * The bucket's notifications belong to this component: S3 has one list of them per bucket.
 *
 * Cost: under $2 per month for a database of two zones, and $0.30 for three alarms.
 */
export class FlowForwarder extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;

  constructor(name: string, args: FlowForwarderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:flows:FlowForwarder", name, {}, opts);

    const queue = this.queue(name, args);
    this.notification(name, args, queue);
    const credentials = new PceCredentials(
      `${name}-pce`,
      { credentials: args.pce.credentials, keyArn: args.keyArn },
      { parent: this },
    );
    const lambda = this.lambda(name, args, queue, credentials);
    this.mapping(name, args, queue, lambda);
    this.alarms(name, args, queue, lambda);

    this.functionName = lambda.functionName;
    this.registerOutputs({ functionName: this.functionName });
  }

  private queue(name: string, { account, archive, keyArn, settings }: FlowForwarderArgs): WorkQueue {
    return new WorkQueue(
      `${name}-objects`,
      {
        keyArn,
        visibilityTimeoutSeconds: VISIBILITY_PER_TIMEOUT * settings.timeoutSeconds,
        maxReceiveCount: MAX_RECEIVE_COUNT,
        senders: (queueArn) =>
          pulumi.all([account, archive.bucketArn]).apply(([{ accountId }, bucketArn]): Statement[] => [
            {
              sid: "BucketNotifications",
              principal: { service: "s3.amazonaws.com" },
              actions: ["sqs:SendMessage"],
              resources: [queueArn],
              conditions: onBehalfOf(accountId, bucketArn),
            },
          ]),
      },
      { parent: this },
    );
  }

  private notification(name: string, { archive }: FlowForwarderArgs, queue: WorkQueue): void {
    new aws.s3.BucketNotification(
      `${name}-notification`,
      {
        bucket: archive.bucketName,
        queues: [{ queueArn: queue.arnForSenders, events: ["s3:ObjectCreated:*"], filterPrefix: FLOW_LOG_PREFIX }],
      },
      { parent: this },
    );
  }

  private lambda(name: string, args: FlowForwarderArgs, queue: WorkQueue, credentials: PceCredentials): LambdaFunction {
    const { settings, pce, archive } = args;
    const environment: EnvironmentOf<ForwarderEnvironment> = {
      PCE_HOST: pce.host,
      PCE_PORT: `${pce.port}`,
      PCE_ORG_ID: `${pce.orgId}`,
      PCE_CREDENTIALS_SECRET_ARN: credentials.secretArn,
      ...(pce.caCertificate !== undefined && { PCE_CA_FILE: CA_FILE }),
      SERVICE_PORTS: args.servicePorts.join(","),
      SEND_REJECTED: `${settings.sendRejected}`,
      POWERTOOLS_SERVICE_NAME: FOLDER,
      POWERTOOLS_METRICS_NAMESPACE: "RdsSightline",
      POWERTOOLS_LOG_LEVEL: settings.logLevel,
    };
    return new LambdaFunction(
      `${name}-lambda`,
      {
        account: args.account,
        names: args.names,
        folder: FOLDER,
        description: "Uploads the connections in flow-log objects to the PCE",
        environment,
        files: pce.caCertificate === undefined ? {} : { [CA_FILE]: pce.caCertificate },
        statements: pulumi
          .all([queue.arn, archive.bucketArn, credentials.secretArn, archive.keyArn, args.keyArn])
          .apply(([queueArn, bucketArn, secretArn, ...keyArns]) =>
            forwarderStatements({ queueArn, bucketArn, secretArn, keyArns }),
          ),
        keyArn: args.keyArn,
        memoryMb: settings.memoryMb,
        timeoutSeconds: settings.timeoutSeconds,
        logRetentionDays: args.logRetentionDays,
        ...(args.network && { network: args.network }),
      },
      { parent: this },
    );
  }

  private mapping(name: string, { settings }: FlowForwarderArgs, queue: WorkQueue, lambda: LambdaFunction): void {
    new aws.lambda.EventSourceMapping(
      `${name}-mapping`,
      {
        eventSourceArn: queue.arn,
        functionName: lambda.arn,
        batchSize: BATCH_SIZE,
        functionResponseTypes: ["ReportBatchItemFailures"],
        // Not reserved concurrency: what that throttles counts as a try of the message
        scalingConfig: { maximumConcurrency: settings.maximumConcurrency },
      },
      { parent: this },
    );
  }

  private alarms(name: string, args: FlowForwarderArgs, queue: WorkQueue, lambda: LambdaFunction): void {
    // nothing to do for a while is no reason to wake anybody: all three metrics are silent then
    const common = { names: args.names, topicArn: args.alarmTopicArn, treatMissingData: "notBreaching" } as const;
    metricAlarm(
      `${name}-alarm-errors`,
      {
        ...common,
        what: "flow-forwarder-errors",
        description: "The flow forwarder crashed or timed out. Its log says why; the objects will be tried again.",
        namespace: "AWS/Lambda",
        metricName: "Errors",
        dimensions: { FunctionName: lambda.functionName },
        statistic: "Sum",
        threshold: 1,
      },
      { parent: this },
    );
    metricAlarm(
      `${name}-alarm-dead-letters`,
      {
        ...common,
        what: "flow-forwarder-dead-letters",
        description:
          "Flow-log objects could not be forwarded. Cure the cause that the log names, then start a redrive.",
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: queue.deadLetterQueueName },
        statistic: "Maximum",
        threshold: 1,
      },
      { parent: this },
    );
    metricAlarm(
      `${name}-alarm-age`,
      {
        ...common,
        what: "flow-forwarder-age",
        description: "Flow-log objects wait for half an hour: is the PCE down, or the forwarder too slow?",
        namespace: "AWS/SQS",
        metricName: "ApproximateAgeOfOldestMessage",
        dimensions: { QueueName: queue.queueName },
        statistic: "Maximum",
        threshold: OLDEST_MESSAGE_SECONDS,
      },
      { parent: this },
    );
  }
}

/** What the forwarder's own permissions are made of. */
export interface ForwarderResources {
  readonly queueArn: string;
  readonly bucketArn: string;
  readonly secretArn: string;
  readonly keyArns: readonly string[];
}

/** All that the forwarder may do, besides its log and traces. */
export function forwarderStatements({ queueArn, bucketArn, secretArn, keyArns }: ForwarderResources): Statement[] {
  return [
    {
      sid: "TakeFromQueue",
      actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      resources: [queueArn],
    },
    { sid: "ReadFlowLogs", actions: ["s3:GetObject"], resources: [`${bucketArn}/${FLOW_LOG_PREFIX}*`] },
    // without it S3 answers 403, not 404, for an object that is gone, and the forwarder would try it for ever
    { sid: "TellMissingFromForbidden", actions: ["s3:ListBucket"], resources: [bucketArn] },
    { sid: "ReadPceCredentials", actions: ["secretsmanager:GetSecretValue"], resources: [secretArn] },
    { sid: "Decrypt", actions: ["kms:Decrypt"], resources: keyArns },
  ];
}
