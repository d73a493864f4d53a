import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type Outputs, PCE_SECRET, recordStack, STACKS, type StackName } from "../support/program";
import { valueOfOutput } from "../support/pulumi-recorder";

const OUTPUTS = [
  "backfillCommand",
  "backfillStateMachine",
  "backupVault",
  "bastionCommand",
  "clientSecurityGroupId",
  "clientVpnEndpoint",
  "databaseIdentifier",
  "endpointService",
  "flowLogBucket",
  "flowLogGroup",
  "forwarderName",
  "policyArns",
  "privateEndpoint",
  "privatePort",
  "publicEndpoint",
  "publicPort",
  "replicaEndpoints",
  "secretArn",
  "sessionPolicyArn",
  "tunnelCommand",
  "userSecretArns",
  "username",
  "virtualServiceHref",
];

async function valuesOf(outputs: Outputs): Promise<Record<string, unknown>> {
  const entries = Object.entries(outputs).map(async ([name, output]) => {
    return [name, await valueOfOutput(pulumi.output<unknown>(output))] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const stacks = Object.keys(STACKS) as StackName[];

describe("the stack's outputs", () => {
  for (const stack of stacks) {
    it(`have these names, ${stack}`, async () => {
      assert.deepEqual(Object.keys((await recordStack(stack)).result).sort(), OUTPUTS);
    });
  }

  it("say how to reach the database from inside, and who may", async () => {
    const values = await valuesOf((await recordStack("with a PCE")).result);

    assert.deepEqual(values, {
      username: "uabcdefghijkl",
      secretArn: "arn:aws:secretsmanager:us-west-2:111122223333:secret:rds!db-0123-AbCdEf",
      privateEndpoint: "rds-sightline-dev-abcd.abcdefghijkl.us-west-2.rds.amazonaws.com",
      privatePort: 5432,
      databaseIdentifier: "rds-sightline-dev-abcd",
      replicaEndpoints: [],
      backupVault: undefined,
      publicEndpoint: undefined,
      publicPort: undefined,
      endpointService: undefined,
      flowLogBucket: "flow-archive-bucket-1a2b3c4",
      flowLogGroup: undefined,
      forwarderName: "rds-sightline-dev-flow-forwarder",
      backfillCommand: undefined,
      backfillStateMachine: undefined,
      bastionCommand: undefined,
      clientVpnEndpoint: undefined,
      policyArns: undefined,
      sessionPolicyArn: undefined,
      tunnelCommand: undefined,
      userSecretArns: undefined,
      virtualServiceHref: undefined,
      clientSecurityGroupId: values["clientSecurityGroupId"],
    });
    assert.match(String(values["clientSecurityGroupId"]), /clients/);
  });

  it("say how to reach it from outside, by a name or by an endpoint service, and on which port", async () => {
    const outside = async (stack: StackName) => {
      const { publicEndpoint, publicPort, endpointService } = await valuesOf((await recordStack(stack)).result);
      return { publicEndpoint, publicPort, endpointService };
    };

    const balancer = "front-door-balancer-1a2b3c4-0123456789abcdef.elb.us-west-2.amazonaws.com";
    assert.deepEqual(await outside("with a public front door"), {
      publicEndpoint: balancer,
      publicPort: 5432,
      endpointService: undefined,
    });
    assert.deepEqual(await outside("with an internal front door"), {
      publicEndpoint: balancer,
      publicPort: 15432,
      endpointService: undefined,
    });
    assert.deepEqual(await outside("with an endpoint service"), {
      publicEndpoint: undefined,
      publicPort: 5432,
      endpointService: "com.amazonaws.vpce.us-west-2.vpce-svc-0123456789abcdef0",
    });
  });

  it("say where flow logs are, in the one place or the other", async () => {
    const { flowLogBucket, flowLogGroup } = await valuesOf(
      (await recordStack("with flow logs in CloudWatch Logs")).result,
    );

    assert.equal(flowLogBucket, undefined);
    assert.equal(flowLogGroup, "rds-sightline-dev/flow-logs");
  });

  it("name no forwarder where there is no PCE", async () => {
    const { result } = await recordStack("with defaults only");

    assert.equal(result.forwarderName, undefined);
  });

  it("name the state machine of a backfill", async () => {
    const { backfillStateMachine } = await valuesOf((await recordStack("with a backfill")).result);

    assert.equal(backfillStateMachine, "arn:aws:states:us-west-2:111122223333:stateMachine:rds-sightline-dev-backfill");
  });

  for (const stack of stacks) {
    it(`hold no secret, ${stack}`, async () => {
      const made = await recordStack(stack);
      const { result } = made;
      const passwords = made.all("aws:rds/instance:Instance").map(({ inputs }) => inputs["password"]);

      const text = JSON.stringify(await valuesOf(result));
      for (const secret of [PCE_SECRET, ...passwords.filter((password) => password !== undefined)]) {
        assert.ok(!text.includes(String(secret)));
      }
    });
  }
});

describe("a secret", () => {
  for (const stack of stacks) {
    it(`is sent only as a secret, ${stack}`, async () => {
      const made = await recordStack(stack);
      const [password] = made.all("aws:rds/instance:Instance").flatMap(({ inputs }) => inputs["password"] ?? []);
      const secrets = [PCE_SECRET, ...(password === undefined ? [] : [String(password)])];

      const leaks = made.resources.flatMap(({ name, inputs, secretInputs }) =>
        Object.entries(inputs)
          .filter(([input]) => !secretInputs.includes(input))
          .filter(([, value]) => secrets.some((secret) => JSON.stringify(value)?.includes(secret)))
          .map(([input]) => `${name}.${input}`),
      );
      assert.deepEqual(leaks, []);
    });
  }

  it("does reach the places that are for it", async () => {
    const made = await recordStack("with a forwarder in the VPC and a generated password");
    const holders = made.resources.filter(({ secretInputs }) => secretInputs.length > 0).map(({ name }) => name);

    assert.deepEqual(holders.sort(), [
      "database-instance",
      "database-user-secret-value",
      "flow-forwarder-pce-secret-value",
    ]);
  });
});
