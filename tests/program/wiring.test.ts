import assert from "node:assert/strict";
import { backfillDefinition } from "../../components/backfill-definition";
import { PCE, PCE_SECRET, recordProgram, recordStack, STACKS } from "../support/program";

const INSTANCE = "aws:rds/instance:Instance";
const FUNCTION = "aws:lambda/function:Function";
const IN_VPC = "with a forwarder in the VPC and a generated password";

describe("the program's wiring", () => {
  it("puts the database on the database tier, in its own group", async () => {
    const made = await recordStack("with defaults only");
    const { vpcSecurityGroupIds } = made.one(INSTANCE).inputs;

    assert.deepEqual(
      made
        .named("database-subnets")
        .dependencies.filter((name) => name.startsWith("network-"))
        .sort(),
      ["network-database-a", "network-database-b"],
    );
    assert.deepEqual(vpcSecurityGroupIds, [idOf(made.named("access-database"))]);
  });

  it("puts the forwarder on the private tier, in its own group, when it is in the VPC", async () => {
    const made = await recordStack(IN_VPC);
    const lambda = made.one(FUNCTION);

    assert.deepEqual((lambda.inputs["vpcConfig"] as { securityGroupIds: string[] }).securityGroupIds, [
      idOf(made.named("access-forwarder")),
    ]);
    assert.deepEqual(lambda.dependencies.filter((name) => name.startsWith("network-")).sort(), [
      "network-private-a",
      "network-private-b",
      "network-private-c",
    ]);
  });

  it("makes no group and no way out for a forwarder outside of the VPC", async () => {
    const made = await recordStack("with a PCE");

    assert.deepEqual(made.names("aws:ec2/securityGroup:SecurityGroup"), ["access-clients", "access-database"]);
    assert.deepEqual(made.names("aws:ec2/internetGateway:InternetGateway"), []);
    assert.deepEqual(made.names("aws:ec2/natGateway:NatGateway"), []);
  });

  it("uses one database port everywhere", async () => {
    const made = await recordProgram({ database: { port: 6543 }, pce: PCE, pceApiSecret: PCE_SECRET });
    const ports = made
      .all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .map(({ inputs }) => [inputs["fromPort"], inputs["toPort"]]);
    const { variables } = made.one(FUNCTION).inputs["environment"] as { variables: Record<string, string> };

    assert.equal(made.one(INSTANCE).inputs["port"], 6543);
    assert.deepEqual(ports, [[6543, 6543]]);
    assert.equal(made.named("network-database-acl-queries").inputs["fromPort"], 6543);
    assert.equal(variables["SERVICE_PORTS"], "6543");
  });

  it("gives up exactly the protections that have a written reason", async () => {
    const because = "a throwaway stack";
    const made = await recordProgram({
      exceptions: { deletionProtection: because, finalSnapshot: because, multiAz: because, keepFlowLogs: because },
    });
    const { deletionProtection, skipFinalSnapshot, multiAz, storageEncrypted } = made.one(INSTANCE).inputs;

    assert.deepEqual(
      { deletionProtection, skipFinalSnapshot, multiAz },
      {
        deletionProtection: false,
        skipFinalSnapshot: true,
        multiAz: false,
      },
    );
    assert.equal(made.named("flow-archive-bucket").inputs["forceDestroy"], true);
    assert.equal(storageEncrypted, true);
  });

  it("gives up the log group's protection for the same reason as the bucket's", async () => {
    const because = "a throwaway stack";
    const made = await recordProgram({
      ...STACKS["with flow logs in CloudWatch Logs"],
      exceptions: { keepFlowLogs: because },
    });

    assert.equal(made.named("flow-log-group-log").inputs["deletionProtectionEnabled"], false);
    assert.equal(made.named("flow-log-group-log").protect, false);
  });

  it("forwards the events of the log group that flow logs are delivered to, in their format", async () => {
    const made = await recordStack("with flow logs in CloudWatch Logs");
    const { variables } = made.one(FUNCTION).inputs["environment"] as { variables: Record<string, string> };
    const [flowLog] = made.all("aws:ec2/flowLog:FlowLog");
    const group = made.named("flow-log-group-log");

    assert.equal(
      flowLog?.inputs["logDestination"],
      `arn:aws:logs:us-west-2:111122223333:log-group:${variables["FLOW_LOG_GROUP"]}`,
    );
    assert.equal(group.inputs["name"], variables["FLOW_LOG_GROUP"]);
    assert.equal(made.named("flow-forwarder-subscription").inputs["logGroup"], group.inputs["name"]);
    assert.equal(
      flowLog?.inputs["logFormat"],
      variables["FLOW_LOG_FORMAT"]
        ?.split(" ")
        .map((field) => `\${${field}}`)
        .join(" "),
    );
  });

  it("keeps flow logs as long as they say, and not as long as other logs", async () => {
    const made = await recordProgram({
      logRetentionDays: 731,
      flowLogs: { destination: "cloud-watch-logs", retentionDays: 90 },
    });

    assert.equal(made.named("flow-log-group-log").inputs["retentionInDays"], 90);
  });

  it("keeps every log as long as the settings say", async () => {
    const made = await recordProgram({ logRetentionDays: 731, pce: PCE, pceApiSecret: PCE_SECRET });
    const retentions = made.all("aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs["retentionInDays"]);

    assert.deepEqual(retentions, [731, 731, 731]);
  });
});

describe("the front door's wiring", () => {
  const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
  const tierOf = (names: readonly string[]) => names.filter((name) => /^network-(public|private)-.$/.test(name)).sort();

  it("puts it on the public tier of every zone when it is public, and on the private tier otherwise", async () => {
    const open = (await recordStack("with a public front door")).one(BALANCER);
    const internal = (await recordStack("with an internal front door")).one(BALANCER);
    const service = (await recordStack("with an endpoint service")).one(BALANCER);

    assert.deepEqual(tierOf(open.dependencies), ["network-public-a", "network-public-b", "network-public-c"]);
    assert.deepEqual(tierOf(internal.dependencies), ["network-private-a", "network-private-b"]);
    assert.deepEqual(tierOf(service.dependencies), ["network-private-a", "network-private-b"]);
    assert.deepEqual(
      [open, internal, service].map(({ inputs }) => inputs["internal"]),
      [false, true, true],
    );
  });

  it("opens the network to the internet for a public one only", async () => {
    const gateways = async (stack: "with a public front door" | "with an endpoint service") =>
      (await recordStack(stack)).names("aws:ec2/internetGateway:InternetGateway");
    const { frontDoor } = STACKS["with an internal front door"];
    const internal = await recordProgram({ frontDoor: { ...frontDoor, syncInVpc: false } });

    assert.deepEqual(await gateways("with a public front door"), ["network-internet"]);
    assert.deepEqual(await gateways("with an endpoint service"), []);
    assert.deepEqual(internal.names("aws:ec2/internetGateway:InternetGateway"), []);
  });

  it("gives it the group that only it has, and the database's rules name", async () => {
    const made = await recordStack("with an internal front door");

    assert.deepEqual(made.one(BALANCER).inputs["securityGroups"], [idOf(made.named("access-front-door"))]);
    const { referencedSecurityGroupId, fromPort } = made.named("access-front-door-to-database-5432-in").inputs;
    assert.equal(referencedSecurityGroupId, idOf(made.named("access-front-door")));
    assert.equal(fromPort, 5432);
  });

  it("has clients come to its own port and leads them to the database's", async () => {
    const made = await recordProgram({
      database: { port: 6543 },
      frontDoor: { exposure: "public", allowedCidrs: ["203.0.113.0/24"], port: 443 },
    });
    const { variables } = made.one(FUNCTION).inputs["environment"] as { variables: Record<string, string> };

    assert.equal(made.one("aws:lb/listener:Listener").inputs["port"], 443);
    assert.equal(variables["TARGET_PORT"], "6543");
    assert.equal(made.named("access-203.0.113.0-24-to-front-door-443-in").inputs["toPort"], 443);
    assert.equal(made.named("network-database-acl-queries-from-203.0.113.0-24").inputs["toPort"], 6543);
  });

  it("has a target sync that follows this database by its name, in its subnets and with its group, to this target group", async () => {
    const made = await recordStack("with an internal front door");
    const { variables } = made.one(FUNCTION).inputs["environment"] as { variables: Record<string, string> };

    assert.equal(variables["ENDPOINT"], "rds-sightline-dev-abcd.abcdefghijkl.us-west-2.rds.amazonaws.com");
    assert.match(String(variables["TARGET_GROUP_ARN"]), /:targetgroup\/front-door-targets-/);
    assert.equal(variables["DATABASE_GROUP_ID"], idOf(made.named("access-database")));
    assert.equal(variables["DATABASE_SUBNET_IDS"], "subnet-network-database-a,subnet-network-database-b");
    assert.match(
      String(made.named("target-sync-events").inputs["eventPattern"]),
      /"arn:aws:rds:us-west-2:111122223333:db:rds-sightline-dev-abcd"/,
    );
    assert.equal(made.named("target-sync-schedule").inputs["scheduleExpression"], "rate(15 minutes)");
  });

  it("puts the target sync into the private tier when it is told to, in its own group, and outside otherwise", async () => {
    const inside = (await recordStack("with an internal front door")).one(FUNCTION);
    const outside = (await recordStack("with an endpoint service")).one(FUNCTION);

    assert.deepEqual(inside.inputs["vpcConfig"], {
      subnetIds: ["subnet-network-private-a", "subnet-network-private-b"],
      securityGroupIds: ["securityGroup-access-target-sync"],
    });
    assert.ok(!("vpcConfig" in outside.inputs));
  });

  it("leaves the target group to the target sync: nothing in the program is a target", async () => {
    for (const stack of [
      "with a public front door",
      "with an internal front door",
      "with an endpoint service",
    ] as const) {
      const made = await recordStack(stack);
      assert.deepEqual(
        made.resources.filter(({ type }) => /targetGroupAttachment/i.test(type)),
        [],
      );
    }
  });

  it("gives up its protection only for a written reason of its own", async () => {
    const { frontDoor } = STACKS["with a public front door"];
    const because = "the front door is being removed";
    const given = await recordProgram({ frontDoor, exceptions: { frontDoorDeletionProtection: because } });
    const kept = await recordProgram({ frontDoor, exceptions: { deletionProtection: because } });

    const protection = ({ inputs, protect }: { inputs: Readonly<Record<string, unknown>>; protect?: boolean }) => [
      inputs["enableDeletionProtection"],
      protect,
    ];
    assert.deepEqual(protection(given.one(BALANCER)), [false, false]);
    assert.deepEqual(protection(kept.one(BALANCER)), [true, true]);
    assert.equal(given.one(INSTANCE).inputs["deletionProtection"], true);
  });

  it("keeps the target sync's log as long as every other", async () => {
    const made = await recordProgram({ ...STACKS["with an endpoint service"], logRetentionDays: 731 });

    assert.equal(made.named("target-sync-lambda-log").inputs["retentionInDays"], 731);
  });
});

describe("the backfill's wiring", () => {
  it("is not there without a PCE's forwarder, and not unless it is asked for", async () => {
    for (const stack of ["with defaults only", "with a PCE"] as const) {
      assert.deepEqual((await recordStack(stack)).all("aws:sfn/stateMachine:StateMachine"), []);
    }
  });

  it("leads from the archive to the forwarder's own function, as many at once as the stack file says", async () => {
    const made = await recordStack("with a backfill");
    const { definition, roleArn } = made.one("aws:sfn/stateMachine:StateMachine").inputs;

    const { bucket } = made.named("flow-forwarder-notification").inputs;
    const args = {
      partition: "aws",
      bucketName: String(bucket),
      functionArn: "arn:aws:lambda:us-west-2:111122223333:function:rds-sightline-dev-flow-forwarder",
      functionTimeoutSeconds: Number(made.one(FUNCTION).inputs["timeout"]),
      concurrency: 4,
    };
    assert.equal(definition, backfillDefinition(args));
    assert.equal(roleArn, "arn:aws:iam::111122223333:role/backfill-role-1a2b3c4");
  });

  it("shares the PCE's requests with new flow logs, in that function's environment", async () => {
    const { variables } = (await recordStack("with a backfill")).one(FUNCTION).inputs["environment"] as {
      variables: Record<string, string>;
    };

    assert.equal(variables["PCE_REQUESTS_PER_MINUTE"], "60");
    assert.equal(variables["BACKFILL_REQUESTS_PER_MINUTE"], "50");
  });

  it("keeps its log as long as every other", async () => {
    const made = await recordProgram({ ...STACKS["with a backfill"], logRetentionDays: 731 });

    assert.equal(made.named("backfill-log").inputs["retentionInDays"], 731);
  });
});

/** The id that the recording gives a resource. */
function idOf({ type, name }: { readonly type: string; readonly name: string }): string {
  return `${/\/([^:]+):/.exec(type)?.[1]}-${name}`;
}
