import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ForwarderEnvironment } from "../functions/flow-forwarder/config";
import type { ForwarderSettings, PceSettings } from "../settings";
import type { Account } from "./account";
import { FLOW_LOG_PREFIX } from "./flow-archive";
import { forwarderAlarms } from "./forwarder-alarms";
import { functionMetrics, powertoolsEnvironment } from "./function-metrics";
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

/** Where the function puts bad lines; no notification is about objects there. */
const QUARANTINE_PREFIX = "quarantine/";

const FOLDER = "flow-forwarder";
const CA_FILE = "pce-ca.pem";

// Lambda's own advice: a throttled or slow try must not let the message appear to somebody else
const VISIBILITY_PER_TIMEOUT = 6;
// A failed try ends with its visibility timeout, so this many seconds of them outwait a PCE that is down for a day or two. Half of the
// four days that the queue keeps a message; the dead-letter queue keeps it twelve days more, for SQS counts from the first sending.
// In tries: 32 to 960, of SQS's 1000
const TRY_FOR_SECONDS = 2 * 86_400;
// One object in each try: one that crashes or times out would cost others of its batch a try
const BATCH_SIZE = 1;

/**
 * Flow-log objects -> queue -> Lambda -> PCE. The queue is what a PCE outage waits in; what can't be sent at last is in the dead-letter
 * queue, and an alarm says so.
 *
 * The bucket's notifications belong to this component: S3 has one list of them per bucket.
 *
 * Cost: under $2 per month for a database of two zones, $0.50 for five alarms, about $4 for the function's own metrics.
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
    // an object that takes many invocations is a message of the function to itself each time; Lambda takes the sixteenth for a loop
    new aws.lambda.FunctionRecursionConfig(
      `${name}-recursion`,
      { functionName: lambda.functionName, recursiveLoop: "Allow" },
      { parent: this },
    );
    forwarderAlarms(
      name,
      {
        names: args.names,
        alarmTopicArn: args.alarmTopicArn,
        functionName: lambda.functionName,
        queueName: queue.queueName,
        deadLetterQueueName: queue.deadLetterQueueName,
        visibilityTimeoutSeconds: visibilityTimeout(args.settings),
        metrics: functionMetrics(args.names, FOLDER),
      },
      { parent: this },
    );

    this.functionName = lambda.functionName;
    this.registerOutputs({ functionName: this.functionName });
  }

  private queue(name: string, { account, archive, keyArn, settings }: FlowForwarderArgs): WorkQueue {
    const visibilityTimeoutSeconds = visibilityTimeout(settings);
    return new WorkQueue(
      `${name}-objects`,
      {
        keyArn,
        visibilityTimeoutSeconds,
        maxReceiveCount: Math.ceil(TRY_FOR_SECONDS / visibilityTimeoutSeconds),
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
      QUEUE_URL: queue.url,
      PCE_REQUESTS_PER_MINUTE: shareOf(pce.requestsPerMinute, settings.maximumConcurrency),
      RESEND_AFTER_SECONDS: `${60 * settings.resendAfterMinutes}`,
      MAX_INFLATED_MB: `${settings.maxInflatedMb}`,
      MAX_INFLATION_RATIO: `${settings.maxInflationRatio}`,
      ...(settings.quarantine && { QUARANTINE_BUCKET: archive.bucketName }),
      ...powertoolsEnvironment(functionMetrics(args.names, FOLDER), settings.logLevel),
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
          .apply(([queueArn, bucketArn, secretArn, archiveKeyArn, messagesKeyArn]) =>
            forwarderStatements({
              ...{ queueArn, bucketArn, secretArn, archiveKeyArn, messagesKeyArn },
              hasQuarantine: settings.quarantine,
            }),
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
}

/** What one of so many invocations at once may do of so many requests a minute, cut after the third place. */
function shareOf(requestsPerMinute: number, invocations: number): string {
  return `${Math.floor((1_000 * requestsPerMinute) / invocations) / 1_000}`;
}

function visibilityTimeout({ timeoutSeconds }: ForwarderSettings): number {
  return VISIBILITY_PER_TIMEOUT * timeoutSeconds;
}

/** What the forwarder's own permissions are made of. */
export interface ForwarderResources {
  readonly queueArn: string;
  readonly bucketArn: string;
  readonly secretArn: string;
  readonly archiveKeyArn: string;
  readonly messagesKeyArn: string;
  /** Whether it keeps bad lines in the bucket. */
  readonly hasQuarantine: boolean;
}

/** All that the forwarder may do, besides its log and traces. */
export function forwarderStatements({
  queueArn,
  bucketArn,
  secretArn,
  archiveKeyArn,
  messagesKeyArn,
  hasQuarantine,
}: ForwarderResources): Statement[] {
  return [
    {
      sid: "TakeFromQueue",
      actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      resources: [queueArn],
    },
    // the rest of an object that there was no time for
    { sid: "ContinueLater", actions: ["sqs:SendMessage"], resources: [queueArn] },
    { sid: "ReadFlowLogs", actions: ["s3:GetObject"], resources: [`${bucketArn}/${FLOW_LOG_PREFIX}*`] },
    // without it S3 answers 403, not 404, for an object that is gone, and the forwarder would try it for ever
    { sid: "TellMissingFromForbidden", actions: ["s3:ListBucket"], resources: [bucketArn] },
    { sid: "ReadPceCredentials", actions: ["secretsmanager:GetSecretValue"], resources: [secretArn] },
    { sid: "Decrypt", actions: ["kms:Decrypt"], resources: [archiveKeyArn, messagesKeyArn] },
    { sid: "EncryptMessages", actions: ["kms:GenerateDataKey"], resources: [messagesKeyArn] },
    ...(hasQuarantine
      ? [
          { sid: "KeepBadLines", actions: ["s3:PutObject"], resources: [`${bucketArn}/${QUARANTINE_PREFIX}*`] },
          { sid: "EncryptBadLines", actions: ["kms:GenerateDataKey"], resources: [archiveKeyArn] },
        ]
      : []),
  ];
}
