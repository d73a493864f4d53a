import assert from "node:assert/strict";
import { type MessagesKeyArgs, messagesKey } from "../../components/messages-key";
import type { PceSettings } from "../../settings";
import { arnOf, stackArgs, statementsBySid, statementsOf } from "../support/components";
import { record } from "../support/pulumi-recorder";

const PCE: PceSettings = {
  host: "pce.example.com",
  port: 8443,
  orgId: 1,
  requestsPerMinute: 500,
  cidrs: [],
  credentials: { secretArn: arnOf("secretsmanager", "secret:given") },
};

type Changes = Pick<
  MessagesKeyArgs,
  "pce" | "hasTargetSync" | "hasWorkloadSync" | "hasBackfill" | "hasEnforcement" | "bucketArn"
>;

const policyOf = async (changes: Changes) => {
  const made = await record(() =>
    messagesKey("messages", { ...stackArgs(), bucketArn: "arn:aws:s3:::archive", ...changes }, {}),
  );
  return made.named("messages-key");
};

const ALARMS = ["AdministrationByIam", "Alarms", "DatabaseEvents"];
const FUNCTIONS = ["QueueUsers", "FunctionEnvironments", "FunctionEnvironmentsGrants", "LogGroups"];

const MACHINE = ["StateMachine", "StateMachineLog", "StateMachineLogDelivery"];
const LOG_OF_BACKFILL = "/aws/vendedlogs/states/rds-sightline-dev-backfill";

const logOf = (folder: string) => `/aws/lambda/rds-sightline-dev-${folder}`;

const CASES: readonly [string, Changes, string[], string[]][] = [
  ["neither forwarder nor target sync", {}, ALARMS, []],
  ["a forwarder only", { pce: PCE }, [...ALARMS, "BucketNotifications", ...FUNCTIONS], [logOf("flow-forwarder")]],
  [
    "a forwarder of a log group",
    { pce: PCE, bucketArn: undefined },
    [...ALARMS, ...FUNCTIONS],
    [logOf("flow-forwarder")],
  ],
  ["a target sync only", { hasTargetSync: true }, [...ALARMS, "EventRules", ...FUNCTIONS], [logOf("target-sync")]],
  [
    "both",
    { pce: PCE, hasTargetSync: true },
    [...ALARMS, "BucketNotifications", "EventRules", ...FUNCTIONS],
    ["flow-forwarder", "target-sync"].map(logOf),
  ],
  [
    "a forwarder and an enforcement",
    { pce: PCE, hasEnforcement: true },
    [...ALARMS, "BucketNotifications", ...FUNCTIONS],
    ["flow-forwarder", "enforcement"].map(logOf),
  ],
  [
    "a forwarder and a workload sync",
    { pce: PCE, hasWorkloadSync: true },
    [...ALARMS, "BucketNotifications", "EventRules", ...FUNCTIONS],
    ["flow-forwarder", "workload-sync"].map(logOf),
  ],
  [
    "a forwarder and a backfill",
    { pce: PCE, hasBackfill: true },
    [...ALARMS, "BucketNotifications", ...FUNCTIONS.slice(0, 3), ...MACHINE, "LogGroups"],
    [logOf("flow-forwarder"), LOG_OF_BACKFILL],
  ],
];

describe("a stack's messages key", () => {
  for (const [what, changes, sids, logGroups] of CASES) {
    it(`lets in those who are there and nobody else: ${what}`, async () => {
      const key = await policyOf(changes);

      assert.deepEqual(
        statementsOf(key).map(({ Sid }) => Sid),
        sids,
      );
      assert.deepEqual(
        statementsBySid(key)["LogGroups"]?.Condition?.["ArnEquals"]?.["kms:EncryptionContext:aws:logs:arn"] ?? [],
        logGroups.map((logGroup) => arnOf("logs", `log-group:${logGroup}`)),
      );
    });
  }

  it("has the same policy when it is told that there is no target sync and no backfill as when it is told nothing", async () => {
    for (const changes of [{}, { pce: PCE }]) {
      const told = await policyOf({
        ...changes,
        ...{ hasTargetSync: false, hasWorkloadSync: false, hasBackfill: false },
      });

      assert.equal(told.inputs["policy"], (await policyOf(changes)).inputs["policy"]);
    }
  });

  it("lets in the two rules of this stack's target sync by their names", async () => {
    const rules = statementsBySid(await policyOf({ hasTargetSync: true }))["EventRules"];

    assert.deepEqual(rules?.Condition?.["ArnLikeIfExists"]?.["aws:SourceArn"], [
      arnOf("events", "rule/rds-sightline-dev-target-sync-events"),
      arnOf("events", "rule/rds-sightline-dev-target-sync-schedule"),
    ]);
  });
});
