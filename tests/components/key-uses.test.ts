import assert from "node:assert/strict";
import { administration, dataKeyUses, flowLogsKeyUses, logKeyUses, messagesKeyUses } from "../../components/key-uses";
import { policyDocument } from "../../components/policy-documents";
import { account, behalf, grants, logs, ROOT, rows, short, through, USE } from "../support/key-statements";

const LOG_GROUPS = ["/aws/rds/instance/x/postgresql", "/aws/rds/instance/x/upgrade"];
const dataKey = rows(
  dataKeyUses(account, { logGroupNames: LOG_GROUPS, isPasswordManaged: true, hasBackupPlan: false }),
);
const NO_WRITERS = { hasQuarantine: false, hasBackfill: false };
const flowLogsKey = rows(flowLogsKeyUses(account, NO_WRITERS));
const flowLogGroupKey = rows(logKeyUses(account, "flows"));
const FUNCTIONS = {
  bucketArn: "arn:aws:s3:::archive",
  logGroupNames: ["/aws/lambda/f"],
  haveQueue: true,
  haveSecret: true,
};
const messagesKey = rows(messagesKeyUses(account, "rds-sightline-dev/", FUNCTIONS));
const SYNC = { eventRuleNames: ["r1", "r2"], logGroupNames: ["/aws/lambda/t"], haveQueue: true, haveSecret: false };
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
    const statements = dataKeyUses(account, {
      logGroupNames: LOG_GROUPS,
      isPasswordManaged: false,
      hasBackupPlan: false,
    });

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
    const added = rows(flowLogsKeyUses(account, { ...NO_WRITERS, hasQuarantine: true })).slice(flowLogsKey.length);

    assert.deepEqual(added.map(short), [["QuarantineThroughS3", ROOT, ["GenerateDataKey"], through("s3")]]);
  });

  it("lets who may write in the bucket use it, in parts, when the results of backfills are kept there", () => {
    const added = rows(flowLogsKeyUses(account, { ...NO_WRITERS, hasBackfill: true })).slice(flowLogsKey.length);

    assert.deepEqual(added.map(short), [["BackfillThroughS3", ROOT, ["Encrypt", "GenerateDataKey"], through("s3")]]);
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

    const document = policyDocument([
      administration(china),
      ...flowLogsKeyUses(china, { hasQuarantine: true, hasBackfill: true }),
    ]);

    assert.match(document, /arn:aws-cn:iam::111122223333:root/);
    assert.match(document, /arn:aws-cn:logs:cn-north-1:111122223333:\*/);
    assert.doesNotMatch(document, /arn:aws:/);
  });
});
