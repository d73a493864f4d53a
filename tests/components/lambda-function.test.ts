import assert from "node:assert/strict";
import { LambdaFunction, type LambdaFunctionArgs } from "../../components/lambda-function";
import type { Statement } from "../../components/policy-documents";
import { arnOf, codeOf, comesBefore, stackArgs, statementsBySid, statementsOf } from "../support/components";
import { record, valueOfOutput } from "../support/pulumi-recorder";

const FUNCTION = "aws:lambda/function:Function";
const NAME = "rds-sightline-dev-flow-forwarder";

const recordFunction = (changes: Partial<LambdaFunctionArgs> = {}) =>
  record(
    () =>
      new LambdaFunction("f", {
        ...stackArgs(),
        folder: "flow-forwarder",
        description: "Does it",
        environment: { ANSWER: "42" },
        statements: [{ sid: "Own", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::bucket/*"] }],
        keyArn: "key-arn",
        memoryMb: 512,
        timeoutSeconds: 60,
        ...changes,
      }),
  );
const inNetwork = { subnetIds: ["subnet-1", "subnet-2"], securityGroupId: "sg-1" };

describe("a Lambda function", () => {
  it("is made of these and nothing else", async () => {
    assert.deepEqual((await recordFunction()).names(), ["f-function", "f-log", "f-policy", "f-role"]);
  });

  it("runs its bundle on the current runtime, traced, with an encrypted environment", async () => {
    const made = await recordFunction();
    const { code, ...rest } = made.one(FUNCTION).inputs;

    assert.ok(code);
    assert.deepEqual(rest, {
      name: NAME,
      description: "Does it",
      role: "arn:aws:iam::111122223333:role/f-role-1a2b3c4",
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      environment: { variables: { ANSWER: "42" } },
      kmsKeyArn: "key-arn",
      memorySize: 512,
      timeout: 60,
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "Text", logGroup: `/aws/lambda/${NAME}` },
    });
    assert.equal(await valueOfOutput(made.result.functionName), NAME);
    assert.equal(await valueOfOutput(made.result.arn), arnOf("lambda", `function:${NAME}`));
  });

  it("writes to a log group of its own, encrypted, with an end, there before it", async () => {
    const made = await recordFunction();

    assert.deepEqual(made.named("f-log").inputs, {
      name: `/aws/lambda/${NAME}`,
      kmsKeyId: "key-arn",
      retentionInDays: 365,
    });
    assert.ok(comesBefore(made, "f-log", "f-function"));
  });

  it("has a role of its own that only Lambda assumes", async () => {
    const made = await recordFunction();

    assert.deepEqual(statementsOf(made.named("f-role"), "assumeRolePolicy"), [
      { Sid: "Assume", Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: ["sts:AssumeRole"] },
    ]);
    assert.ok(!("managedPolicyArns" in made.named("f-role").inputs));
  });

  it("may do what it was given, write its own log and traces, and nothing else", async () => {
    const made = await recordFunction();

    assert.deepEqual(statementsOf(made.named("f-policy")), [
      { Sid: "Own", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::bucket/*"] },
      {
        Sid: "OwnLog",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: [arnOf("logs", `log-group:/aws/lambda/${NAME}:*`)],
      },
      {
        Sid: "Traces",
        Effect: "Allow",
        Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
        Resource: "*",
      },
    ]);
  });

  it("has its permissions before it is made", async () => {
    assert.ok((await recordFunction()).one(FUNCTION).dependencies.includes("f-policy"));
  });

  it("is in no VPC unless it is given a network", async () => {
    assert.ok(!("vpcConfig" in (await recordFunction()).one(FUNCTION).inputs));
    assert.deepEqual((await recordFunction({ network: inNetwork })).one(FUNCTION).inputs["vpcConfig"], {
      subnetIds: ["subnet-1", "subnet-2"],
      securityGroupIds: ["sg-1"],
    });
  });

  it("lets Lambda make network interfaces for it there, and its own code not", async () => {
    const made = await recordFunction({ network: inNetwork });
    const { NetworkInterfaces, NotFromTheCode } = statementsBySid(made.named("f-policy"));

    assert.equal(NetworkInterfaces?.Resource, "*");
    assert.ok(NetworkInterfaces?.Action.includes("ec2:CreateNetworkInterface"));
    assert.ok(NetworkInterfaces?.Action.every((action) => action.startsWith("ec2:")));
    assert.equal(NotFromTheCode?.Effect, "Deny");
    assert.deepEqual(NotFromTheCode?.Action, NetworkInterfaces?.Action);
    assert.deepEqual(NotFromTheCode?.Condition, {
      ArnEquals: { "lambda:SourceFunctionArn": arnOf("lambda", `function:${NAME}`) },
    });
  });

  it("may do in its VPC what its own statements allow, and nothing else of what Lambda may do for it there", async () => {
    const anywhere = { because: "what only describes has no resource" };
    const cases: readonly [readonly string[], readonly string[]][] = [
      [["ec2:DescribeNetworkInterfaces"], ["ec2:DescribeNetworkInterfaces"]],
      [["ec2:Describe*"], ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]],
      [["EC2:describesubnet?"], ["ec2:DescribeSubnets"]],
      [["ec2:DescribeNetworkInterface"], []],
    ];
    for (const [actions, lifted] of cases) {
      const made = await recordFunction({
        network: inNetwork,
        statements: [{ sid: "Own", actions, resources: anywhere }],
      });
      const { NetworkInterfaces, NotFromTheCode } = statementsBySid(made.named("f-policy"));

      const allowed = NetworkInterfaces?.Action ?? [];
      assert.ok(allowed.length > 0);
      assert.deepEqual(
        NotFromTheCode?.Action,
        allowed.filter((action) => !lifted.includes(action)),
      );
    }
  });

  it("is denied there what its own statements deny, and nothing when they allow all of it", async () => {
    const anywhere = { because: "what only describes has no resource" };
    const denial = { sid: "Own", effect: "Deny", actions: ["ec2:*"], resources: anywhere } as const;
    const all = { sid: "Own", actions: ["ec2:*Network*", "ec2:*Subnets", "ec2:*Addresses"], resources: anywhere };
    const policyOf = async (own: Statement) =>
      statementsBySid((await recordFunction({ network: inNetwork, statements: [own] })).named("f-policy"));

    const denied = await policyOf(denial);
    assert.deepEqual(denied["NotFromTheCode"]?.Action, denied["NetworkInterfaces"]?.Action);
    assert.ok(!("NotFromTheCode" in (await policyOf(all))));
  });

  it("runs as often at once as the account allows, unless it is told otherwise", async () => {
    assert.ok(!("reservedConcurrentExecutions" in (await recordFunction()).one(FUNCTION).inputs));
    for (const reservedConcurrency of [0, 1]) {
      const { inputs } = (await recordFunction({ reservedConcurrency })).one(FUNCTION);
      assert.equal(inputs["reservedConcurrentExecutions"], reservedConcurrency);
    }
  });

  it("tells its code's hash, which is another when a file beside the code is", async () => {
    const one = (await recordFunction()).result.codeHash;
    const other = (await recordFunction({ files: { "ca.pem": "x" } })).result.codeHash;

    assert.match(one, /^[0-9a-f]{64}$/);
    assert.equal((await recordFunction()).result.codeHash, one);
    assert.notEqual(other, one);
  });

  it("is the same on a second update: the same source gives the same code", async () => {
    const one = await recordFunction();
    const other = await recordFunction();

    const code = await codeOf(one.one(FUNCTION));
    assert.deepEqual(Object.keys(code), ["index.js"]);
    assert.deepEqual(await codeOf(other.one(FUNCTION)), code);
  });
});
