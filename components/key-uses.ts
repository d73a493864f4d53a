import type { Account } from "./account";
import { alarmArns, databaseArns, deliverySourceArn, eventRuleArn, logGroupArn, stateMachineArn } from "./arns";
import { anyResource, type Conditions, onBehalfOf, type Principal, type Statement } from "./policy-documents";

// Who may use which key, as tables of statements. Each key lets in its own users and nobody else.

/** The key that the policy is of. */
export const THIS_KEY = anyResource("in a key policy the only resource is the key itself, and AWS writes it *");

const USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

/**
 * The account's administrators, through IAM, may manage the key and its policy, and may not encrypt or decrypt with it. Without this
 * statement a key whose other principals are gone could never be changed or deleted again, except by AWS support.
 */
export function administration({ partition, accountId }: Account): Statement {
  return {
    sid: "AdministrationByIam",
    principal: { aws: `arn:${partition}:iam::${accountId}:root` },
    // not kms:*, AWS's default: it would let IAM alone hand out Decrypt. kms:Create* would hand it out by grant
    actions: [
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:Describe*",
      "kms:Disable*",
      "kms:Enable*",
      "kms:Get*",
      "kms:List*",
      "kms:Put*",
      "kms:RevokeGrant",
      "kms:RotateKeyOnDemand",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:Update*",
      "kms:ScheduleKeyDeletion",
      "kms:CancelKeyDeletion",
    ],
    resources: THIS_KEY,
  };
}

/**
 * The account's principals that IAM allows it may use the key, but only through one service, which checks what they may see. A service
 * that works on after the call (RDS, Secrets Manager's rotation, Lambda) asks for a grant then.
 */
export function through(account: Account, service: string, sid: string, actions: readonly string[]): Statement {
  return {
    sid,
    principal: { aws: `arn:${account.partition}:iam::${account.accountId}:root` },
    actions,
    resources: THIS_KEY,
    conditions: {
      StringEquals: {
        "kms:ViaService": `${service}.${account.region}.amazonaws.com`,
        "kms:CallerAccount": account.accountId,
      },
    },
  };
}

/** The same, for a service that goes on using the key after the call: it may make grants, and nobody else through it. */
function throughWithGrants(account: Account, service: string, sid: string, actions: readonly string[]): Statement[] {
  const use = through(account, service, sid, actions);
  const grants = through(account, service, `${sid}Grants`, ["kms:CreateGrant"]);
  // a grant that a principal makes by itself would outlive what IAM allows it
  return [use, { ...grants, conditions: { ...grants.conditions, Bool: { "kms:GrantIsForAWSResource": "true" } } }];
}

/** CloudWatch Logs, for these log groups. Their encryption context is their ARN (CloudWatch Logs guide, "encrypt-log-data-kms"). */
export function logGroups(account: Account, names: readonly string[]): Statement {
  const conditions: Conditions = {
    ArnEquals: { "kms:EncryptionContext:aws:logs:arn": names.map((name) => logGroupArn(account, name)) },
  };
  return {
    sid: "LogGroups",
    principal: { service: `logs.${account.region}.amazonaws.com` },
    actions: USE,
    resources: THIS_KEY,
    conditions,
  };
}

/** What a database needs of its key. */
export interface DataKeyUsers {
  readonly logGroupNames: readonly string[];
  /** True when RDS keeps the master user's secret, and rotates it by itself. */
  readonly isPasswordManaged: boolean;
  /** True when AWS Backup keeps snapshots in a vault that has the key. */
  readonly hasBackupPlan?: boolean;
}

/** The database's key: storage, snapshots, Performance Insights, the master user's secret, the log groups. */
export function dataKeyUses(
  account: Account,
  { logGroupNames, isPasswordManaged, hasBackupPlan }: DataKeyUsers,
): Statement[] {
  const secret = ["secretsmanager", "SecretsManager", USE] as const;
  return [
    ...throughWithGrants(account, "rds", "Rds", USE),
    ...(isPasswordManaged ? throughWithGrants(account, ...secret) : [through(account, ...secret)]),
    ...(hasBackupPlan ? throughWithGrants(account, "backup", "Backup", USE) : []),
    logGroups(account, logGroupNames),
  ];
}

