import assert from "node:assert/strict";
import { Backfill } from "../../components/backfill";
import { backfillDefinition } from "../../components/backfill-definition";
import { arnOf, comesBefore, stackArgs, statementsOf } from "../support/components";
import { type Recording, record, valueOfOutput } from "../support/pulumi-recorder";

const NAME = "rds-sightline-dev-backfill";
const MACHINE = arnOf("states", `stateMachine:${NAME}`);
const EXECUTIONS = arnOf("states", `execution:${NAME}`);
const FUNCTION = arnOf("lambda", "function:forwarder");
const ARCHIVE = { bucketName: "archive", bucketArn: "arn:aws:s3:::archive", keyArn: "flow-logs-key-arn" };

let recording: Promise<Recording<Backfill>> | undefined;

function recordBackfill(): Promise<Recording<Backfill>> {
  recording ??= record(
    () =>
      new Backfill("backfill", {
        ...stackArgs(),
        settings: { concurrency: 3 },
        archive: ARCHIVE,
        functionArn: FUNCTION,
        functionTimeoutSeconds: 120,
        keyArn: "messages-key-arn",
        alarmTopicArn: "topic-arn",
      }),
  );
  return recording;
}

describe("a backfill", () => {
  it("is made of these and nothing else", async () => {
    const made = await recordBackfill();

    assert.deepEqual(made.names(), [
      "backfill-alarm-failed",
      "backfill-log",
      "backfill-machine",
      "backfill-policy",
      "backfill-role",
    ]);
    assert.equal(await valueOfOutput(made.result.stateMachineArn), MACHINE);
  });

  it("is started by a command that can be pasted into a shell", async () => {
    const { startCommand } = (await recordBackfill()).result;

    assert.equal(
      await valueOfOutput(startCommand),
      `aws stepfunctions start-execution --region us-west-2 --state-machine-arn ${MACHINE} --input '{"prefix":"AWSLogs/"}'`,
    );
  });

  it("is a standard state machine of the one definition, encrypted, whose errors are logged without data", async () => {
    const made = await recordBackfill();

    assert.deepEqual(made.named("backfill-machine").inputs, {
      name: NAME,
      type: "STANDARD",
      roleArn: "arn:aws:iam::111122223333:role/backfill-role-1a2b3c4",
      definition: backfillDefinition({
        partition: "aws",
        bucketName: "archive",
        functionArn: FUNCTION,
        functionTimeoutSeconds: 120,
        concurrency: 3,
      }),
      encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: "messages-key-arn" },
      loggingConfiguration: {
        level: "ERROR",
        includeExecutionData: false,
        logDestination: `${arnOf("logs", `log-group:/aws/vendedlogs/states/${NAME}`)}:*`,
      },
    });
  });

  it("is made once its role may do what Step Functions tries at once", async () => {
    const made = await recordBackfill();

    assert.ok(comesBefore(made, "backfill-policy", "backfill-machine"));
  });

  it("has a role that Step Functions may assume for this state machine of this account only", async () => {
    const [trust] = statementsOf((await recordBackfill()).named("backfill-role"), "assumeRolePolicy");

    assert.deepEqual(trust, {
      Sid: "Assume",
      Effect: "Allow",
      Principal: { Service: "states.amazonaws.com" },
      Action: ["sts:AssumeRole"],
      Condition: { StringEquals: { "aws:SourceAccount": "111122223333" }, ArnLike: { "aws:SourceArn": MACHINE } },
    });
  });

  it("may list flow logs, invoke the forwarder, run batches of itself, keep results, use its keys and log, and nothing else", async () => {
    const statements = statementsOf((await recordBackfill()).named("backfill-policy"));

    const logs = { StringEquals: { "kms:EncryptionContext:SourceArn": arnOf("logs", "*") } };
    const own = { StringLike: { "kms:EncryptionContext:aws:states:stateMachineArn": [MACHINE, `${MACHINE}/*`] } };
    assert.deepEqual(
      statements.map(({ Sid, Effect, Action, Resource, Condition }) => [Sid, Effect, Action, Resource, Condition]),
      [
        [
          "ListFlowLogs",
          "Allow",
          ["s3:ListBucket"],
          [ARCHIVE.bucketArn],
          { StringLike: { "s3:prefix": ["AWSLogs/*"] } },
        ],
        ["ForwardBatches", "Allow", ["lambda:InvokeFunction"], [FUNCTION], undefined],
        ["FindRuns", "Allow", ["states:ListExecutions"], [MACHINE], undefined],
        ["StartBatches", "Allow", ["states:StartExecution"], [MACHINE], undefined],
        [
          "FollowBatches",
          "Allow",
          ["states:DescribeExecution", "states:StopExecution"],
          [`${EXECUTIONS}:*`, `${EXECUTIONS}/Objects:*`],
          undefined,
        ],
        ["RedriveBatches", "Allow", ["states:RedriveExecution"], [`${EXECUTIONS}/Objects:*`], undefined],
        [
          "KeepResults",
          "Allow",
          ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"],
          [`${ARCHIVE.bucketArn}/backfill/*`],
          undefined,
        ],
        [
          "EncryptResults",
          "Allow",
          ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
          ["flow-logs-key-arn"],
          { StringEquals: { "kms:ViaService": "s3.us-west-2.amazonaws.com" } },
        ],
        ["EncryptExecutions", "Allow", ["kms:Decrypt", "kms:GenerateDataKey"], ["messages-key-arn"], own],
        ["EncryptLog", "Allow", ["kms:GenerateDataKey"], ["messages-key-arn"], logs],
        [
          "DeliverLog",
          "Allow",
          [
            "logs:CreateLogDelivery",
            "logs:GetLogDelivery",
            "logs:UpdateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:DescribeResourcePolicies",
            "logs:DescribeLogGroups",
          ],
          "*",
          undefined,
        ],
      ],
    );
  });

  it("sets an alarm off when a run fails, and says how to go on", async () => {
    const { inputs } = (await recordBackfill()).named("backfill-alarm-failed");

    const { namespace, metricName, dimensions, statistic, threshold, treatMissingData, alarmActions } = inputs;
    assert.deepEqual(
      { namespace, metricName, dimensions, statistic, threshold, treatMissingData, alarmActions },
      {
        namespace: "AWS/States",
        metricName: "ExecutionsFailed",
        dimensions: { StateMachineArn: MACHINE },
        statistic: "Sum",
        threshold: 1,
        treatMissingData: "notBreaching",
        alarmActions: ["topic-arn"],
      },
    );
    assert.match(String(inputs["alarmDescription"]), /redrive-execution/);
  });
});
