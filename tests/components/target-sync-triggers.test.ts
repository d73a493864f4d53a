import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { targetSyncTriggers } from "../../components/target-sync-triggers";
import { arnOf, comesBefore, stackArgs } from "../support/components";
import { record } from "../support/pulumi-recorder";

const RULE = "aws:cloudwatch/eventRule:EventRule";
const NAME = "rds-sightline-dev-target-sync";
const DATABASE = arnOf("rds", "db:rds-sightline-dev-0a1b");

const ruleArn = (name: unknown) => arnOf("events", `rule/${String(name)}`);

const recordTriggers = (syncMinutes = 1) =>
  record(
    () => {
      targetSyncTriggers(
        "target-sync",
        {
          names: stackArgs().names,
          databaseArn: DATABASE,
          syncMinutes,
          lambda: { functionName: pulumi.output("the-function"), arn: pulumi.output("function-arn") },
          deadLetterArn: "failures-arn",
        },
        {},
      );
    },
    { outputs: { [RULE]: (_, inputs) => ({ arn: ruleArn(inputs["name"]) }) } },
  );

describe("what starts a target sync", () => {
  it("is made of these and nothing else", async () => {
    assert.deepEqual((await recordTriggers()).names(), [
      "target-sync-events",
      "target-sync-events-permission",
      "target-sync-events-target",
      "target-sync-schedule",
      "target-sync-schedule-permission",
      "target-sync-schedule-target",
    ]);
  });

  it("is every event of this database that may have moved its address, and no other database's", async () => {
    const { eventPattern, ...rest } = (await recordTriggers()).named("target-sync-events").inputs;

    assert.deepEqual(JSON.parse(String(eventPattern)), {
      source: ["aws.rds"],
      "detail-type": ["RDS DB Instance Event"],
      detail: {
        SourceArn: [DATABASE],
        EventCategories: [
          "availability",
          "configuration change",
          "creation",
          "failover",
          "failure",
          "maintenance",
          "notification",
          "recovery",
          "restoration",
        ],
      },
    });
    assert.deepEqual(rest, {
      name: `${NAME}-events`,
      description: "Events of the database that may have moved its address",
    });
  });

  it("is a schedule of so many minutes, in words that EventBridge takes", async () => {
    for (const [syncMinutes, expression] of [
      [1, "rate(1 minute)"],
      [2, "rate(2 minutes)"],
      [15, "rate(15 minutes)"],
    ] as const) {
      const made = await recordTriggers(syncMinutes);

      assert.equal(made.named("target-sync-schedule").inputs["scheduleExpression"], expression);
      assert.ok(!("eventPattern" in made.named("target-sync-schedule").inputs));
    }
  });

  for (const rule of ["events", "schedule"]) {
    it(`may start it by the ARN of the rule, without the account that would keep EventBridge out: ${rule}`, async () => {
      const made = await recordTriggers();

      assert.deepEqual(made.named(`target-sync-${rule}-permission`).inputs, {
        action: "lambda:InvokeFunction",
        function: "the-function",
        principal: "events.amazonaws.com",
        sourceArn: ruleArn(`${NAME}-${rule}`),
      });
    });

    it(`brings the event itself, for an hour, and leaves in the failure queue what it can't bring: ${rule}`, async () => {
      const made = await recordTriggers();

      assert.deepEqual(made.named(`target-sync-${rule}-target`).inputs, {
        rule: `${NAME}-${rule}`,
        targetId: "target-sync",
        arn: "function-arn",
        retryPolicy: { maximumEventAgeInSeconds: 3_600, maximumRetryAttempts: 185 },
        deadLetterConfig: { arn: "failures-arn" },
      });
      assert.ok(comesBefore(made, `target-sync-${rule}-permission`, `target-sync-${rule}-target`));
    });
  }
});
