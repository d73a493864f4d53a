import type { Account } from "./account";
import { logGroupArn } from "./arns";
import { anyResource, type Statement } from "./policy-documents";

// The bastion's documents, what it may do, and what people may do with it. Pure.

/** What a session is made of. */
export interface SessionScope {
  readonly account: Account;
  readonly logGroupName: string;
  readonly keyArn: string;
  /** Name tag of the instances, which come and go. */
  readonly instanceName: string;
  readonly stackTags: Readonly<Record<string, string>>;
  readonly documentNames: readonly string[];
}

/**
 * A shell whose every line goes to the log group, encrypted (Systems Manager user guide, "session-manager-schema"). Without the log group, or
 * with one that isn't encrypted, no session starts.
 */
export function shellDocument(
  logGroupName: string,
  keyArn: string,
  { idleMinutes, maxMinutes }: SessionLimits,
): string {
  return JSON.stringify({
    schemaVersion: "1.0",
    description: "A logged and encrypted shell on the bastion",
    sessionType: "Standard_Stream",
    inputs: {
      s3BucketName: "",
      s3KeyPrefix: "",
      s3EncryptionEnabled: true,
      cloudWatchLogGroupName: logGroupName,
      cloudWatchEncryptionEnabled: true,
      // while it lasts, not at its end: who cuts a session off doesn't cut its log off
      cloudWatchStreamingEnabled: true,
      kmsKeyId: keyArn,
      idleSessionTimeout: `${idleMinutes}`,
      maxSessionDuration: `${maxMinutes}`,
      runAsEnabled: false,
      runAsDefaultUser: "",
      shellProfile: { linux: "", windows: "" },
    },
  });
}

/** When a session ends by itself. */
export interface SessionLimits {
  /** 1 to 60. */
  readonly idleMinutes: number;
  /** 1 to 1440. */
  readonly maxMinutes: number;
}

/** A tunnel from the caller's computer to the database and nowhere else: AWS's own document takes any host and port. */
export function tunnelDocument(host: string, port: number): string {
  return JSON.stringify({
    schemaVersion: "1.0",
    description: "A tunnel through the bastion to the database",
    sessionType: "Port",
    parameters: {
      localPortNumber: {
        type: "String",
        description: "The port on your computer",
        allowedPattern:
          "^([0-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$",
        default: "0",
      },
    },
    properties: {
      portNumber: `${port}`,
      type: "LocalPortForwarding",
      localPortNumber: "{{ localPortNumber }}",
      host,
    },
  });
}

/** What the instance may do: hold sessions and write their log (Systems Manager user guide, "getting-started-create-iam-instance-profile"). */
export function bastionStatements({ account, logGroupName, keyArn }: SessionScope): Statement[] {
  return [
    {
      sid: "HoldSessions",
      actions: [
        "ssm:UpdateInstanceInformation",
        ...["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel"],
        ...["ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"],
      ],
      resources: anyResource("channels have no ARN, and the agent reports an instance whose id is not known yet"),
    },
    {
      sid: "WriteSessionLog",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
      resources: [logGroupArn(account, logGroupName), `${logGroupArn(account, logGroupName)}:*`],
    },
    // a search by name, which IAM judges against the groups of the region
    { sid: "FindLogGroup", actions: ["logs:DescribeLogGroups"], resources: [logGroupArn(account, "*")] },
    { sid: "DecryptSessions", actions: ["kms:Decrypt"], resources: [keyArn] },
  ];
}

/**
 * Starts sessions on the bastion by the stack's two documents and no other, and resumes or ends one's own. source: Systems Manager user
 * guide, "getting-started-restrict-access-quickstart" and "getting-started-specify-session-document".
 */
export function startSessionStatements(scope: SessionScope): Statement[] {
  const { account, keyArn, documentNames } = scope;
  const { partition, region, accountId } = account;
  const ssmArn = (rest: string) => `arn:${partition}:ssm:${region}:${accountId}:${rest}`;
  const ofBastion = { ...scope.stackTags, Name: scope.instanceName };
  // IAM fills it in: an id of a session begins with that of who started it
  const me = "$" + "{aws:userid}";
  return [
    {
      sid: "StartOnBastion",
      actions: ["ssm:StartSession"],
      resources: [`arn:${partition}:ec2:${region}:${accountId}:instance/*`],
      conditions: {
        StringEquals: Object.fromEntries(
          Object.entries(ofBastion).map(([name, value]) => [`ssm:resourceTag/${name}`, value]),
        ),
        // without it a session that names no document runs the account's own, which may log nothing
        BoolIfExists: { "ssm:SessionDocumentAccessCheck": "true" },
      },
    },
    {
      sid: "StartByDocuments",
      actions: ["ssm:StartSession", "ssm:GetDocument"],
      resources: documentNames.map((name) => ssmArn(`document/${name}`)),
    },
    {
      sid: "OwnSessions",
      actions: ["ssm:ResumeSession", "ssm:TerminateSession"],
      resources: [ssmArn("session/*")],
      conditions: { StringLike: { "ssm:resourceTag/aws:ssmmessages:session-id": [me] } },
    },
    { sid: "OwnChannels", actions: ["ssmmessages:OpenDataChannel"], resources: [ssmArn(`session/${me}-*`)] },
    { sid: "EncryptSessions", actions: ["kms:GenerateDataKey"], resources: [keyArn] },
    {
      sid: "FindBastion",
      actions: ["ec2:DescribeInstances", "ssm:DescribeInstanceInformation"],
      resources: anyResource(
        "both know no resources; the command in the stack's outputs looks for the instance by its name",
      ),
    },
  ];
}
