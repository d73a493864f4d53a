import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ForwarderEnvironment } from "../functions/flow-forwarder/config";
import type { BackfillSettings, ForwarderSettings, PceSettings, WorkloadSyncSettings } from "../settings";
import type { Account } from "./account";
import { LARGEST_MESSAGE_BYTES } from "./encrypted-queue";
import { FLOW_LOG_PREFIX } from "./flow-archive";
import type { BucketSource, FlowLogSource } from "./flow-log-source";
import { forwarderAlarms } from "./forwarder-alarms";
import { forwarderStatements } from "./forwarder-permissions";
import { functionMetrics, powertoolsEnvironment } from "./function-metrics";
import { type EnvironmentOf, type FunctionNetwork, LambdaFunction } from "./lambda-function";
import { logGroupSubscription } from "./log-group-subscription";
import type { StackNames } from "./names";
import { PceCredentials } from "./pce-credentials";
import { pceFiles, pceVariables } from "./pce-variables";
import { onBehalfOf, type Statement } from "./policy-documents";
import { requestShares } from "./request-shares";
import { WorkQueue } from "./work-queue";

/** From where, to which PCE. Every default is settings.ts's. */
export interface FlowForwarderArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly settings: ForwarderSettings;
  readonly pce: PceSettings;
  /** Absent: nothing of the past is forwarded, and the PCE's requests are all for new flow logs. */
  readonly backfill?: BackfillSettings | undefined;
  /** Absent: no workload sync takes of the PCE's requests. */
  readonly workloadSync?: Pick<WorkloadSyncSettings, "requestsPerMinute"> | undefined;
  /** Ports that services listen on: where flags don't tell, the side with one of them is the server. */
  readonly servicePorts: readonly number[];
  readonly source: FlowLogSource;
  /** The messages key: queues, secret, environment, log. */
  readonly keyArn: pulumi.Input<string>;
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly logRetentionDays: number;
  /** @default - outside of any VPC */
  readonly network?: FunctionNetwork | undefined;
}

const FOLDER = "flow-forwarder";

// Lambda's own advice: a throttled or slow try must not let the message appear to somebody else
const VISIBILITY_PER_TIMEOUT = 6;
// A failed try ends with its visibility timeout, so this many seconds of them outwait a PCE that is down for a day or two. Half of the
// four days that the queue keeps a message; the dead-letter queue keeps it twelve days more, for SQS counts from the first sending.
// In tries: 32 to 960, of SQS's 1000
const TRY_FOR_SECONDS = 2 * 86_400;
// One object in each try: one that crashes or times out would cost others of its batch a try
const BATCH_SIZE = 1;

/**
 * Flow-log objects -> queue -> Lambda -> PCE; or log events -> Lambda -> PCE, and of these to the queue what Lambda failed on three times.
 * The queue is what a PCE outage waits in; what can't be sent at last is in the dead-letter queue, and an alarm says so.
 *
 * The bucket's notifications belong to this component: S3 has one list of them per bucket.
 *
 * Cost: under $2 per month for a database of two zones, $0.50 for five alarms, about $4 for the function's own metrics.
 */
