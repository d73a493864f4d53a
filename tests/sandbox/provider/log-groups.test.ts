import assert from "node:assert/strict";
import { DescribeFlowLogsCommand } from "@aws-sdk/client-ec2";
import type { Properties } from "../../../sandbox/aws/provider/wire";
import { listSubscriptions, readFunction } from "../../../sandbox/aws/registry";
import { archive, makeFunction, type TestFunction, trust } from "./functions";
import { makeNet } from "./networking";
import { type Made, type StandIn, standIn, text } from "./stand-in";

const GROUP = "aws:cloudwatch/logGroup:LogGroup";
const FILTER = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter";
const PERMISSION = "aws:lambda/permission:Permission";
const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const FUNCTION = "aws:lambda/function:Function";
const ROLE = "aws:iam/role:Role";
const ACCOUNT = "123456789012";

describe("log groups in the AWS stand-in", () => {
  let on: StandIn;
  let reader: TestFunction;
  let group: Made;
  before(async () => {
    on = await standIn();
    reader = await makeFunction(on, "reader");
    group = await on.make(GROUP, "flows", { name: "dev/flows" });
  });

  const filter = (name: string, more: Properties = {}) =>
    on.make(FILTER, name, { logGroup: "dev/flows", filterPattern: "", destinationArn: reader.arn, ...more });
  const permission = (more: Properties = {}) =>
    on.make(PERMISSION, "logs", {
      function: reader.name,
      action: "lambda:InvokeFunction",
      principal: "logs.amazonaws.com",
      sourceArn: `${text(group, "arn")}:*`,
      sourceAccount: ACCOUNT,
      ...more,
    });

  it("keep a protected group until an update gives that up", async () => {
    const name = "protected";
    const isOn = { name, deletionProtectionEnabled: true };
    const made = await on.make(GROUP, name, isOn);

    await assert.rejects(made.delete(), /ValidationException: log group protected has deletion protection/);

    const changed = await on.change(made, GROUP, name, isOn, { name, deletionProtectionEnabled: false });
    await changed.delete();
  });

  it("write a subscription down for the player, and take it away with it, or with its group", async () => {
    const allowed = await permission();
    const made = await filter("all");
    const [found] = await listSubscriptions(on.run);

    assert.match(found?.name ?? "", /^all-[0-9a-f]{7}$/);
    assert.deepEqual(found, { logGroup: "dev/flows", name: text(made, "name"), destinationArn: reader.arn });
    await made.delete();
    assert.deepEqual(await listSubscriptions(on.run), []);

    const shortLived = await on.make(GROUP, "short", { name: "short" });
    const also = await on.make(PERMISSION, "also", {
      ...{ function: reader.name, action: "lambda:InvokeFunction", principal: `logs.${on.region}.amazonaws.com` },
      sourceArn: `${text(shortLived, "arn")}:*`,
    });
    await filter("short", { logGroup: "short" });
    await shortLived.delete();
    assert.deepEqual(await listSubscriptions(on.run), []);
    for (const each of [allowed, also]) await each.delete();
  });

  const SHUTTING_OUT: readonly (readonly [string, Properties])[] = [
    ["is for the group without its events", { sourceArn: `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:dev/flows` }],
    ["is for another account", { sourceAccount: "210987654321" }],
    ["is for another service", { principal: "events.amazonaws.com" }],
  ];
  for (const [what, more] of SHUTTING_OUT) {
    it(`refuse a subscription whose function CloudWatch Logs may not invoke: the permission ${what}`, async () => {
      const made = await permission(more);

      await assert.rejects(filter("bad"), /InvalidParameterException: could not execute the lambda function/);
      await made.delete();
    });
  }

  it("refuse a subscription without any permission, of an unknown group or function, and a third one", async () => {
    await assert.rejects(
      filter("bad"),
      /no permission of it lets logs.amazonaws.com invoke it for arn:.*:dev\/flows:\*/,
    );
    const allowed = await permission();
    await assert.rejects(filter("bad", { logGroup: "dev/flow" }), /ResourceNotFoundException: .*dev\/flow;/);
    await assert.rejects(filter("bad", { destinationArn: `${reader.arn}x` }), /ResourceNotFoundException: function/);
    const two = [await filter("one"), await filter("two")];

    await assert.rejects(filter("three"), /LimitExceededException: .*2 are allowed/);
    for (const each of [...two, allowed]) await each.delete();
  });

  it("refuse a subscription that the sandbox could not play as it is", async () => {
    await assert.rejects(filter("bad", { filterPattern: "REJECT" }), /plays subscriptions to every event/);
    await assert.rejects(
      filter("bad", { destinationArn: `arn:aws:kinesis:x:${ACCOUNT}:stream/s` }),
      /invoke a function/,
    );
    await assert.rejects(filter("bad", { distribution: "Random" }), /are for streams/);
  });

  describe("and flow logs", () => {
    let subnetId: string;
    before(async () => {
      subnetId = (await makeNet(on, ["a"])).subnetIds[0] ?? "";
    });

    const role = async (name: string, actions: readonly string[], service = "vpc-flow-logs.amazonaws.com") => {
      const made = await on.make(ROLE, name, { assumeRolePolicy: trust(service) });
      const statement = {
        Effect: "Allow",
        Action: actions,
        Resource: `arn:aws:logs:${on.region}:${ACCOUNT}:log-group:*`,
      };
      const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
      await on.make("aws:iam/rolePolicy:RolePolicy", name, { role: made.id, policy });
      return text(made, "arn");
    };
    const ACTIONS = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:DescribeLogGroups"];
    const flowLog = (more: Properties) =>
      on.make(FLOW_LOG, "flows", {
        ...{ subnetId, trafficType: "ALL", logDestinationType: "cloud-watch-logs", logDestination: text(group, "arn") },
        ...more,
      });

    it("are delivered into a group under a role that may write there, and are found by the group's name", async () => {
      const iamRoleArn = await role("writer", ACTIONS);

      const made = await flowLog({ iamRoleArn, logFormat: `\${srcaddr}` });

      const Filter = [{ Name: "log-group-name", Values: ["dev/flows"] }];
      const { FlowLogs: [found] = [] } = await on.aws.ec2.send(new DescribeFlowLogsCommand({ Filter }));
      assert.equal(found?.FlowLogId, made.id);
      assert.equal(found?.DeliverLogsPermissionArn, iamRoleArn);
      assert.equal(found?.LogFormat, `\${srcaddr}`);
      await made.delete();
    });

    for (const missing of ACTIONS) {
      it(`are refused a role that lacks ${missing}`, async () => {
        const others = ACTIONS.filter((action) => action !== missing);
        const iamRoleArn = await role(`no-${missing.split(":")[1]}`, others);

        const refused = new RegExp(`LogDestinationPermissionIssueException: .* permission for ${missing} on`);
        await assert.rejects(flowLog({ iamRoleArn }), refused);
      });
    }

    it("are refused a role that is not theirs, none, and what is no group that exists", async () => {
      const iamRoleArn = await role("ok", ACTIONS);
      const lambdas = await role("lambdas", ACTIONS, "lambda.amazonaws.com");

      await assert.rejects(flowLog({ iamRoleArn: lambdas }), /cannot be assumed by vpc-flow-logs.amazonaws.com/);
      await assert.rejects(flowLog({}), /needs iamRoleArn/);
      const elsewhere = (logDestination: string) => flowLog({ iamRoleArn, logDestination });
      await assert.rejects(elsewhere(`${text(group, "arn")}x`), /log group dev\/flowsx does not exist/);
      await assert.rejects(elsewhere(`${text(group, "arn")}:*`), /is not the ARN of a log group/);
      const parquet = { destinationOptions: { fileFormat: "parquet" } };
      await assert.rejects(flowLog({ iamRoleArn, ...parquet }), /destinationOptions are for S3/);
    });
  });

  it("write down where a function's failed events go, once its role may send there", async () => {
    const queue = await on.make("aws:sqs/queue:Queue", "failed", { name: "failed" });
    const role = await on.make(ROLE, "sender", { assumeRolePolicy: trust("lambda.amazonaws.com") });
    const targetArn = text(queue, "arn");
    const make = (deadLetterConfig: Properties) =>
      on.make(FUNCTION, "failing", {
        ...{
          role: text(role, "arn"),
          runtime: "nodejs22.x",
          handler: "index.handler",
          code: archive("exports.handler = 1;"),
        },
        deadLetterConfig,
      });

    await assert.rejects(make({ targetArn }), /does not have permission for sqs:SendMessage on .*:failed/);
    await assert.rejects(make({ targetArn: `${targetArn}-none` }), /failed-none does not exist/);
    const statement = { Effect: "Allow", Action: "sqs:SendMessage", Resource: targetArn };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await on.make("aws:iam/rolePolicy:RolePolicy", "sender", { role: role.id, policy });
    const made = await make({ targetArn });

    assert.equal((await readFunction(on.run, made.id))?.deadLetterArn, targetArn);
  });
});
