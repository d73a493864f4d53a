import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { codeFiles, codeHash } from "../../components/bundle";
import { TargetSync, type TargetSyncArgs } from "../../components/target-sync";
import { readConfig } from "../../functions/target-sync/config";
import { arnOf, comesBefore, stackArgs, statementsBySid, statementsOf } from "../support/components";
import { type Recording, record, valueOfOutput } from "../support/pulumi-recorder";

const FUNCTION = "aws:lambda/function:Function";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const NAME = "rds-sightline-dev-target-sync";
const FAILURES = arnOf("sqs", "target-sync-failures-1a2b3c4");
const TARGET_GROUP = arnOf("elasticloadbalancing", "targetgroup/front-door/1234567890abcdef");
const DATABASE = arnOf("rds", "db:rds-sightline-dev-0a1b");
const ENDPOINT = "rds-sightline-dev-0a1b.abcdefghijkl.us-west-2.rds.amazonaws.com";

type Changes = Partial<Omit<TargetSyncArgs, "account" | "names" | "after">>;

const recordings = new Map<string, Promise<Recording<TargetSync>>>();

function recordSync(changes: Changes = {}): Promise<Recording<TargetSync>> {
  const key = JSON.stringify(changes);
  const outputs = {
    [RULE]: (_: string, inputs: Readonly<Record<string, unknown>>) => ({ arn: ruleArn(inputs["name"]) }),
  };
  const recording = recordings.get(key) ?? record(() => newSync(changes), { outputs });
  recordings.set(key, recording);
  return recording;
}

const ruleArn = (name: unknown) => arnOf("events", `rule/${String(name)}`);

function newSync(changes: Changes): TargetSync {
  return new TargetSync("target-sync", {
    ...stackArgs(),
    settings: { syncMinutes: 1 },
    endpoint: ENDPOINT,
    databaseArn: DATABASE,
    targetPort: 5432,
    targetGroupArn: TARGET_GROUP,
    loadBalancerArnSuffix: "net/front-door/1",
    targetGroupArnSuffix: "targetgroup/front-door/2",
    databaseSubnetIds: ["subnet-1", "subnet-2"],
    databaseGroupId: "sg-database",
    keyArn: "messages-key-arn",
    alarmTopicArn: "topic-arn",
    after: new aws.sns.Topic("the-listener"),
    ...changes,
  });
}

const environmentOf = (made: Recording<unknown>) => {
  const { variables } = made.one(FUNCTION).inputs["environment"] as { variables: Record<string, string> };
  return variables;
};

describe("a target sync", () => {
  it("is made of these and nothing else", async () => {
    const made = await recordSync();

    assert.deepEqual(made.names(), [
      "target-sync-alarm-age",
      "target-sync-alarm-errors",
      "target-sync-alarm-failures",
      "target-sync-alarm-healthy",
      "target-sync-alarm-port-allocation",
      "target-sync-alarm-unhealthy",
      "target-sync-events",
      "target-sync-events-permission",
      "target-sync-events-target",
      "target-sync-failures",
      "target-sync-failures-policy",
      "target-sync-first-run",
      "target-sync-lambda-function",
      "target-sync-lambda-log",
      "target-sync-lambda-policy",
      "target-sync-lambda-role",
      "target-sync-retries",
      "target-sync-schedule",
      "target-sync-schedule-permission",
      "target-sync-schedule-target",
      "the-listener",
    ]);
    assert.equal(await valueOfOutput(made.result.functionName), NAME);
  });

  it("leaves the group's targets to its function", async () => {
    const made = await recordSync();

    assert.deepEqual(
      made.resources.filter(({ type }) => /targetGroupAttachment/i.test(type)),
      [],
    );
  });

  it("watches this stack's function and queue, this front door, and what the function publishes", async () => {
    const made = await recordSync({ settings: { syncMinutes: 4 } });
    const dimensionsOf = (ending: string) => made.named(`target-sync-alarm-${ending}`).inputs["dimensions"];

    assert.deepEqual(dimensionsOf("errors"), { FunctionName: NAME });
    assert.deepEqual(dimensionsOf("failures"), { QueueName: "target-sync-failures-1a2b3c4" });
    assert.deepEqual(dimensionsOf("healthy"), {
      LoadBalancer: "net/front-door/1",
      TargetGroup: "targetgroup/front-door/2",
    });
    const { namespace, dimensions, period } = made.named("target-sync-alarm-age").inputs;
    assert.equal(namespace, environmentOf(made)["POWERTOOLS_METRICS_NAMESPACE"]);
    assert.deepEqual(dimensions, { service: environmentOf(made)["POWERTOOLS_SERVICE_NAME"] });
    assert.equal(period, 720);
  });
});

