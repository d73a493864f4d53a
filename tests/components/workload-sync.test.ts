import assert from "node:assert/strict";
import { WorkloadSync, type WorkloadSyncArgs } from "../../components/workload-sync";
import { readConfig } from "../../functions/workload-sync/config";
import { noCounts, publishMetrics } from "../../functions/workload-sync/metrics";
import { arnOf, comesBefore, stackArgs, statementsBySid, statementsOf } from "../support/components";
import { type Recording, record, valueOfOutput } from "../support/pulumi-recorder";

const FUNCTION = "aws:lambda/function:Function";
const NAME = "rds-sightline-dev-workload-sync";
const FAILURES = arnOf("sqs", "workload-sync-failures-1a2b3c4");
const SECRET = arnOf("secretsmanager", "secret:pce-AbCdEf");
const RULES = ["instances", "databases", "tags", "schedule"];
const SETTINGS = {
  labels: { role: { tag: "Role" }, env: { tag: "env", default: "prod" } },
  graceMinutes: 30,
  syncMinutes: 15,
  requestsPerMinute: 60,
};
const PCE = {
  ...{ host: "pce.example.com", port: 8443, orgId: 7, requestsPerMinute: 500, cidrs: [] },
  credentials: { secretArn: SECRET },
};

function recordSync(changes: Partial<Omit<WorkloadSyncArgs, "account" | "names">> = {}) {
  return record(
    () =>
      new WorkloadSync("workload-sync", {
        ...stackArgs(),
        stack: "dev",
        settings: SETTINGS,
        pce: PCE,
        credentialsSecretArn: SECRET,
        vpcId: "vpc-0a1b",
        keyArn: "messages-key-arn",
        alarmTopicArn: "topic-arn",
        ...changes,
      }),
    {
      outputs: {
        "aws:cloudwatch/eventRule:EventRule": (_, inputs) => ({
          arn: arnOf("events", `rule/${String(inputs["name"])}`),
        }),
      },
    },
  );
}

const environmentOf = (made: Recording<unknown>) => {
  const { variables } = made.one(FUNCTION).inputs["environment"] as { variables: Record<string, string> };
  return variables;
};

