import assert from "node:assert/strict";
import { readConfig } from "../../functions/flow-forwarder/config";
import { arnOf, codeOf, comesBefore, statementsOf } from "../support/components";
import { ARCHIVE, environmentOf, QUEUE, QUEUE_URL, recordForwarder } from "../support/flow-forwarder";
import { valueOfOutput } from "../support/pulumi-recorder";

const FUNCTION = "aws:lambda/function:Function";
const BUCKET = ARCHIVE.bucketArn;
const SECRET = arnOf("secretsmanager", "secret:forwarder-pce-secret-AbCdEf");
const CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

describe("a flow forwarder", () => {
  it("is made of these and nothing else", async () => {
    const made = await recordForwarder();

    assert.deepEqual(made.names(), [
      "forwarder-alarm-age",
      "forwarder-alarm-dead-letters",
      "forwarder-alarm-errors",
      "forwarder-alarm-failed-connections",
      "forwarder-alarm-failed-messages",
      "forwarder-alarm-skip-data",
      "forwarder-lambda-function",
      "forwarder-lambda-log",
      "forwarder-lambda-policy",
      "forwarder-lambda-role",
      "forwarder-mapping",
      "forwarder-notification",
      "forwarder-objects-dead-letters",
      "forwarder-objects-dead-letters-policy",
      "forwarder-objects-queue",
      "forwarder-objects-queue-policy",
      "forwarder-objects-redrive-allow",
      "forwarder-pce-secret",
      "forwarder-pce-secret-value",
      "forwarder-recursion",
    ]);
    assert.equal(await valueOfOutput(made.result.functionName), "rds-sightline-dev-flow-forwarder");
    assert.equal(
      await valueOfOutput(made.result.functionArn),
      arnOf("lambda", "function:rds-sightline-dev-flow-forwarder"),
    );
  });

  it("makes no secret when there is one", async () => {
    const made = await recordForwarder({
      pce: { credentials: { secretArn: arnOf("secretsmanager", "secret:given") } },
    });

    assert.deepEqual(made.names("aws:secretsmanager/secret:Secret"), []);
    assert.equal(environmentOf(made)["PCE_CREDENTIALS_SECRET_ARN"], arnOf("secretsmanager", "secret:given"));
  });
});

describe("the forwarder's queue", () => {
  it("takes notifications from this bucket of this account, and from nobody else", async () => {
    const [sender] = statementsOf((await recordForwarder()).named("forwarder-objects-queue-policy"));

    assert.deepEqual(sender, {
      Sid: "BucketNotifications",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: ["sqs:SendMessage"],
      Resource: [QUEUE],
      Condition: { StringEquals: { "aws:SourceAccount": "111122223333" }, ArnLike: { "aws:SourceArn": BUCKET } },
    });
  });

  it("hides a message for six times as long as the function may take, whatever that is", async () => {
    for (const timeoutSeconds of [30, 120, 900]) {
      const made = await recordForwarder({ settings: { timeoutSeconds } });

      assert.equal(made.one(FUNCTION).inputs["timeout"], timeoutSeconds);
      assert.equal(made.named("forwarder-objects-queue").inputs["visibilityTimeoutSeconds"], 6 * timeoutSeconds);
    }
  });

  it("tries a message for a day at least, and gives it up before the queue forgets it, whatever a try takes", async () => {
    for (const timeoutSeconds of [30, 120, 900]) {
      const { redrivePolicy, visibilityTimeoutSeconds, messageRetentionSeconds } = (
        await recordForwarder({ settings: { timeoutSeconds } })
      ).named("forwarder-objects-queue").inputs;
      const { maxReceiveCount } = JSON.parse(String(redrivePolicy)) as { maxReceiveCount: number };

      const triedForSeconds = maxReceiveCount * Number(visibilityTimeoutSeconds);
      assert.ok(triedForSeconds >= 86_400, `${triedForSeconds} s`);
      assert.ok(triedForSeconds < Number(messageRetentionSeconds), `${triedForSeconds} s`);
      // SQS takes no more, and Lambda's throttling may cost a message five
      assert.ok(maxReceiveCount >= 5 && maxReceiveCount <= 1000, `${maxReceiveCount} receives`);
    }
  });

  it("is told of every new object below the flow logs' prefix, once it may be told", async () => {
    const made = await recordForwarder();

    assert.deepEqual(made.named("forwarder-notification").inputs, {
      bucket: "archive",
      queues: [{ queueArn: QUEUE, events: ["s3:ObjectCreated:*"], filterPrefix: "AWSLogs/" }],
    });
    assert.ok(comesBefore(made, "forwarder-objects-queue-policy", "forwarder-notification"));
  });
});

