import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Properties } from "../../../sandbox/aws/provider/wire";
import { listEventSources, readFunction } from "../../../sandbox/aws/registry";
import { archive, trust } from "./functions";
import { type StandIn, standIn, text } from "./stand-in";

const FUNCTION = "aws:lambda/function:Function";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";

describe("Lambda in the AWS stand-in", () => {
  let on: StandIn;
  let inputs: Properties;
  let roleName: string;
  before(async () => {
    on = await standIn();
    const role = await on.make("aws:iam/role:Role", "reader", { assumeRolePolicy: trust("lambda.amazonaws.com") });
    roleName = role.id;
    inputs = {
      role: text(role, "arn"),
      runtime: "nodejs22.x",
      handler: "index.handler",
      timeout: 10,
      architectures: ["arm64"],
      environment: { variables: { SERVICE_PORTS: "5432" } },
      code: archive("exports.handler = 1;"),
    };
  });

  it("unpacks the code and describes the function for the runner", async () => {
    const made = await on.make(FUNCTION, "reader", { ...inputs, reservedConcurrentExecutions: 2 });

    const found = await readFunction(on.run, made.id);
    assert.ok(found);
    assert.equal(await readFile(join(found.codeDir, "index.js"), "utf8"), "exports.handler = 1;");
    assert.deepEqual(
      { ...found, codeDir: "" },
      {
        name: made.id,
        arn: made.outs["arn"],
        roleArn: inputs["role"],
        runtime: "nodejs22.x",
        handler: "index.handler",
        timeoutSeconds: 10,
        memoryMb: 128,
        environment: { SERVICE_PORTS: "5432" },
        codeDir: "",
        architectures: ["arm64"],
        reservedConcurrency: 2,
      },
    );
    await made.delete();
    assert.equal(await readFunction(on.run, made.id), undefined);
  });

  it("unpacks changed code into a new folder, and leaves the old one to what still runs", async () => {
    const made = await on.make(FUNCTION, "changing", inputs);
    const old = await readFunction(on.run, made.id);
    const changed = await on.change(made, FUNCTION, "changing", inputs, {
      ...inputs,
      code: archive("exports.handler = 2;"),
    });

    const found = await readFunction(on.run, made.id);
    assert.ok(old && found && old.codeDir !== found.codeDir);
    assert.equal(await readFile(join(old.codeDir, "index.js"), "utf8"), "exports.handler = 1;");
    assert.equal(await readFile(join(found.codeDir, "index.js"), "utf8"), "exports.handler = 2;");
    await changed.delete();
  });

  it("refuses a code archive that reaches outside its folder", async () => {
    const good = archive("x");
    const code = { ...good, assets: { "../../outside.js": good.assets["index.js"] } };

    await assert.rejects(on.make(FUNCTION, "bad", { ...inputs, code }), /holds a file outside itself/);
  });

  const REFUSED: readonly (readonly [string, Properties, RegExp])[] = [
    ["a name over 64 characters", { name: "f".repeat(65) }, /65 characters/],
    [
      "an environment over 4 KB",
      { environment: { variables: { BIG: "x".repeat(4094) } } },
      /at most 4096 bytes together, got 4097/,
    ],
    ["a reserved variable", { environment: { variables: { AWS_REGION: "x" } } }, /AWS_REGION is reserved/],
    ["a timeout over 900 seconds", { timeout: 901 }, /1 to 900 seconds/],
    ["an unknown runtime", { runtime: "nodejs16.x" }, /got "nodejs16.x"/],
    ["a reservation below zero", { reservedConcurrentExecutions: -2 }, /a whole number from 0, got -2/],
    [
      "a reservation that leaves the account's other functions fewer than 100 executions",
      { reservedConcurrentExecutions: 901 },
      /decreases the account's unreserved executions to 99, below its minimum of 100/,
    ],
    ["a role that does not exist", { role: "arn:aws:iam::123456789012:role/none" }, /role \S+ does not exist/],
    [
      "a key that does not exist",
      { kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/none" },
      /KMS key \S+ does not exist/,
    ],
  ];
  for (const [what, wrong, message] of REFUSED) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(on.make(FUNCTION, "bad", { ...inputs, ...wrong }), message);
    });
  }

  it("refuses a role that Lambda may not assume", async () => {
    const role = await on.make("aws:iam/role:Role", "other", { assumeRolePolicy: trust("ec2.amazonaws.com") });

    await assert.rejects(
      on.make(FUNCTION, "bad", { ...inputs, role: role.outs["arn"] }),
      /cannot be assumed by lambda.amazonaws.com/,
    );
  });

  it("maps a queue only when the role may read it and its visibility timeout covers the function's", async () => {
    const target = await on.make(FUNCTION, "mapped", inputs);
    const before = { visibilityTimeoutSeconds: 5 };
    const queue = await on.make("aws:sqs/queue:Queue", "mapped", before);
    const eventSourceArn = text(queue, "arn");
    const mapping = {
      functionName: target.id,
      eventSourceArn,
      batchSize: 10,
      scalingConfig: { maximumConcurrency: 5 },
      functionResponseTypes: ["ReportBatchItemFailures"],
    };
    const map = () => on.make(MAPPING, "mapped", mapping);

    await assert.rejects(map(), /visibility timeout: 5 seconds is less than function timeout: 10 seconds/);
    await on.change(queue, "aws:sqs/queue:Queue", "mapped", before, { visibilityTimeoutSeconds: 60 });
    await assert.rejects(
      map(),
      /does not have permission for sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes on \S+: there is no policy;/,
    );

    const Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
    const Statement = [{ Effect: "Allow", Action, Resource: eventSourceArn }];
    const policy = JSON.stringify({ Version: "2012-10-17", Statement });
    const allowed = await on.make("aws:iam/rolePolicy:RolePolicy", "mapped", { role: roleName, policy });
    const made = await map();
    assert.deepEqual(await listEventSources(on.run), [
      {
        uuid: made.id,
        functionArn: target.outs["arn"],
        eventSourceArn,
        batchSize: 10,
        maximumBatchingWindowSeconds: 0,
        maximumConcurrency: 5,
        functionResponseTypes: ["ReportBatchItemFailures"],
        enabled: true,
      },
    ]);
    await assert.rejects(map(), /ResourceConflictException/);
    for (const each of [made, allowed, target]) await each.delete();
    assert.deepEqual(await listEventSources(on.run), []);
  });
});
