import assert from "node:assert/strict";
import { PCE, PCE_SECRET, recordProgram, recordStack } from "../support/program";

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

  it("keeps every log as long as the settings say", async () => {
    const made = await recordProgram({ logRetentionDays: 731, pce: PCE, pceApiSecret: PCE_SECRET });
    const retentions = made.all("aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs["retentionInDays"]);

    assert.deepEqual(retentions, [731, 731, 731]);
  });
});

/** The id that the recording gives a resource. */
function idOf({ type, name }: { readonly type: string; readonly name: string }): string {
  return `${/\/([^:]+):/.exec(type)?.[1]}-${name}`;
}