describe("the forwarder's function", () => {
  it("takes one message at a time, so that none spends another's tries, and stays below its maximum concurrency", async () => {
    const made = await recordForwarder({ settings: { maximumConcurrency: 7 } });

    assert.deepEqual(made.named("forwarder-mapping").inputs, {
      eventSourceArn: QUEUE,
      functionName: arnOf("lambda", "function:rds-sightline-dev-flow-forwarder"),
      batchSize: 1,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: 7 },
    });
  });

  it("may take from its queue and put into it, read flow logs and its secret, use its keys, and nothing else", async () => {
    const statements = statementsOf((await recordForwarder()).named("forwarder-lambda-policy"));

    assert.deepEqual(
      statements.map(({ Sid, Effect, Action, Resource }) => [Sid, Effect, Action, Resource]),
      [
        ["TakeFromQueue", "Allow", ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], [QUEUE]],
        ["ContinueLater", "Allow", ["sqs:SendMessage"], [QUEUE]],
        ["ReadFlowLogs", "Allow", ["s3:GetObject"], [`${BUCKET}/AWSLogs/*`]],
        ["TellMissingFromForbidden", "Allow", ["s3:ListBucket"], [BUCKET]],
        ["ReadPceCredentials", "Allow", ["secretsmanager:GetSecretValue"], [SECRET]],
        ["Decrypt", "Allow", ["kms:Decrypt"], [ARCHIVE.keyArn, "messages-key-arn"]],
        ["EncryptMessages", "Allow", ["kms:GenerateDataKey"], ["messages-key-arn"]],
        [
          "OwnLog",
          "Allow",
          ["logs:CreateLogStream", "logs:PutLogEvents"],
          [arnOf("logs", "log-group:/aws/lambda/rds-sightline-dev-flow-forwarder:*")],
        ],
        ["Traces", "Allow", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"],
      ],
    );
  });

  it("has an environment that it accepts, with no secret in it", async () => {
    const environment = environmentOf(await recordForwarder());

    assert.deepEqual(environment, {
      PCE_HOST: "pce.example.com",
      PCE_PORT: "8443",
      PCE_ORG_ID: "1",
      PCE_CREDENTIALS_SECRET_ARN: SECRET,
      SERVICE_PORTS: "5432",
      SEND_REJECTED: "false",
      QUEUE_URL: QUEUE_URL,
      PCE_REQUESTS_PER_MINUTE: "100",
      RESEND_AFTER_SECONDS: "3600",
      MAX_INFLATED_MB: "8192",
      MAX_INFLATION_RATIO: "200",
      POWERTOOLS_SERVICE_NAME: "rds-sightline-dev-flow-forwarder",
      POWERTOOLS_METRICS_NAMESPACE: "RdsSightline",
      POWERTOOLS_LOG_LEVEL: "INFO",
    });
    assert.equal(readConfig(environment).pce.credentialsSecretArn, SECRET);
    assert.doesNotMatch(JSON.stringify(environment), /hush/);
  });

  it("does as the settings say", async () => {
    const settings = { sendRejected: true, logLevel: "DEBUG", memoryMb: 512 } as const;
    const made = await recordForwarder({ settings, pce: { port: 443, orgId: 7 } });
    const environment = environmentOf(made);

    assert.equal(environment["SEND_REJECTED"], "true");
    assert.equal(environment["POWERTOOLS_LOG_LEVEL"], "DEBUG");
    assert.equal(environment["PCE_PORT"], "443");
    assert.equal(environment["PCE_ORG_ID"], "7");
    assert.equal(made.one(FUNCTION).inputs["memorySize"], 512);
  });

  for (const { requestsPerMinute, maximumConcurrency, share } of [
    { requestsPerMinute: 500, maximumConcurrency: 2, share: "250" },
    { requestsPerMinute: 500, maximumConcurrency: 7, share: "71.428" },
    { requestsPerMinute: 100, maximumConcurrency: 1000, share: "0.1" },
  ]) {
    it(`shares ${requestsPerMinute} requests a minute with ${maximumConcurrency} others of its kind`, async () => {
      const made = await recordForwarder({ settings: { maximumConcurrency }, pce: { requestsPerMinute } });

      assert.equal(environmentOf(made)["PCE_REQUESTS_PER_MINUTE"], share);
      assert.ok(readConfig(environmentOf(made)).requestsPerMinute * maximumConcurrency <= requestsPerMinute);
    });
  }

  it("leaves a backfill its part of the PCE's requests, and changes in nothing else for it", async () => {
    const backfill = { concurrency: 4, requestsPerMinute: 150 };
    const [made, without] = [await recordForwarder({ backfill }), await recordForwarder()];

    assert.deepEqual(environmentOf(made), {
      ...environmentOf(without),
      PCE_REQUESTS_PER_MINUTE: "70",
      BACKFILL_REQUESTS_PER_MINUTE: "37.5",
    });
    assert.equal(readConfig(environmentOf(made)).backfillRequestsPerMinute, 37.5);
    assert.deepEqual(made.names(), without.names());
  });

  it("may keep bad lines, below a prefix that nobody is notified of, only when it is told to", async () => {
    const made = await recordForwarder({ settings: { quarantine: true } });

    assert.equal(environmentOf(made)["QUARANTINE_BUCKET"], "archive");
    const added = statementsOf(made.named("forwarder-lambda-policy")).filter(({ Sid }) => /BadLines/.test(String(Sid)));
    assert.deepEqual(
      added.map(({ Action, Resource }) => [Action, Resource]),
      [
        [["s3:PutObject"], [`${BUCKET}/quarantine/*`]],
        [["kms:GenerateDataKey"], [ARCHIVE.keyArn]],
      ],
    );
  });

  it("may go on for as many messages to itself as an object takes", async () => {
    const { inputs } = (await recordForwarder()).named("forwarder-recursion");

    assert.deepEqual(inputs, { functionName: "rds-sightline-dev-flow-forwarder", recursiveLoop: "Allow" });
  });

  it("carries a private authority's certificate beside its code, and says which file", async () => {
    const made = await recordForwarder({ pce: { caCertificate: CA } });
    const without = await recordForwarder();

    assert.equal(environmentOf(made)["PCE_CA_FILE"], "pce-ca.pem");
    assert.equal((await codeOf(made.one(FUNCTION)))["pce-ca.pem"], CA);
    assert.ok(!("PCE_CA_FILE" in environmentOf(without)));
    assert.deepEqual(Object.keys(await codeOf(without.one(FUNCTION))), ["index.js"]);
  });

  it("is in a VPC only when it is given a network", async () => {
    const network = { subnetIds: ["subnet-1"], securityGroupId: "sg-1" };
    const inVpc = (await recordForwarder({ network })).one(FUNCTION).inputs["vpcConfig"];
    const outside = (await recordForwarder()).one(FUNCTION).inputs;

    assert.deepEqual(inVpc, { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] });
    assert.ok(!("vpcConfig" in outside));
  });
});
