import assert from "node:assert/strict";
import {
  administration,
  dataKeyUses,
  flowLogGroupKeyUses,
  flowLogsKeyUses,
  messagesKeyUses,
} from "../../components/key-uses";
import { policyDocument, type Statement } from "../../components/policy-documents";

const account = { accountId: "111122223333", region: "eu-west-1", partition: "aws" };
const ROOT = { AWS: "arn:aws:iam::111122223333:root" };

interface Row {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const rows = (statements: Statement[]): Row[] => JSON.parse(policyDocument(statements)).Statement;
const through = (service: string) => ({
  StringEquals: { "kms:ViaService": `${service}.eu-west-1.amazonaws.com`, "kms:CallerAccount": "111122223333" },
});
const behalf = (sourceArn: string) => ({
  StringEquals: { "aws:SourceAccount": "111122223333" },
  ArnLike: { "aws:SourceArn": sourceArn },
});
const logs = (...arns: string[]) => ({ ArnEquals: { "kms:EncryptionContext:aws:logs:arn": arns } });
const USE = ["Encrypt", "Decrypt", "ReEncrypt*", "GenerateDataKey*", "DescribeKey"];
/** Grants only of the service's own making. */
const grants = (sid: string, service: string) => [
  `${sid}Grants`,
  ROOT,
  ["CreateGrant"],
  { ...through(service), Bool: { "kms:GrantIsForAWSResource": "true" } },
];

/** Sid, principal, actions without their service, condition: the whole statement but for Effect and Resource. */
const short = ({ Sid, Principal, Action, Condition }: Row) => [
  Sid,
  Principal,
  Action.map((action) => action.replace(/^kms:/, "")),
  Condition,
];

const LOG_GROUPS = ["/aws/rds/instance/x/postgresql", "/aws/rds/instance/x/upgrade"];
const dataKey = rows(dataKeyUses(account, { logGroupNames: LOG_GROUPS, isPasswordManaged: true }));
const flowLogsKey = rows(flowLogsKeyUses(account, { hasQuarantine: false }));
const flowLogGroupKey = rows(flowLogGroupKeyUses(account, "flows"));
const FUNCTIONS = { bucketArn: "arn:aws:s3:::archive", logGroupNames: ["/aws/lambda/f"], haveSecret: true };
const messagesKey = rows(messagesKeyUses(account, "rds-sightline-dev/", FUNCTIONS));
const SYNC = { eventRuleNames: ["r1", "r2"], logGroupNames: ["/aws/lambda/t"], haveSecret: false };
const targetSyncKey = rows(messagesKeyUses(account, "rds-sightline-dev/", SYNC));

describe("the data key", () => {
  it("lets in RDS, Secrets Manager and the database's own log groups, and nobody else", () => {
    assert.deepEqual(dataKey.map(short), [
      ["Rds", ROOT, USE, through("rds")],
      grants("Rds", "rds"),
      ["SecretsManager", ROOT, USE, through("secretsmanager")],
      grants("SecretsManager", "secretsmanager"),
      [
        "LogGroups",
        { Service: "logs.eu-west-1.amazonaws.com" },
        USE,
        logs(
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/rds/instance/x/postgresql",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/rds/instance/x/upgrade",
        ),
      ],
    ]);
  });
});

describe("the data key of a database whose password the stack keeps", () => {
  it("lets Secrets Manager make no grants, since nothing rotates", () => {
    const statements = dataKeyUses(account, { logGroupNames: LOG_GROUPS, isPasswordManaged: false });

    assert.deepEqual(
      statements.map(({ sid }) => sid),
      ["Rds", "RdsGrants", "SecretsManager", "LogGroups"],
    );
  });
});

describe("the flow-log key", () => {
  it("lets in flow-log delivery of this account and region, and readers through S3, and nobody else", () => {
    assert.deepEqual(flowLogsKey.map(short), [
      [
        "FlowLogDelivery",
        { Service: "delivery.logs.amazonaws.com" },
        USE,
        behalf("arn:aws:logs:eu-west-1:111122223333:*"),
      ],
      ["ReadersThroughS3", ROOT, ["Decrypt"], through("s3")],
    ]);
  });

  it("lets who may write in the bucket use it, too, when bad lines are kept there", () => {
    const added = rows(flowLogsKeyUses(account, { hasQuarantine: true })).slice(flowLogsKey.length);

    assert.deepEqual(added.map(short), [["QuarantineThroughS3", ROOT, ["GenerateDataKey"], through("s3")]]);
  });
});

describe("the key of flow logs in a log group", () => {
  it("lets in CloudWatch Logs for this group, and nobody else: neither flow logs nor readers use it themselves", () => {
    assert.deepEqual(flowLogGroupKey.map(short), [
      [
        "LogGroups",
        { Service: "logs.eu-west-1.amazonaws.com" },
        USE,
        logs("arn:aws:logs:eu-west-1:111122223333:log-group:flows"),
      ],
    ]);
  });
});

describe("the messages key", () => {
  const ALARMS = [
    "Alarms",
    { Service: "cloudwatch.amazonaws.com" },
    ["Decrypt", "GenerateDataKey*"],
    behalf("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:rds-sightline-dev/*"),
  ];

  it("lets in each sender for its own source, each reader through its own service, and nobody else", () => {
    assert.deepEqual(messagesKey.map(short), [
      ALARMS,
      [
        "BucketNotifications",
        { Service: "s3.amazonaws.com" },
        ["Decrypt", "GenerateDataKey"],
        behalf("arn:aws:s3:::archive"),
      ],
      ["QueueUsers", ROOT, ["Decrypt", "GenerateDataKey"], through("sqs")],
      ["FunctionEnvironments", ROOT, ["Encrypt", "Decrypt", "GenerateDataKey", "DescribeKey"], through("lambda")],
      ["FunctionEnvironmentsGrants", ROOT, ["CreateGrant"], through("lambda")],
      [
        "LogGroups",
        { Service: "logs.eu-west-1.amazonaws.com" },
        USE,
        logs("arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f"),
      ],
      ["SecretsManager", ROOT, ["Decrypt", "GenerateDataKey", "DescribeKey"], through("secretsmanager")],
    ]);
  });

  it("lets in only alarms where there are no functions, and Secrets Manager only for a secret", () => {
    const sids = (statements: Statement[]) => statements.map(({ sid }) => sid);

    assert.deepEqual(rows(messagesKeyUses(account, "rds-sightline-dev/")).map(short), [ALARMS]);
    const without = sids(messagesKeyUses(account, "p", { ...FUNCTIONS, haveSecret: false }));
    assert.deepEqual(without, [
      "Alarms",
      "BucketNotifications",
      "QueueUsers",
      "FunctionEnvironments",
      "FunctionEnvironmentsGrants",
      "LogGroups",
    ]);
  });
});

describe("the messages key of a target sync", () => {
  const RULES = {
    StringEqualsIfExists: { "aws:SourceAccount": "111122223333" },
    ArnLikeIfExists: {
      "aws:SourceArn": [
        "arn:aws:events:eu-west-1:111122223333:rule/r1",
        "arn:aws:events:eu-west-1:111122223333:rule/r2",
      ],
    },
  };

  it("lets in its rules, which may leave unsaid for whom they act, and no bucket and no secret", () => {
    assert.deepEqual(targetSyncKey.map(short).slice(1), [
      ["EventRules", { Service: "events.amazonaws.com" }, ["Decrypt", "GenerateDataKey"], RULES],
      ["QueueUsers", ROOT, ["Decrypt", "GenerateDataKey"], through("sqs")],
      ["FunctionEnvironments", ROOT, ["Encrypt", "Decrypt", "GenerateDataKey", "DescribeKey"], through("lambda")],
      ["FunctionEnvironmentsGrants", ROOT, ["CreateGrant"], through("lambda")],
      [
        "LogGroups",
        { Service: "logs.eu-west-1.amazonaws.com" },
        USE,
        logs("arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/t"),
      ],
    ]);
  });

  it("lets in the same beside a forwarder, and changes nothing of the forwarder's but its log groups", () => {
    const functions = { ...FUNCTIONS, eventRuleNames: ["r1", "r2"], logGroupNames: ["/aws/lambda/f", "/aws/lambda/t"] };
    const both = rows(messagesKeyUses(account, "rds-sightline-dev/", functions));

    const isOfLogs = ({ Sid }: Row) => Sid === "LogGroups";
    const isOfRules = ({ Sid }: Row) => Sid === "EventRules";
    assert.deepEqual(both.filter(isOfRules), targetSyncKey.filter(isOfRules));
    assert.deepEqual(
      both.filter((row) => !isOfLogs(row) && !isOfRules(row)),
      messagesKey.filter((row) => !isOfLogs(row)),
    );
    assert.deepEqual(
      both.find(isOfLogs)?.Condition,
      logs(
        "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f",
        "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/t",
      ),
    );
  });
});

describe("every key", () => {
  const [admin] = rows([administration(account)]);

  it("can be managed by the account's administrators, so that it is never lost", () => {
    assert.deepEqual(admin?.Principal, ROOT);
    for (const action of ["kms:Put*", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:Enable*"]) {
      assert.ok(admin?.Action.includes(action), action);
    }
  });

  it("cannot be used, or handed out by grant, through that administration", () => {
    const granted = (admin?.Action ?? []).map((action) => new RegExp(`^${action.replace("*", ".*")}$`));
    for (const action of ["Encrypt", "Decrypt", "ReEncryptFrom", "GenerateDataKey", "CreateGrant", "Sign"]) {
      assert.ok(!granted.some((pattern) => pattern.test(`kms:${action}`)), action);
    }
  });

  it("lets nobody in without a condition", () => {
    for (const { Sid, Condition } of [
      ...dataKey,
      ...flowLogsKey,
      ...flowLogGroupKey,
      ...messagesKey,
      ...targetSyncKey,
    ]) {
      assert.ok(Condition, Sid);
    }
  });

  it("lets nobody make grants but through a service, and where AWS documents it only for the service itself", () => {
    const granting = [...dataKey, ...flowLogsKey, ...messagesKey].filter(({ Action }) =>
      Action.includes("kms:CreateGrant"),
    );

    assert.deepEqual(
      granting.map(({ Sid }) => Sid),
      ["RdsGrants", "SecretsManagerGrants", "FunctionEnvironmentsGrants"],
    );
    for (const { Sid, Condition } of granting) {
      assert.match(JSON.stringify(Condition), /"kms:ViaService"/, Sid);
      const isForService = /"kms:GrantIsForAWSResource":"true"/.test(JSON.stringify(Condition));
      assert.equal(isForService, Sid !== "FunctionEnvironmentsGrants", Sid);
    }
  });

  it("follows the partition and the region of its account", () => {
    const china = { accountId: "111122223333", region: "cn-north-1", partition: "aws-cn" };

    const document = policyDocument([administration(china), ...flowLogsKeyUses(china, { hasQuarantine: true })]);

    assert.match(document, /arn:aws-cn:iam::111122223333:root/);
    assert.match(document, /arn:aws-cn:logs:cn-north-1:111122223333:\*/);
    assert.doesNotMatch(document, /arn:aws:/);
  });
});
