import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BackfillSettings } from "../settings";
import type { Account } from "./account";
import { metricAlarm } from "./alarms";
import { deliverySourceArn, stateMachineArn } from "./arns";
import { BACKFILL_PREFIX, backfillDefinition, backfillName, EVERYTHING, MAP_LABEL } from "./backfill-definition";
import { FLOW_LOG_PREFIX } from "./flow-archive";
import { ofStateMachine } from "./key-uses";
import { logGroup } from "./log-group";
import type { StackNames } from "./names";
import { anyResource, onBehalfOf, policyDocument, type Statement, trustOf } from "./policy-documents";

/** From which archive, by which function. Every default is settings.ts's. */
export interface BackfillArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly settings: Pick<BackfillSettings, "concurrency">;
  readonly archive: {
    readonly bucketName: pulumi.Input<string>;
    readonly bucketArn: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
  };
  /** The forwarder. */
  readonly functionArn: pulumi.Input<string>;
  readonly functionTimeoutSeconds: number;
  /** The messages key: definition, executions, log. */
  readonly keyArn: pulumi.Input<string>;
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly logRetentionDays: number;
}

/**
 * A state machine that forwards the flow logs that are in the archive already, when somebody starts it with a prefix of them. It hands the
 * forwarder's function a batch of objects at a time; objects that fail are in the function's queue afterwards. What became of each batch,
 * with the keys that went into the queue, is in the archive, below `backfill/`. A run that fails sets an alarm off, and is gone on with by a redrive.
 *
 * No traces: Step Functions makes none of a map's batches. The function makes its own.
 *
 * Cost: $0.10 per month for the alarm; per million objects about $5 of state transitions and $30 of the function's time.
 */
export class Backfill extends pulumi.ComponentResource {
  readonly stateMachineArn: pulumi.Output<string>;
  /** For a shell: starts a backfill of all that is in the archive. */
  readonly startCommand: pulumi.Output<string>;

  constructor(name: string, args: BackfillArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:flows:Backfill", name, {}, opts);

    const log = logGroup(
      `${name}-log`,
      {
        logGroupName: args.names.stateMachineLogGroup(backfillName(args.names)),
        keyArn: args.keyArn,
        retentionDays: args.logRetentionDays,
      },
      { parent: this },
    );
    const { role, policy } = this.role(name, args);
    const machine = this.machine(name, args, log, role, policy);
    metricAlarm(
      `${name}-alarm-failed`,
      {
        names: args.names,
        what: "backfill-failed",
        description:
          "A backfill has failed, and flow logs of the past are missing. Its cause and log say why, its results which batches; cure that, " +
          "then go on with aws stepfunctions redrive-execution, within 14 days. A run that was refused for its input is started again.",
        namespace: "AWS/States",
        metricName: "ExecutionsFailed",
        dimensions: { StateMachineArn: machine.arn },
        statistic: "Sum",
        threshold: 1,
        treatMissingData: "notBreaching",
        topicArn: args.alarmTopicArn,
      },
      { parent: this },
    );

    this.stateMachineArn = machine.arn;
    this.startCommand = pulumi
      .all([args.account, machine.arn])
      .apply(
        ([{ region }, arn]) =>
          `aws stepfunctions start-execution --region ${region} --state-machine-arn ${arn} --input '${EVERYTHING}'`,
      );
    this.registerOutputs({ stateMachineArn: this.stateMachineArn, startCommand: this.startCommand });
  }

