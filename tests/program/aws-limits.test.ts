import assert from "node:assert/strict";
import { NAME_RULES } from "../../components/names";
import { MAX_STACK_NAME_LENGTH } from "../../settings";
import { parseDailyWindow, parseWeeklyWindow, windowsOverlap } from "../../settings/windows";
import { policiesOf } from "../support/policies";
import { recordProgram, STACKS } from "../support/program";

// What only AWS refuses, from the inputs that the program sends for the longest stack name. Limits: each service's API reference.

const LONGEST = "s".repeat(MAX_STACK_NAME_LENGTH);
const { frontDoor } = STACKS["with a public front door"];
const { alarms } = STACKS["with a PCE"];
const { audit } = STACKS["with an audit trail"];
const record = () => recordProgram({ ...STACKS["with a backfill"], alarms, frontDoor, audit }, { stack: LONGEST });
let recording: ReturnType<typeof record> | undefined;
const made = () => {
  recording ??= record();
  return recording;
};

/** Names that the program chooses itself: by type, the input, and the kind of name. */
const CHOSEN: readonly [type: string, input: string, kind: keyof typeof NAME_RULES][] = [
  ["aws:rds/instance:Instance", "identifier", "database identifier"],
  ["aws:rds/instance:Instance", "finalSnapshotIdentifier", "final snapshot"],
  ["aws:cloudwatch/logGroup:LogGroup", "name", "log group"],
  ["aws:cloudwatch/metricAlarm:MetricAlarm", "name", "alarm"],
  ["aws:kms/alias:Alias", "name", "key alias"],
  ["aws:lambda/function:Function", "name", "function"],
  ["aws:cloudwatch/eventRule:EventRule", "name", "event rule"],
  ["aws:sfn/stateMachine:StateMachine", "name", "state machine"],
  ["aws:cloudtrail/trail:Trail", "name", "trail"],
  ["aws:cloudwatch/dashboard:Dashboard", "dashboardName", "dashboard"],
];

/** Names that Pulumi makes, of the logical name, a hyphen and 7 hexadecimal digits. */
const GENERATED: Readonly<Record<string, { readonly longest: number; readonly pattern: RegExp }>> = {
  "aws:iam/role:Role": { longest: 64, pattern: /^[\w+=,.@-]+$/ },
  "aws:iam/rolePolicy:RolePolicy": { longest: 128, pattern: /^[\w+=,.@-]+$/ },
  // not with "internal-" first either, which AWS's own names of load balancers have
  "aws:lb/loadBalancer:LoadBalancer": { longest: 32, pattern: /^(?!internal-)[a-zA-Z0-9](-?[a-zA-Z0-9])*$/ },
  "aws:lb/targetGroup:TargetGroup": { longest: 32, pattern: /^[a-zA-Z0-9](-?[a-zA-Z0-9])*$/ },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": { longest: 512, pattern: /^[^:*]+$/ },
  "aws:rds/eventSubscription:EventSubscription": { longest: 255, pattern: /^[a-z](-?[a-z0-9])*$/ },
  "aws:rds/parameterGroup:ParameterGroup": { longest: 255, pattern: /^[a-z](-?[a-z0-9])*$/ },
  "aws:rds/subnetGroup:SubnetGroup": { longest: 255, pattern: /^[a-z0-9_.\- ]+$/ },
  "aws:s3/bucket:Bucket": { longest: 63, pattern: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/ },
  "aws:secretsmanager/secret:Secret": { longest: 512, pattern: /^[\w/+=.@-]+$/ },
  "aws:sns/topic:Topic": { longest: 256, pattern: /^[\w-]+$/ },
  "aws:sqs/queue:Queue": { longest: 80, pattern: /^[\w-]+$/ },
};

/** In characters without spaces that AWS doesn't count; ours have none. */
const POLICY_LIMITS: Readonly<Record<string, number>> = {
  "aws:iam/role:Role": 2_048,
  "aws:iam/rolePolicy:RolePolicy": 10_240,
  "aws:kms/key:Key": 32_768,
  "aws:s3/bucketPolicy:BucketPolicy": 20_480,
  "aws:sns/topicPolicy:TopicPolicy": 30_720,
  "aws:sqs/queuePolicy:QueuePolicy": 8_192,
};