export class FlowForwarder extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly functionArn: pulumi.Output<string>;
  /** The secret with the PCE's API key. */
  readonly credentialsSecretArn: pulumi.Output<string>;

  constructor(name: string, args: FlowForwarderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:flows:FlowForwarder", name, {}, opts);

    const queue = this.queue(name, args);
    const { archive, logGroup } = args.source;
    if (archive) this.notification(name, archive, queue);
    const credentials = new PceCredentials(
      `${name}-pce`,
      { credentials: args.pce.credentials, keyArn: args.keyArn },
      { parent: this },
    );
    const lambda = this.lambda(name, args, queue, credentials);
    this.mapping(name, args, queue, lambda);
    if (archive) this.recursion(name, lambda);
    if (logGroup) logGroupSubscription(name, { account: args.account, logGroup, lambda }, { parent: this });
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
        ...(logGroup && { eventTimeoutSeconds: args.settings.timeoutSeconds }),
      },
      { parent: this },
    );

    this.functionName = lambda.functionName;
    this.functionArn = lambda.arn;
    this.credentialsSecretArn = credentials.secretArn;
    this.registerOutputs({ functionName: this.functionName, functionArn: this.functionArn });
  }

  private queue(name: string, { account, source, keyArn, settings }: FlowForwarderArgs): WorkQueue {
    const visibilityTimeoutSeconds = visibilityTimeout(settings);
    return new WorkQueue(
      `${name}-objects`,
      {
        keyArn,
        visibilityTimeoutSeconds,
        maxReceiveCount: Math.ceil(TRY_FOR_SECONDS / visibilityTimeoutSeconds),
        senders: (queueArn) => (source.archive ? notifications(account, source.archive, queueArn) : []),
        // Lambda takes events of 1 MB, and drops a dead letter that is too large for its queue. CloudWatch Logs sends far smaller ones,
        // but nowhere says how large
        ...(source.logGroup && { maxMessageSize: LARGEST_MESSAGE_BYTES }),
      },
      { parent: this },
    );
  }

  private notification(name: string, archive: BucketSource, queue: WorkQueue): void {
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
    const { settings, pce } = args;
    const { archive, logGroup } = args.source;
    const environment: EnvironmentOf<ForwarderEnvironment> = {
      ...pceVariables(pce, credentials.secretArn),
      SERVICE_PORTS: args.servicePorts.join(","),
      SEND_REJECTED: `${settings.sendRejected}`,
      QUEUE_URL: queue.url,
      ...requestShares(pce, settings, args.backfill, args.workloadSync),
      RESEND_AFTER_SECONDS: `${60 * settings.resendAfterMinutes}`,
      MAX_INFLATED_MB: `${settings.maxInflatedMb}`,
      MAX_INFLATION_RATIO: `${settings.maxInflationRatio}`,
      ...(settings.quarantine && archive && { QUARANTINE_BUCKET: archive.bucketName }),
      ...(logGroup && { FLOW_LOG_FORMAT: logGroup.fields.join(" "), FLOW_LOG_GROUP: logGroup.logGroupName }),
      ...powertoolsEnvironment(functionMetrics(args.names, FOLDER), settings.logLevel),
    };
    return new LambdaFunction(
      `${name}-lambda`,
      {
        account: args.account,
        names: args.names,
        folder: FOLDER,
        description: `Uploads the connections in ${archive ? "flow-log objects" : "a log group's flow logs"} to the PCE`,
        environment,
        files: pceFiles(pce),
        statements: pulumi
          .all([queue.arn, credentials.secretArn, args.keyArn, archive?.bucketArn, archive?.keyArn])
          .apply(([queueArn, secretArn, messagesKeyArn, bucketArn, keyArn]) =>
            forwarderStatements({
              ...{ queueArn, secretArn, messagesKeyArn },
              ...(bucketArn !== undefined && keyArn !== undefined && { archive: { bucketArn, keyArn } }),
              hasQuarantine: settings.quarantine,
            }),
          ),
        keyArn: args.keyArn,
        memoryMb: settings.memoryMb,
        timeoutSeconds: settings.timeoutSeconds,
        // Of log events nothing else limits how many run at once, and each instance has its share of the PCE's requests. What is too much
        // waits at Lambda, for six hours
        ...(logGroup && { reservedConcurrency: settings.maximumConcurrency, deadLetterQueueArn: queue.arn }),
        logRetentionDays: args.logRetentionDays,
        ...(args.network && { network: args.network }),
      },
      { parent: this },
    );
  }

  /** An object that takes many invocations is a message of the function to itself each time; Lambda takes the sixteenth for a loop. */
  private recursion(name: string, lambda: LambdaFunction): void {
    new aws.lambda.FunctionRecursionConfig(
      `${name}-recursion`,
      { functionName: lambda.functionName, recursiveLoop: "Allow" },
      { parent: this },
    );
  }

  private mapping(name: string, args: FlowForwarderArgs, queue: WorkQueue, lambda: LambdaFunction): void {
    new aws.lambda.EventSourceMapping(
      `${name}-mapping`,
      {
        eventSourceArn: queue.arn,
        functionName: lambda.arn,
        batchSize: BATCH_SIZE,
        functionResponseTypes: ["ReportBatchItemFailures"],
        // Not reserved concurrency: what that throttles counts as a try of the message
        scalingConfig: { maximumConcurrency: queueConcurrency(args) },
      },
      { parent: this },
    );
  }
}

/** Of log events the queue has what has failed: half of the invocations, and 2 at least, which is Lambda's least, leave the rest to new ones. */
function queueConcurrency({ source, settings: { maximumConcurrency } }: FlowForwarderArgs): number {
  return source.archive ? maximumConcurrency : Math.max(2, Math.floor(maximumConcurrency / 2));
}

function notifications(
  account: pulumi.Output<Account>,
  archive: BucketSource,
  queueArn: string,
): pulumi.Output<Statement[]> {
  return pulumi.all([account, archive.bucketArn]).apply(([{ accountId }, bucketArn]) => [
    {
      sid: "BucketNotifications",
      principal: { service: "s3.amazonaws.com" },
      actions: ["sqs:SendMessage"],
      resources: [queueArn],
      conditions: onBehalfOf(accountId, bucketArn),
    },
  ]);
}

function visibilityTimeout({ timeoutSeconds }: ForwarderSettings): number {
  return VISIBILITY_PER_TIMEOUT * timeoutSeconds;
}