/**
 * The key of people's sessions and of their log: Session Manager's agent and its clients agree on a session's key with it (Systems Manager
 * user guide, "session-preferences-enable-encryption"). Whom IAM lets start a session, and the bastion, use it.
 */
export function sessionKeyUses(account: Account, logGroupName: string): Statement[] {
  const { partition, accountId } = account;
  const sessions: Statement = {
    sid: "Sessions",
    principal: { aws: `arn:${partition}:iam::${accountId}:root` },
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    resources: THIS_KEY,
    // not kms:ViaService: both ends of a session call KMS themselves
    conditions: { StringEquals: { "kms:CallerAccount": accountId } },
  };
  return [sessions, logGroups(account, [logGroupName])];
}

/** The key of a log group that is used by CloudWatch Logs alone, for who may write into the group or read it. */
export function logKeyUses(account: Account, logGroupName: string): Statement[] {
  return [logGroups(account, [logGroupName])];
}

/** The key of automated backups in another region, by the account there: RDS alone uses it, to copy and to restore. */
export function replicatedBackupsKeyUses(account: Account): Statement[] {
  return throughWithGrants(account, "rds", "Rds", USE);
}

/** What, beside flow-log delivery, writes into the archive. */
export interface FlowLogsKeyUsers {
  readonly hasQuarantine: boolean;
  /** True when the results of backfills are kept there. */
  readonly hasBackfill: boolean;
}

/** The flow archive's key: written by flow-log delivery, read through S3 by whom IAM allows, and written by them if there is what writes. */
export function flowLogsKeyUses(account: Account, { hasQuarantine, hasBackfill }: FlowLogsKeyUsers): Statement[] {
  return [
    {
      sid: "FlowLogDelivery",
      principal: { service: "delivery.logs.amazonaws.com" },
      actions: USE,
      resources: THIS_KEY,
      conditions: onBehalfOf(account.accountId, deliverySourceArn(account)),
    },
    through(account, "s3", "ReadersThroughS3", ["kms:Decrypt"]),
    ...(hasQuarantine ? [through(account, "s3", "QuarantineThroughS3", ["kms:GenerateDataKey"])] : []),
    // in parts (Step Functions guide, "iam-policies-eg-dist-map"): beside these two it takes the readers' kms:Decrypt
    ...(hasBackfill ? [through(account, "s3", "BackfillThroughS3", ["kms:Encrypt", "kms:GenerateDataKey"])] : []),
  ];
}

/** What a stack's functions need of the messages key. */
export interface FunctionKeyUsers {
  /** The bucket whose notifications go to an encrypted queue of theirs; absent when none do. */
  readonly bucketArn?: string;
  /** The rules of EventBridge that leave in an encrypted queue of theirs what they could not deliver; absent when none do. */
  readonly eventRuleNames?: readonly string[];
  /** The state machine whose definition and executions the key encrypts; absent when there is none. */
  readonly stateMachineName?: string;
  readonly logGroupNames: readonly string[];
  /** True when they have a queue, for events or for failures. */
  readonly haveQueue: boolean;
  /** True when a secret of theirs is encrypted with the key. */
  readonly haveSecret: boolean;
}

/**
 * The key of everything that travels: the topic that alarms with these names, and events of databases, go to; and where there are functions, their queues,
 * environments, logs and secret. A sender that isn't there is not let in.
 */
export function messagesKeyUses(account: Account, alarmNamePrefix: string, functions?: FunctionKeyUsers): Statement[] {
  const alarms: Statement = {
    sid: "Alarms",
    principal: { service: "cloudwatch.amazonaws.com" },
    actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
    resources: THIS_KEY,
    conditions: onBehalfOf(account.accountId, alarmArns(account, alarmNamePrefix)),
  };
  return [alarms, databaseEvents(account), ...(functions ? functionUses(account, functions) : [])];
}

// AWS's example for RDS names no condition but for the topic itself (RDS guide, "USER_Events.GrantingPermissions"). So: when it says for whom
// it acts, that must be something of RDS in this account. What may be published, the topic's own policy decides.
function databaseEvents(account: Account): Statement {
  return {
    sid: "DatabaseEvents",
    principal: { service: "events.rds.amazonaws.com" },
    actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
    resources: THIS_KEY,
    conditions: {
      StringEqualsIfExists: { "aws:SourceAccount": account.accountId },
      ArnLikeIfExists: { "aws:SourceArn": databaseArns(account) },
    },
  };
}