describe("a workload sync's component", () => {
  it("is made of these and nothing else", async () => {
    const made = await recordSync();

    assert.deepEqual(
      made.names(),
      [
        ...["age", "errors", "failures"].map((alarm) => `workload-sync-alarm-${alarm}`),
        ...["workload-sync-failures", "workload-sync-failures-policy", "workload-sync-retries", "workload-sync-runs"],
        ...["function", "log", "policy", "role"].map((part) => `workload-sync-lambda-${part}`),
        ...RULES.flatMap((rule) => ["", "-permission", "-target"].map((part) => `workload-sync-${rule}${part}`)),
      ].sort(),
    );
    assert.equal(await valueOfOutput(made.result.functionName), NAME);
  });

  it("may read instances, interfaces, databases and the PCE's credentials, report failures, and nothing else", async () => {
    const statements = statementsOf((await recordSync()).named("workload-sync-lambda-policy"));

    assert.deepEqual(
      statements.map(({ Sid, Effect, Action, Resource }) => [Sid, Effect, Action, Resource]),
      [
        ["ReadInventory", "Allow", ["ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces"], "*"],
        ["ReadDatabases", "Allow", ["rds:DescribeDBInstances"], "*"],
        ["ReadPceCredentials", "Allow", ["secretsmanager:GetSecretValue"], [SECRET]],
        ["SendFailures", "Allow", ["sqs:SendMessage"], [FAILURES]],
        ["EncryptFailures", "Allow", ["kms:GenerateDataKey", "kms:Decrypt"], ["messages-key-arn"]],
        [
          "OwnLog",
          "Allow",
          ["logs:CreateLogStream", "logs:PutLogEvents"],
          [arnOf("logs", `log-group:/aws/lambda/${NAME}:*`)],
        ],
        ["Traces", "Allow", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"],
      ],
    );
  });

  it("has an environment that its function accepts, with a data set of its own", async () => {
    const config = readConfig(environmentOf(await recordSync()));

    assert.deepEqual(config, {
      pce: { host: "pce.example.com", port: 8443, orgId: 7, credentialsSecretArn: SECRET, caFile: undefined },
      vpcId: "vpc-0a1b",
      externalDataSet: "rds-sightline/111122223333/us-west-2/dev/workloads",
      labels: SETTINGS.labels,
      graceMs: 1_800_000,
      requestsPerMinute: 60,
    });
  });

  it("brings the PCE's own certificates along, and is in a VPC only when it is given a network", async () => {
    const made = await recordSync({
      pce: { ...PCE, caCertificate: "a-certificate" },
      network: { subnetIds: ["subnet-9"], securityGroupId: "sg-9" },
    });

    assert.equal(environmentOf(made)["PCE_CA_FILE"], "pce-ca.pem");
    assert.deepEqual(made.one(FUNCTION).inputs["vpcConfig"], {
      subnetIds: ["subnet-9"],
      securityGroupIds: ["sg-9"],
    });
    const { NotFromTheCode } = statementsBySid(made.named("workload-sync-lambda-policy"));
    assert.ok(NotFromTheCode?.Action.includes("ec2:CreateNetworkInterface"));
    assert.ok(!("vpcConfig" in (await recordSync()).one(FUNCTION).inputs));
  });

  it("is started by what brings or takes an address or a tag, and by its schedule", async () => {
    const made = await recordSync();
    const patternOf = (rule: string) => JSON.parse(String(made.named(`workload-sync-${rule}`).inputs["eventPattern"]));

    assert.deepEqual(patternOf("instances"), {
      source: ["aws.ec2"],
      "detail-type": ["EC2 Instance State-change Notification"],
      detail: { state: ["running", "stopped", "terminated"] },
    });
    assert.deepEqual(
      [patternOf("databases").source, patternOf("databases")["detail-type"]],
      [["aws.rds"], ["RDS DB Instance Event"]],
    );
    assert.deepEqual(patternOf("tags"), {
      source: ["aws.tag"],
      "detail-type": ["Tag Change on Resource"],
      detail: { service: ["ec2", "rds"], "resource-type": ["instance", "network-interface", "db"] },
    });
    assert.equal(made.named("workload-sync-schedule").inputs["scheduleExpression"], "rate(15 minutes)");
  });

  it("leaves what its rules could not bring, and what it failed on three times, in one queue", async () => {
    const made = await recordSync();

    for (const rule of RULES) {
      assert.deepEqual(made.named(`workload-sync-${rule}-target`).inputs["deadLetterConfig"], { arn: FAILURES });
    }
    const [events] = statementsOf(made.named("workload-sync-failures-policy"));
    assert.deepEqual(
      events?.Condition?.["ArnEquals"]?.["aws:SourceArn"],
      RULES.map((rule) => arnOf("events", `rule/${NAME}-${rule}`)),
    );
    assert.deepEqual(made.named("workload-sync-retries").inputs, {
      functionName: NAME,
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 3_600,
      destinationConfig: { onFailure: { destination: FAILURES } },
    });
  });

  it("runs one at a time; an update runs it in place, and nothing replaces the run that would take the workloads away", async () => {
    const made = await recordSync();
    const { lifecycleScope, input, triggers } = made.named("workload-sync-runs").inputs;

    assert.equal(made.one(FUNCTION).inputs["reservedConcurrentExecutions"], 1);
    assert.deepEqual([lifecycleScope, triggers], ["CRUD", undefined]);
    const told = JSON.parse(String(input));
    assert.deepEqual([told.trigger, told.environment], ["deploy", environmentOf(made)]);
    assert.match(told.code, /^[0-9a-f]{64}$/);
  });

  it("goes in this order: the rules, then the workloads, then the function", async () => {
    const made = await recordSync();

    for (const rule of RULES) assert.ok(comesBefore(made, "workload-sync-runs", `workload-sync-${rule}`));
    for (const first of ["workload-sync-lambda-function", "workload-sync-lambda-policy", "workload-sync-retries"]) {
      assert.ok(comesBefore(made, first, "workload-sync-runs"));
    }
  });

  it("sets an alarm off for a run that fails, for no run in sync in three turns, and for a failure in the queue", async () => {
    const made = await recordSync({ settings: { ...SETTINGS, syncMinutes: 30 } });
    const alarmOf = (ending: string) => {
      const { namespace, metricName, dimensions, comparisonOperator, threshold, period, treatMissingData } = made.named(
        `workload-sync-alarm-${ending}`,
      ).inputs;
      return [namespace, metricName, dimensions, comparisonOperator, threshold, period, treatMissingData];
    };
    const published: string[] = [];
    publishMetrics(noCounts(), {
      addMetric: (name) => published.push(name),
      publishStoredMetrics: () => undefined,
    });

    const [atLeast, below] = ["GreaterThanOrEqualToThreshold", "LessThanThreshold"];
    const queue = { QueueName: "workload-sync-failures-1a2b3c4" };
    assert.deepEqual(["errors", "age", "failures"].map(alarmOf), [
      ["AWS/Lambda", "Errors", { FunctionName: NAME }, atLeast, 1, 300, "notBreaching"],
      ["RdsSightline", "Synchronised", { service: NAME }, below, 1, 5_400, "breaching"],
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", queue, atLeast, 1, 300, "notBreaching"],
    ]);
    assert.ok(published.includes("Synchronised"));
    assert.equal(environmentOf(made)["POWERTOOLS_SERVICE_NAME"], NAME);
  });
});