describe("for the longest stack name", () => {
  for (const [type, input, kind] of CHOSEN) {
    it(`each ${kind} fits`, async () => {
      const { longest, pattern } = NAME_RULES[kind];
      const resources = (await made()).all(type);

      assert.ok(resources.length > 0);
      for (const { inputs } of resources) {
        assert.match(String(inputs[input]), pattern);
        assert.ok(String(inputs[input]).length <= longest, `${String(inputs[input])} is longer than ${longest}`);
      }
    });
  }

  for (const [type, { longest, pattern }] of Object.entries(GENERATED)) {
    it(`Pulumi's names of ${type} fit`, async () => {
      const resources = (await made()).all(type);

      assert.ok(resources.length > 0);
      for (const { name, inputs } of resources) {
        assert.ok(!("name" in inputs), `${name} has a name that Pulumi doesn't make`);
        assert.match(`${name}-1a2b3c4`, pattern);
        assert.ok(`${name}-1a2b3c4`.length <= longest, name);
      }
    });
  }

  for (const [type, longest] of Object.entries(POLICY_LIMITS)) {
    it(`the policies of ${type} fit`, async () => {
      const policies = policiesOf(await made()).filter((policy) => policy.type === type);

      assert.ok(policies.length > 0);
      for (const { resource, input } of policies) {
        const length = String((await made()).named(resource).inputs[input]).length;
        assert.ok(length <= longest, `${resource}: ${length}`);
      }
    });
  }

  it("each function's environment fits Lambda's 4 KB", async () => {
    const functions = (await made()).all("aws:lambda/function:Function");

    assert.equal(functions.length, 2);
    for (const { name, inputs } of functions) assert.ok(JSON.stringify(inputs["environment"]).length <= 4_096, name);
  });
});

describe("the database that is asked of RDS", () => {
  it("has a snapshot named after it, a retention, and windows that share no minute", async () => {
    const { inputs } = (await made()).one("aws:rds/instance:Instance");

    assert.equal(inputs["finalSnapshotIdentifier"], `${String(inputs["identifier"])}-final`);
    assert.ok(Number(inputs["backupRetentionPeriod"]) > 0, "a standby needs backups");
    const daily = parseDailyWindow(String(inputs["backupWindow"]));
    const weekly = parseWeeklyWindow(String(inputs["maintenanceWindow"]));
    assert.ok(daily !== undefined && weekly !== undefined && !windowsOverlap(daily, weekly));
  });

  it("has room on gp3: from 20 GiB, growing by a tenth or more, or not at all", async () => {
    for (const [storageGb, maxStorageGb] of [
      [20, 20],
      [100, 200],
      [100, 110],
    ]) {
      const recorded = await recordProgram({ database: { storageGb, maxStorageGb } });
      const { inputs } = recorded.one("aws:rds/instance:Instance");

      assert.equal(inputs["storageType"], "gp3");
      assert.ok(Number(inputs["allocatedStorage"]) >= 20);
      const most = inputs["maxAllocatedStorage"];
      assert.ok(most === undefined || 10 * Number(most) >= 11 * Number(inputs["allocatedStorage"]));
      // below 400 GiB RDS refuses iops and throughput for PostgreSQL on gp3
      assert.ok(!("iops" in inputs) && !("storageThroughput" in inputs));
    }
  });

  it("has a monitoring interval and a role, or neither, and insights that are kept as long as RDS allows", async () => {
    const { inputs } = (await made()).one("aws:rds/instance:Instance");

    assert.ok([1, 5, 10, 15, 30, 60].includes(Number(inputs["monitoringInterval"])));
    assert.ok(inputs["monitoringRoleArn"]);
    assert.equal(inputs["performanceInsightsRetentionPeriod"], 7);
  });
});

describe("the front door that is asked of Elastic Load Balancing", () => {
  it("has as many networks as the database's ACL has rules for, 20 a direction with AWS's own last one", async () => {
    const allowedCidrs = Array.from({ length: 16 }, (_, index) => `203.0.${index}.0/24`);
    const recorded = await recordProgram({ frontDoor: { exposure: "public", allowedCidrs } });

    const rules = recorded.all("aws:ec2/networkAclRule:NetworkAclRule");
    for (const egress of [true, false]) {
      const numbers = rules
        .filter(({ inputs }) => inputs["egress"] === egress)
        .map(({ inputs }) => inputs["ruleNumber"]);
      assert.equal(numbers.length, 18);
      assert.equal(new Set(numbers).size, 18);
    }
  });

  it("is in two zones or more, with room for its addresses in the smallest network's subnets", async () => {
    const recorded = await recordProgram({ network: { cidr: "10.0.0.0/24" }, frontDoor });
    const subnets = recorded.all("aws:ec2/subnet:Subnet").filter(({ name }) => name.startsWith("network-public-"));

    assert.equal((recorded.one("aws:lb/loadBalancer:LoadBalancer").inputs["subnets"] as string[]).length, 2);
    // 8 free ones, beside the 5 that AWS keeps in each subnet
    for (const { inputs } of subnets) assert.ok(2 ** (32 - Number(String(inputs["cidrBlock"]).split("/")[1])) - 5 >= 8);
  });
});