function functionUses(account: Account, users: FunctionKeyUsers): Statement[] {
  const { bucketArn, eventRuleNames, stateMachineName, logGroupNames, haveQueue, haveSecret } = users;
  const environment = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"];
  const secret = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"];
  return [
    ...(bucketArn === undefined ? [] : [bucketNotifications(account, bucketArn)]),
    ...(eventRuleNames === undefined ? [] : [eventRules(account, eventRuleNames)]),
    // who reads, who redrives or sends by hand, and a function whose failures go there
    ...(haveQueue ? [through(account, "sqs", "QueueUsers", ["kms:Decrypt", "kms:GenerateDataKey"])] : []),
    through(account, "lambda", "FunctionEnvironments", environment),
    // no kms:GrantIsForAWSResource here: AWS documents it for RDS and Secrets Manager, and not for Lambda
    through(account, "lambda", "FunctionEnvironmentsGrants", ["kms:CreateGrant"]),
    ...(stateMachineName === undefined ? [] : stateMachine(account, stateMachineName)),
    logGroups(account, logGroupNames),
    ...(haveSecret ? [through(account, "secretsmanager", "SecretsManager", secret)] : []),
  ];
}

function bucketNotifications({ accountId }: Account, bucketArn: string): Statement {
  return {
    sid: "BucketNotifications",
    principal: { service: "s3.amazonaws.com" },
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    resources: THIS_KEY,
    conditions: onBehalfOf(accountId, bucketArn),
  };
}

// AWS's example for encrypted queues lets EventBridge in without a condition (EventBridge user guide, "My events are not delivered to the
// target Amazon SQS queue"), and says of encrypted SNS topics that it doesn't support these two (SNS guide, "sns-key-management"). So: when
// it says for whom it acts, that must be one of these rules. What may be sent to the queue, the queue's own policy decides.
function eventRules(account: Account, names: readonly string[]): Statement {
  return {
    sid: "EventRules",
    principal: { service: "events.amazonaws.com" },
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    resources: THIS_KEY,
    conditions: {
      StringEqualsIfExists: { "aws:SourceAccount": account.accountId },
      ArnLikeIfExists: { "aws:SourceArn": names.map((name) => eventRuleArn(account, name)) },
    },
  };
}

// No kms:ViaService: with it an execution can fail (Step Functions guide, "encryption-at-rest"). What is encrypted for the state machine says
// so in its context, and what is encrypted for its log, whose delivery is a service of its own, says the logs of the account and region.
function stateMachine(account: Account, name: string): Statement[] {
  const { accountId } = account;
  const caller = { "kms:CallerAccount": accountId };
  const logs = { "kms:EncryptionContext:SourceArn": deliverySourceArn(account) };
  const root: Principal = { aws: `arn:${account.partition}:iam::${accountId}:root` };
  return [
    {
      sid: "StateMachine",
      principal: root,
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: THIS_KEY,
      conditions: { StringEquals: caller, StringLike: ofStateMachine(account, name) },
    },
    {
      sid: "StateMachineLog",
      principal: root,
      actions: ["kms:GenerateDataKey"],
      resources: THIS_KEY,
      conditions: { StringEquals: { ...caller, ...logs } },
    },
    {
      sid: "StateMachineLogDelivery",
      principal: { service: "delivery.logs.amazonaws.com" },
      actions: ["kms:Decrypt"],
      resources: THIS_KEY,
      // AWS's example has no condition. The context is that of the encryption; for whom it acts, delivery may say or not
      conditions: {
        StringEquals: logs,
        StringEqualsIfExists: { "aws:SourceAccount": accountId },
        ArnLikeIfExists: { "aws:SourceArn": deliverySourceArn(account) },
      },
    },
  ];
}

/** The encryption context of a state machine. AWS doesn't say whether the batches of its maps have their own name in it: both will do. */
export function ofStateMachine(account: Account, name: string): Readonly<Record<string, readonly string[]>> {
  const arn = stateMachineArn(account, name);
  return { "kms:EncryptionContext:aws:states:stateMachineArn": [arn, `${arn}/*`] };
}
