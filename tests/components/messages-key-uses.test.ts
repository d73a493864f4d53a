import assert from "node:assert/strict";
import { messagesKeyUses } from "../../components/key-uses";
import type { Statement } from "../../components/policy-documents";
import { account, behalf, logs, ROOT, type Row, rows, short, through, USE } from "../support/key-statements";

const FUNCTIONS = {
  bucketArn: "arn:aws:s3:::archive",
  logGroupNames: ["/aws/lambda/f"],
  haveQueue: true,
  haveSecret: true,
};
const messagesKey = rows(messagesKeyUses(account, "rds-sightline-dev/", FUNCTIONS));
const SYNC = { eventRuleNames: ["r1", "r2"], logGroupNames: ["/aws/lambda/t"], haveQueue: true, haveSecret: false };
const targetSyncKey = rows(messagesKeyUses(account, "rds-sightline-dev/", SYNC));

describe("the messages key", () => {
  const ALARMS = [
    "Alarms",
    { Service: "cloudwatch.amazonaws.com" },
    ["Decrypt", "GenerateDataKey*"],
    behalf("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:rds-sightline-dev/*"),
  ];
  const DATABASE_EVENTS = [
    "DatabaseEvents",
    { Service: "events.rds.amazonaws.com" },
    ["Decrypt", "GenerateDataKey*"],
    {
      StringEqualsIfExists: { "aws:SourceAccount": "111122223333" },
      ArnLikeIfExists: { "aws:SourceArn": "arn:aws:rds:eu-west-1:111122223333:*" },
    },
  ];

  it("lets in each sender for its own source, each reader through its own service, and nobody else", () => {
    assert.deepEqual(messagesKey.map(short), [
      ALARMS,
      DATABASE_EVENTS,
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

  it("lets in only alarms and RDS's events where there are no functions, and Secrets Manager only for a secret", () => {
    const sids = (statements: Statement[]) => statements.map(({ sid }) => sid);

    assert.deepEqual(rows(messagesKeyUses(account, "rds-sightline-dev/")).map(short), [ALARMS, DATABASE_EVENTS]);
    const without = sids(messagesKeyUses(account, "p", { ...FUNCTIONS, haveSecret: false }));
    assert.deepEqual(without, [
      "Alarms",
      "DatabaseEvents",
      "BucketNotifications",
      "QueueUsers",
      "FunctionEnvironments",
      "FunctionEnvironmentsGrants",
      "LogGroups",
    ]);
  });

  it("lets nobody use queues where there are none", () => {
    const sids = messagesKeyUses(account, "p", { logGroupNames: ["u"], haveQueue: false, haveSecret: false });

    assert.deepEqual(
      sids.map(({ sid }) => sid),
      ["Alarms", "DatabaseEvents", "FunctionEnvironments", "FunctionEnvironmentsGrants", "LogGroups"],
    );
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
    assert.deepEqual(targetSyncKey.map(short).slice(2), [
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

describe("the messages key of a backfill", () => {
  const MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:m";
  const CALLER = { "kms:CallerAccount": "111122223333" };
  const LOGS = { "kms:EncryptionContext:SourceArn": "arn:aws:logs:eu-west-1:111122223333:*" };

  it("lets in whom IAM allows for this state machine, and delivery for its log, and changes nothing of the forwarder's", () => {
    const both = rows(messagesKeyUses(account, "rds-sightline-dev/", { ...FUNCTIONS, stateMachineName: "m" }));

    const isNew = ({ Sid }: Row) => Sid.startsWith("StateMachine");
    assert.deepEqual(
      both.filter((row) => !isNew(row)),
      messagesKey,
    );
    assert.deepEqual(both.filter(isNew).map(short), [
      [
        "StateMachine",
        ROOT,
        ["Decrypt", "GenerateDataKey"],
        {
          StringEquals: CALLER,
          StringLike: { "kms:EncryptionContext:aws:states:stateMachineArn": [MACHINE, `${MACHINE}/*`] },
        },
      ],
      ["StateMachineLog", ROOT, ["GenerateDataKey"], { StringEquals: { ...CALLER, ...LOGS } }],
      [
        "StateMachineLogDelivery",
        { Service: "delivery.logs.amazonaws.com" },
        ["Decrypt"],
        {
          StringEquals: LOGS,
          StringEqualsIfExists: { "aws:SourceAccount": "111122223333" },
          ArnLikeIfExists: { "aws:SourceArn": "arn:aws:logs:eu-west-1:111122223333:*" },
        },
      ],
    ]);
  });
});
