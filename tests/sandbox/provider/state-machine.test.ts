import assert from "node:assert/strict";
import { CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { PutBucketEncryptionCommand } from "@aws-sdk/client-s3";
import type { Account } from "../../../components/account";
import { backfillStatements } from "../../../components/backfill";
import { backfillDefinition } from "../../../components/backfill-definition";
import { policyDocument } from "../../../components/policy-documents";
import type { Properties } from "../../../sandbox/aws/provider/wire";
import { listStateMachines } from "../../../sandbox/aws/states/machines";
import { makeFunction, trust } from "./functions";
import { type Made, type StandIn, standIn, text } from "./stand-in";

const MACHINE = "aws:sfn/stateMachine:StateMachine";
const NAME = "backfill";
const ACCOUNT_ID = "123456789012";

const keyPolicy = (...Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const OWNER = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" };
const LOG_DELIVERY = {
  Effect: "Allow",
  Principal: { Service: "delivery.logs.amazonaws.com" },
  Action: "kms:Decrypt",
  Resource: "*",
};

describe("Step Functions in the AWS stand-in", () => {
  let on: StandIn;
  let inputs: Properties;
  let definition: string;
  let policyOf: (without?: string) => string;
  let role: Made;

  before(async () => {
    on = await standIn();
    const { region } = on;
    const account: Account = { accountId: ACCOUNT_ID, region, partition: "aws" };
    const { id: bucket } = await on.make("aws:s3/bucket:Bucket", "archive", {});
    const key = await on.make("aws:kms/key:Key", "archive", { policy: keyPolicy(OWNER, LOG_DELIVERY) });
    const keyId = text(key, "arn");
    const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: keyId };
    const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault }] };
    await on.aws.s3.send(new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration }));
    const logGroupName = `/aws/vendedlogs/states/${NAME}`;
    await on.aws.logs.send(new CreateLogGroupCommand({ logGroupName }));
    const { arn: functionArn } = await makeFunction(on, "forwarder");
    role = await on.make("aws:iam/role:Role", NAME, { assumeRolePolicy: trust("states.amazonaws.com") });

    const names = { stateMachineName: NAME, bucketArn: `arn:aws:s3:::${bucket}`, functionArn };
    const statements = backfillStatements(account, { ...names, archiveKeyArn: keyId, messagesKeyArn: keyId });
    policyOf = (without) => policyDocument(statements.filter(({ sid }) => sid !== without));
    const functionTimeoutSeconds = 120;
    const place = { partition: "aws", bucketName: bucket, functionArn, functionTimeoutSeconds };
    definition = backfillDefinition({ ...place, concurrency: 2 });
    inputs = {
      name: NAME,
      roleArn: text(role, "arn"),
      definition,
      encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: keyId },
      loggingConfiguration: {
        level: "ERROR",
        logDestination: `arn:aws:logs:${region}:${ACCOUNT_ID}:log-group:${logGroupName}:*`,
      },
    };
    await grant();
  });

  const grant = (without?: string) =>
    on.aws.iam.send(
      new PutRolePolicyCommand({ RoleName: role.id, PolicyName: NAME, PolicyDocument: policyOf(without) }),
    );

  it("keeps what is deployed for the player, changes it in place, and forgets it", async () => {
    const made = await on.make(MACHINE, NAME, inputs);
    const [deployed] = await listStateMachines(on.run);
    assert.deepEqual([deployed?.arn, deployed?.definition], [made.outs["arn"], definition]);

    const wider = definition.replace('"MaxConcurrency":2', '"MaxConcurrency":5');
    const changed = await on.change(made, MACHINE, NAME, inputs, { ...inputs, definition: wider });
    assert.equal((await listStateMachines(on.run))[0]?.definition, wider);
    await assert.rejects(on.make(MACHINE, NAME, inputs), /StateMachineAlreadyExists/);

    await changed.delete();
    assert.deepEqual(await listStateMachines(on.run), []);
  });

  it("is replaced when its name changes", async () => {
    const made = await on.make(MACHINE, NAME, inputs);

    await assert.rejects(on.change(made, MACHINE, NAME, inputs, { ...inputs, name: "other" }), /replaced for name/);
    await made.delete();
  });

  const NEEDED: readonly [string, RegExp][] = [
    ["ForwardBatches", /may not lambda:InvokeFunction on /],
    ["FindRuns", /may not states:ListExecutions on /],
    ["StartBatches", /may not states:StartExecution on /],
    ["FollowBatches", /may not states:DescribeExecution on /],
    ["RedriveBatches", /may not states:RedriveExecution on /],
    ["KeepResults", /may not s3:PutObject on /],
    ["EncryptResults", /may not kms:\S+/],
    ["EncryptExecutions", /may not kms:\S+/],
    ["EncryptLog", /may not kms:GenerateDataKey/],
    ["DeliverLog", /may not logs:CreateLogDelivery on \*/],
  ];
  for (const [sid, message] of NEEDED) {
    it(`says what its role may not do without ${sid}`, async () => {
      await grant(sid);

      await assert.rejects(on.make(MACHINE, NAME, inputs), message);
      await grant();
    });
  }

  const REFUSED: readonly [string, (good: Properties) => Properties, RegExp][] = [
    ["a definition that is none", () => ({ definition: '{"StartAt":"x","States":{}}' }), /InvalidDefinition/],
    ["a name with a slash", () => ({ name: "back/fill" }), /InvalidName/],
    ["a role that is none", () => ({ roleArn: "backfill" }), /InvalidArn/],
    [
      "a log group without :*",
      () => ({ loggingConfiguration: { level: "ALL", logDestination: "x" } }),
      /with :\* at its end/,
    ],
    [
      "an encryption without its key",
      () => ({ encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY" } }),
      /kmsKeyId/,
    ],
    [
      "a key that does not exist",
      () => ({
        encryptionConfiguration: {
          type: "CUSTOMER_MANAGED_KMS_KEY",
          kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/none",
        },
      }),
      /does not exist/,
    ],
    [
      "express executions, which are not played",
      () => ({ type: "EXPRESS" }),
      /plays state machines of the type STANDARD/,
    ],
  ];
  for (const [what, more, message] of REFUSED) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(on.make(MACHINE, NAME, { ...inputs, ...more(inputs) }), message);
    });
  }

  it("refuses a key that the delivery of its log may not use", async () => {
    const key = await on.make("aws:kms/key:Key", "other", { policy: keyPolicy(OWNER) });
    const encryptionConfiguration = { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: key.outs["arn"] };

    const made = on.make(MACHINE, NAME, { ...inputs, encryptionConfiguration });
    await assert.rejects(made, /does not let delivery\.logs\.amazonaws\.com do kms:Decrypt/);
  });

  it("refuses a role that Step Functions may not assume", async () => {
    const other = await on.make("aws:iam/role:Role", "other", { assumeRolePolicy: trust("lambda.amazonaws.com") });

    await assert.rejects(on.make(MACHINE, NAME, { ...inputs, roleArn: text(other, "arn") }), /states\.amazonaws\.com/);
  });
});