describe("the target sync's rules", () => {
  it("are of this database, this function and this schedule", async () => {
    const made = await recordSync({ settings: { syncMinutes: 4 } });

    const { eventPattern } = made.named("target-sync-events").inputs;
    assert.deepEqual(JSON.parse(String(eventPattern)).detail.SourceArn, [DATABASE]);
    assert.equal(made.named("target-sync-schedule").inputs["scheduleExpression"], "rate(4 minutes)");
    assert.deepEqual(
      made.all("aws:cloudwatch/eventTarget:EventTarget").map(({ inputs }) => inputs["arn"]),
      [arnOf("lambda", `function:${NAME}`), arnOf("lambda", `function:${NAME}`)],
    );
  });
});

describe("the target sync's function", () => {
  it("may change its own target group, read what AWS can't narrow down, report failures, and nothing else", async () => {
    const statements = statementsOf((await recordSync()).named("target-sync-lambda-policy"));

    assert.deepEqual(
      statements.map(({ Sid, Effect, Action, Resource }) => [Sid, Effect, Action, Resource]),
      [
        [
          "ChangeTargets",
          "Allow",
          ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
          [TARGET_GROUP],
        ],
        ["ReadTargets", "Allow", ["elasticloadbalancing:DescribeTargetHealth"], "*"],
        ["ReadInterfaces", "Allow", ["ec2:DescribeNetworkInterfaces"], "*"],
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

  it("has an environment that it accepts", async () => {
    const environment = environmentOf(await recordSync());

    assert.deepEqual(environment, {
      ENDPOINT,
      TARGET_PORT: "5432",
      TARGET_GROUP_ARN: TARGET_GROUP,
      ADDRESS_FAMILY: "ipv4",
      DATABASE_SUBNET_IDS: "subnet-1,subnet-2",
      DATABASE_GROUP_ID: "sg-database",
      POWERTOOLS_SERVICE_NAME: NAME,
      POWERTOOLS_METRICS_NAMESPACE: "RdsSightline",
      POWERTOOLS_LOG_LEVEL: "INFO",
    });
    assert.deepEqual(readConfig({ ...environment }).subnetIds, ["subnet-1", "subnet-2"]);
  });

  it("runs one at a time, long enough to see a failover through", async () => {
    const { inputs } = (await recordSync()).one(FUNCTION);

    assert.equal(inputs["reservedConcurrentExecutions"], 1);
    assert.equal(inputs["timeout"], 300);
    assert.equal(inputs["memorySize"], 256);
    assert.equal(inputs["kmsKeyArn"], "messages-key-arn");
  });

  it("keeps its log as long as it is told", async () => {
    const made = await recordSync({ logRetentionDays: 7 });

    assert.equal(made.named("target-sync-lambda-log").inputs["retentionInDays"], 7);
  });

  it("is in a VPC only when it is given a network, and still finds the database's interfaces there", async () => {
    const made = await recordSync({ network: { subnetIds: ["subnet-9"], securityGroupId: "sg-9" } });
    const { ReadInterfaces, NotFromTheCode } = statementsBySid(made.named("target-sync-lambda-policy"));

    const { vpcConfig } = made.one(FUNCTION).inputs;
    assert.deepEqual(vpcConfig, { subnetIds: ["subnet-9"], securityGroupIds: ["sg-9"] });
    assert.deepEqual(ReadInterfaces?.Action, ["ec2:DescribeNetworkInterfaces"]);
    assert.ok(!NotFromTheCode?.Action.includes("ec2:DescribeNetworkInterfaces"));
    assert.ok(NotFromTheCode?.Action.includes("ec2:CreateNetworkInterface"));
    assert.ok(!("vpcConfig" in (await recordSync()).one(FUNCTION).inputs));
  });
});

describe("the target sync's failures", () => {
  it("are kept encrypted for as long as SQS can", async () => {
    const { inputs } = (await recordSync()).named("target-sync-failures");

    assert.deepEqual(inputs, { kmsMasterKeyId: "messages-key-arn", messageRetentionSeconds: 1_209_600 });
  });

  it("come from these two rules, whose ARNs hold the account, and nobody sends any without TLS", async () => {
    const made = await recordSync();
    const [events, denial, ...others] = statementsOf(made.named("target-sync-failures-policy"));

    assert.deepEqual(events, {
      Sid: "UndeliveredEvents",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: ["sqs:SendMessage"],
      Resource: [FAILURES],
      Condition: {
        ArnEquals: { "aws:SourceArn": made.all(RULE).map(({ inputs }) => ruleArn(inputs["name"])) },
        StringEqualsIfExists: { "aws:SourceAccount": "111122223333" },
      },
    });
    assert.equal(denial?.Sid, "DenyWithoutTls");
    assert.deepEqual(others, []);
  });

  it("come to the queue from both rules and from the function, once the rules may send there", async () => {
    const made = await recordSync();

    for (const rule of ["events", "schedule"]) {
      const { deadLetterConfig } = made.named(`target-sync-${rule}-target`).inputs;
      assert.deepEqual(deadLetterConfig, { arn: FAILURES });
      assert.ok(comesBefore(made, "target-sync-failures-policy", `target-sync-${rule}-target`));
    }
  });

  it("are runs that failed three times, or waited for an hour", async () => {
    const made = await recordSync();

    assert.deepEqual(made.named("target-sync-retries").inputs, {
      functionName: NAME,
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 3_600,
      destinationConfig: { onFailure: { destination: FAILURES } },
    });
    // Lambda tries the permission when it is told where to
    assert.ok(comesBefore(made, "target-sync-lambda-policy", "target-sync-retries"));
  });
});

describe("the target sync's first run", () => {
  const triggersOf = async (changes: Changes) =>
    (await recordSync(changes)).named("target-sync-first-run").inputs["triggers"] as Record<string, string>;

  it("comes when everything is there: the listener, the permissions, the rules, and where failures go", async () => {
    const made = await recordSync();

    const { functionName, input } = made.named("target-sync-first-run").inputs;
    assert.deepEqual([functionName, input], [NAME, '{"trigger":"deploy"}']);
    for (const first of [
      "the-listener",
      "target-sync-lambda-policy",
      "target-sync-retries",
      "target-sync-events-target",
      "target-sync-schedule-target",
    ]) {
      assert.ok(comesBefore(made, first, "target-sync-first-run"), first);
    }
  });

  it("comes again when the code, or what it works on, is another", async () => {
    const before = await triggersOf({});

    assert.equal(before["CODE"], codeHash(codeFiles("target-sync")));
    const changes: readonly [string, Changes][] = [
      ["ENDPOINT", { endpoint: "other.example.com" }],
      ["TARGET_PORT", { targetPort: 6543 }],
      ["TARGET_GROUP_ARN", { targetGroupArn: `${TARGET_GROUP}0` }],
      ["DATABASE_GROUP_ID", { databaseGroupId: "sg-other" }],
    ];
    for (const [name, change] of changes) {
      const after = await triggersOf(change);
      const different = Object.keys(after).filter((key) => after[key] !== before[key]);
      assert.deepEqual(different, [name]);
    }
  });

  it("comes not again for a zone more, another schedule or another retention of the log", async () => {
    const before = await triggersOf({});

    const databaseSubnetIds = ["subnet-1", "subnet-2", "subnet-3"];
    assert.deepEqual(
      await triggersOf({ databaseSubnetIds, settings: { syncMinutes: 15 }, logRetentionDays: 7 }),
      before,
    );
  });

  it("keeps what it answered from the eyes of those who read the state", async () => {
    assert.deepEqual((await recordSync()).named("target-sync-first-run").additionalSecretOutputs, ["result"]);
  });
});
