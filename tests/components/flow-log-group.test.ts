import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { FlowLogGroup, type FlowLogGroupArgs } from "../../components/flow-log-group";
import { arnOf, comesBefore, DEFAULTS, stackArgs, statementsOf } from "../support/components";
import { type Recording, type RecordOptions, record, valueOfOutput } from "../support/pulumi-recorder";

const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const NAME = "rds-sightline-dev/flow-logs";
const GROUP = arnOf("logs", `log-group:${NAME}`);

function recordGroup(
  settings: Partial<FlowLogGroupArgs["settings"]> = {},
  exceptions: FlowLogGroupArgs["exceptions"] = {},
  options: RecordOptions = {},
): Promise<Recording<FlowLogGroup>> {
  return record(() => {
    const databaseInstance = new aws.rds.Instance("database", { instanceClass: "db.m7g.large" });
    return new FlowLogGroup("flows", {
      ...stackArgs(),
      settings: { ...DEFAULTS.flowLogs, ...settings },
      exceptions,
      places: {
        vpcId: "vpc-1",
        zones: ["c", "a"],
        databaseSubnetIds: ["subnet-of-a", "subnet-of-c"],
        databaseGroupId: "sg-database",
        databaseInstance,
      },
    });
  }, options);
}

describe("a log group of flow logs", () => {
  it("is made of these and nothing else", async () => {
    assert.deepEqual((await recordGroup()).names(), [
      "database",
      "flows-key-alias",
      "flows-key-key",
      "flows-log",
      "flows-policy",
      "flows-role",
      "flows-subnet-a",
      "flows-subnet-c",
    ]);
  });

  it("says which group it is, and what its lines hold", async () => {
    const { result } = await recordGroup();

    assert.equal(await valueOfOutput(result.logGroupName), NAME);
    assert.equal(await valueOfOutput(result.logGroupArn), GROUP);
    assert.deepEqual(result.fields, DEFAULTS.flowLogs.fields);
  });

  it("is encrypted with its own key, and forgets flow logs as the settings say", async () => {
    const { inputs } = (await recordGroup({ retentionDays: 90 })).named("flows-log");

    assert.deepEqual(inputs, {
      name: NAME,
      kmsKeyId: arnOf("kms", "key/key-flows-key-key"),
      retentionInDays: 90,
      deletionProtectionEnabled: true,
    });
  });

  it("is protected, in AWS and in the stack, and its key outlives the stack, unless that is given up with a reason", async () => {
    const protection = async (exceptions = {}) => {
      const made = await recordGroup({}, exceptions);
      const group = made.named("flows-log");
      const isKeyKept = made.named("flows-key-key").retainOnDelete;
      return [group.protect, group.inputs["deletionProtectionEnabled"], isKeyKept];
    };

    assert.deepEqual(await protection(), [true, true, true]);
    assert.deepEqual(await protection({ keepFlowLogs: "a throwaway stack" }), [false, false, false]);
    assert.deepEqual(
      (await recordGroup()).resources.filter(({ protect }) => protect === true).map(({ name }) => name),
      ["flows-log"],
    );
  });

  it("has a key that CloudWatch Logs uses for this group, and nobody else uses", async () => {
    const [, ...uses] = statementsOf((await recordGroup()).named("flows-key-key"));

    assert.deepEqual(
      uses.map(({ Sid, Principal, Condition }) => [Sid, Principal, Condition]),
      [
        [
          "LogGroups",
          { Service: "logs.us-west-2.amazonaws.com" },
          { ArnEquals: { "kms:EncryptionContext:aws:logs:arn": [GROUP] } },
        ],
      ],
    );
  });
});

describe("the role of flow logs in a log group", () => {
  it("is assumed by flow logs of this account and region, and by nobody else", async () => {
    assert.deepEqual(statementsOf((await recordGroup()).named("flows-role"), "assumeRolePolicy"), [
      {
        Sid: "Assume",
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: ["sts:AssumeRole"],
        Condition: {
          StringEquals: { "aws:SourceAccount": "111122223333" },
          ArnLike: { "aws:SourceArn": arnOf("ec2", "vpc-flow-log/*") },
        },
      },
    ]);
  });

  it("may write into this group and look for groups, and make none", async () => {
    assert.deepEqual(statementsOf((await recordGroup()).named("flows-policy")), [
      {
        Sid: "WriteFlowLogs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        Resource: [`${GROUP}:*`],
      },
      {
        Sid: "FindLogGroup",
        Effect: "Allow",
        Action: ["logs:DescribeLogGroups"],
        Resource: [arnOf("logs", "log-group:*")],
      },
    ]);
  });
});

describe("a flow log into a log group", () => {
  it("is of each database subnet, in the settings' format, under the role", async () => {
    const made = await recordGroup({ aggregationSeconds: 600, fields: ["srcaddr", "dstaddr"] });

    assert.deepEqual(made.named("flows-subnet-a").inputs, {
      subnetId: "subnet-of-a",
      trafficType: "ALL",
      maxAggregationInterval: 600,
      logFormat: `\${srcaddr} \${dstaddr}`,
      logDestinationType: "cloud-watch-logs",
      logDestination: GROUP,
      iamRoleArn: "arn:aws:iam::111122223333:role/flows-role-1a2b3c4",
      tags: { Name: "flows subnet-a" },
    });
    assert.equal(made.named("flows-subnet-c").inputs["subnetId"], "subnet-of-c");
  });

  for (const scope of ["database-subnets", "vpc", "network-interfaces"] as const) {
    it(`is made once its role may write, and previewed without tripping over an unknown value, scope ${scope}`, async () => {
      const made = await recordGroup({ scope });

      assert.ok(made.all(FLOW_LOG).length > 0);
      for (const { name } of made.all(FLOW_LOG)) {
        for (const before of ["flows-policy", "flows-log"]) assert.ok(comesBefore(made, before, name), name);
      }
      assert.ok((await recordGroup({ scope }, {}, { preview: true })).named("flows-policy"));
    });
  }
});
