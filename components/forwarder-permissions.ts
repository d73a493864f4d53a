import { FLOW_LOG_PREFIX } from "./flow-archive";
import { anyResource, type Statement } from "./policy-documents";

/** What the forwarder's own permissions are made of. */
export interface ForwarderResources {
  readonly queueArn: string;
  readonly secretArn: string;
  readonly messagesKeyArn: string;
  /** The bucket that it reads, and its key; absent when a log group's events come to it instead. */
  readonly archive?: { readonly bucketArn: string; readonly keyArn: string };
  /** Whether it keeps bad lines in the bucket. */
  readonly hasQuarantine: boolean;
}

/** Where the function puts bad lines; no notification is about objects there. */
const QUARANTINE_PREFIX = "quarantine/";

/** All that the forwarder may do, besides its log and traces. */
export function forwarderStatements(of: ForwarderResources): Statement[] {
  const { queueArn, secretArn, messagesKeyArn, archive } = of;
  const send = { actions: ["sqs:SendMessage"], resources: [queueArn] };
  return [
    {
      sid: "TakeFromQueue",
      actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      resources: [queueArn],
    },
    // the rest of an object that there was no time for; or an event that it failed on, which is Lambda's to send, under its role
    { sid: archive ? "ContinueLater" : "KeepFailures", ...send },
    ...(archive ? readArchive(archive.bucketArn) : []),
    { sid: "ReadPceCredentials", actions: ["secretsmanager:GetSecretValue"], resources: [secretArn] },
    {
      sid: "Decrypt",
      actions: ["kms:Decrypt"],
      resources: [...(archive ? [archive.keyArn] : []), messagesKeyArn],
    },
    { sid: "EncryptMessages", actions: ["kms:GenerateDataKey"], resources: [messagesKeyArn] },
    ...(archive && of.hasQuarantine ? keepBadLines(archive) : []),
    ...(archive ? [] : [LEARN_FORMATS]),
  ];
}

function readArchive(bucketArn: string): Statement[] {
  return [
    { sid: "ReadFlowLogs", actions: ["s3:GetObject"], resources: [`${bucketArn}/${FLOW_LOG_PREFIX}*`] },
    // without it S3 answers 403, not 404, for an object that is gone, and the forwarder would try it for ever
    { sid: "TellMissingFromForbidden", actions: ["s3:ListBucket"], resources: [bucketArn] },
  ];
}

function keepBadLines({ bucketArn, keyArn }: NonNullable<ForwarderResources["archive"]>): Statement[] {
  return [
    { sid: "KeepBadLines", actions: ["s3:PutObject"], resources: [`${bucketArn}/${QUARANTINE_PREFIX}*`] },
    { sid: "EncryptBadLines", actions: ["kms:GenerateDataKey"], resources: [keyArn] },
  ];
}

// flow logs that somebody else has write into the group; their lines say nothing of their format
const LEARN_FORMATS: Statement = {
  sid: "LearnFormats",
  actions: ["ec2:DescribeFlowLogs"],
  resources: anyResource("EC2 has no resource to name for what only describes"),
};
