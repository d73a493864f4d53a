import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { Credentials } from "../../../sandbox/aws/access-control";
import type { LambdaRunner } from "../../../sandbox/aws/lambda-runner";
import { ACCOUNT_ID } from "../../../sandbox/aws/moto";
import { RoleSessions } from "../../../sandbox/aws/role-sessions";
import {
  deployEventSource,
  deployFunction,
  EmulatedAws,
  functionArn,
  REGION,
  type Statement,
} from "../../support/emulated-aws";

const LIST: Statement = { Action: "sqs:ListQueues", Resource: "*" };
const WORK: Statement = {
  Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  Resource: "*",
};
const LOGS: Statement = { Action: "logs:*", Resource: "*" };
const LISTS_QUEUES = `const { SQSClient, ListQueuesCommand } = require("@aws-sdk/client-sqs");
  exports.handler = () => new SQSClient({}).send(new ListQueuesCommand({})).then(() => "listed");`;

describe("the session of a function's role", function () {
  this.timeout(30_000);
  let aws: EmulatedAws;
  let sessions: RoleSessions;
  let runner: LambdaRunner | undefined;

  before(async () => {
    aws = await EmulatedAws.start();
    await aws.logGroup("/aws/lambda/fixture");
    await aws.turnOnAccessControl([]);
    sessions = new RoleSessions(aws.moto.url, aws.admin);
  });
  afterEach(async () => {
    await runner?.stop();
    runner = undefined;
  });
  after(async () => {
    sessions.close();
    await aws.stop();
  });

  const sessionOf = (roleArn: string, name = "fixture") => sessions.of({ name, arn: functionArn(name), roleArn });

  const listQueues = async (credentials: Credentials): Promise<void> => {
    const sqs = new SQSClient({ endpoint: aws.moto.url, region: REGION, credentials });
    await sqs.send(new ListQueuesCommand({})).finally(() => sqs.destroy());
  };

  const assume = async (RoleArn: string, credentials: Credentials): Promise<unknown> => {
    const sts = new STSClient({ endpoint: aws.moto.url, region: REGION, credentials });
    const request = new AssumeRoleCommand({ RoleArn, RoleSessionName: "test" });
    return sts.send(request).finally(() => sts.destroy());
  };

  const withIam = async <T>(work: (iam: IAMClient) => Promise<T>): Promise<T> => {
    const iam = new IAMClient(aws.client);
    return work(iam).finally(() => iam.destroy());
  };

  const remove = (RoleName: string): Promise<void> =>
    withIam(async (iam) => {
      await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "own" }));
      await iam.send(new DeleteRoleCommand({ RoleName }));
    });

  const trust = (RoleName: string, ...Statement: object[]): Promise<unknown> =>
    withIam((iam) =>
      iam.send(
        new UpdateAssumeRolePolicyCommand({
          RoleName,
          PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
        }),
      ),
    );

  it("is made when it is first asked for, also of a role made after access control was turned on, and then kept", async () => {
    const roleArn = await aws.role("late", [LIST]);

    const [first, second] = await Promise.all([sessionOf(roleArn), sessionOf(roleArn)]);

    await listQueues(first);
    assert.equal(second, first);
    assert.equal(await sessionOf(roleArn, "other-function"), first);
  });

  it("is refused, once it is asked for, when the role does not trust Lambda", async () => {
    const ofEc2 = await aws.role("of-ec2", [LIST], "ec2.amazonaws.com");

    await assert.rejects(
      sessionOf(ofEc2),
      /Lambda can not run fixture under .*role\/of-ec2: .*Let lambda\.amazonaws\.com do/,
    );
    await assert.rejects(sessionOf(ofEc2.replace("of-ec2", "none")), { name: "NoSuchEntityException" });
  });

  it("is for the functions that a condition of the trust policy names", async () => {
    const roleArn = await aws.role("for-one", [LIST]);
    const Condition = {
      StringEquals: { "aws:SourceAccount": ACCOUNT_ID },
      ArnLike: { "aws:SourceArn": functionArn("one") },
    };
    await trust("for-one", {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: "lambda.amazonaws.com" },
      Condition,
    });

    await sessionOf(roleArn, "one");
    await assert.rejects(sessionOf(roleArn, "two"), /condition ArnLike aws:SourceArn is not met/);
  });

  it("ends with its role, and is made anew for one that came again by the same name", async () => {
    const roleArn = await aws.role("again", [LIST]);
    const before = await sessionOf(roleArn);

    await remove("again");
    await assert.rejects(listQueues(before), /token/i);
    assert.equal(await aws.role("again", [LIST]), roleArn);
    await assert.rejects(listQueues(before), /token/i);

    await listQueues(await sessionOf(roleArn));
  });

  it("of a role that came again is what a function and its event source go on with", async () => {
    const roleArn = await aws.role("worker", [LIST, WORK, LOGS]);
    const run = await aws.runFolder();
    const queue = await aws.queue("work");
    const deployed = await deployFunction(run, LISTS_QUEUES, { roleArn });
    await deployEventSource(run, deployed, queue, { functionResponseTypes: [] });
    const lambda = await aws.startRunner(run, { returnAfterSeconds: 0 });
    runner = lambda;
    const end = await lambda.invoke(deployed.name, {});
    assert.equal(end.outcome, "success", JSON.stringify(end));

    await remove("worker");
    await aws.role("worker", [LIST, WORK, LOGS]);
    const again = await lambda.invoke(deployed.name, {});
    await aws.send(queue, "a");
    while (lambda.invocations().length < 3) await sleep(50);

    assert.equal(again.outcome, "success", JSON.stringify(again));
    const [first, second, third] = lambda.invocations();
    assert.notEqual(second?.pid, first?.pid, "the process with the session of the role that is gone");
    assert.equal(third?.outcome, "success");
  });

  it("is of the function's new role once an update gave it another", async () => {
    const run = await aws.runFolder();
    const deployed = await deployFunction(run, LISTS_QUEUES, { roleArn: await aws.role("may-not-list", [LOGS]) });
    const lambda = await aws.startRunner(run);
    runner = lambda;
    const refused = await lambda.invoke(deployed.name, {});

    await deployFunction(run, LISTS_QUEUES, { roleArn: await aws.role("may-list", [LIST, LOGS]) });
    const url = `${lambda.url}/2015-03-31/functions/${deployed.name}/invocations`;
    const answer = await fetch(url, { method: "POST" });

    assert.ok(refused.outcome === "error");
    assert.match(refused.reason, /sqs:ListQueues/);
    assert.equal(await answer.json(), "listed");
  });

  it("is not to be had by who the trust policy does not name, whatever their own policy allows", async () => {
    const everything: Statement = { Action: "sts:AssumeRole", Resource: "*" };
    const caller = await sessionOf(await aws.role("caller", [everything]));
    const target = await aws.role("target", [LIST]);

    await assert.rejects(assume(target, caller), /sts:AssumeRole/);

    await trust("target", {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { AWS: target.replace("target", "caller") },
    });
    await assume(target, caller);
    const ofAccount = { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` };
    await trust("target", { Effect: "Allow", Action: "sts:AssumeRole", Principal: ofAccount });
    await assume(target, caller);
    const powerless = await sessionOf(await aws.role("powerless", []));
    await assert.rejects(assume(target, powerless), /sts:AssumeRole/);
    await assert.rejects(assume(target.replace("target", "none"), caller), /sts:AssumeRole/);
  });
});