  private role(name: string, { account, names, archive, functionArn, keyArn }: BackfillArgs) {
    const stateMachineName = backfillName(names);
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        description: `Runs ${stateMachineName}`,
        assumeRolePolicy: account.apply((place) =>
          trustOf("states.amazonaws.com", onBehalfOf(place.accountId, stateMachineArn(place, stateMachineName))),
        ),
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      {
        role: role.name,
        policy: pulumi
          .all([account, archive.bucketArn, archive.keyArn, functionArn, keyArn])
          .apply(([place, bucketArn, archiveKeyArn, forwarderArn, messagesKeyArn]) =>
            policyDocument(
              backfillStatements(place, {
                ...{ stateMachineName, bucketArn, archiveKeyArn, messagesKeyArn },
                functionArn: forwarderArn,
              }),
            ),
          ),
      },
      { parent: this },
    );
    return { role, policy };
  }

  private machine(
    name: string,
    args: BackfillArgs,
    log: aws.cloudwatch.LogGroup,
    role: aws.iam.Role,
    policy: aws.iam.RolePolicy,
  ): aws.sfn.StateMachine {
    const { account, archive, settings, functionTimeoutSeconds } = args;
    return new aws.sfn.StateMachine(
      `${name}-machine`,
      {
        name: backfillName(args.names),
        type: "STANDARD",
        roleArn: role.arn,
        definition: pulumi
          .all([account, archive.bucketName, args.functionArn])
          .apply(([{ partition }, bucketName, functionArn]) =>
            backfillDefinition({ partition, bucketName, functionArn, functionTimeoutSeconds, ...settings }),
          ),
        encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: args.keyArn },
        // without data: the executions have it, for 90 days
        loggingConfiguration: {
          level: "ERROR",
          includeExecutionData: false,
          logDestination: pulumi.interpolate`${log.arn}:*`,
        },
      },
      // Step Functions tries the role's permission to log when it makes the state machine
      { parent: this, dependsOn: [policy] },
    );
  }
}

/** What the state machine's permissions are made of. */
export interface BackfillResources {
  readonly stateMachineName: string;
  readonly bucketArn: string;
  readonly functionArn: string;
  readonly archiveKeyArn: string;
  readonly messagesKeyArn: string;
}

/** All that the state machine may do. Each batch of a map is an execution of it, which it starts itself. */
export function backfillStatements(account: Account, of: BackfillResources): Statement[] {
  const machine = stateMachineArn(account, of.stateMachineName);
  const executions = machine.replace(":stateMachine:", ":execution:");
  const batches = `${executions}/${MAP_LABEL}:*`;
  return [
    {
      sid: "ListFlowLogs",
      actions: ["s3:ListBucket"],
      resources: [of.bucketArn],
      conditions: { StringLike: { "s3:prefix": [`${FLOW_LOG_PREFIX}*`] } },
    },
    { sid: "ForwardBatches", actions: ["lambda:InvokeFunction"], resources: [of.functionArn] },
    { sid: "FindRuns", actions: ["states:ListExecutions"], resources: [machine] },
    { sid: "StartBatches", actions: ["states:StartExecution"], resources: [machine] },
    {
      sid: "FollowBatches",
      actions: ["states:DescribeExecution", "states:StopExecution"],
      resources: [`${executions}:*`, batches],
    },
    { sid: "RedriveBatches", actions: ["states:RedriveExecution"], resources: [batches] },
    {
      sid: "KeepResults",
      actions: ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"],
      resources: [`${of.bucketArn}/${BACKFILL_PREFIX}*`],
    },
    {
      sid: "EncryptResults",
      actions: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
      resources: [of.archiveKeyArn],
      conditions: { StringEquals: { "kms:ViaService": `s3.${account.region}.amazonaws.com` } },
    },
    {
      sid: "EncryptExecutions",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [of.messagesKeyArn],
      conditions: { StringLike: ofStateMachine(account, of.stateMachineName) },
    },
    {
      sid: "EncryptLog",
      actions: ["kms:GenerateDataKey"],
      resources: [of.messagesKeyArn],
      conditions: { StringEquals: { "kms:EncryptionContext:SourceArn": deliverySourceArn(account) } },
    },
    {
      sid: "DeliverLog",
      actions: [
        "logs:CreateLogDelivery",
        "logs:GetLogDelivery",
        "logs:UpdateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:DescribeResourcePolicies",
        "logs:DescribeLogGroups",
      ],
      resources: anyResource("CloudWatch Logs has no resource to name for deliveries (Step Functions guide, cw-logs)"),
    },
  ];
}
