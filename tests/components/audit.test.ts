import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Audit, type AuditArgs, knownNetworks } from "../../components/audit";
import { LONGEST_PATTERN } from "../../components/client-filter";
import type { FrontDoorSettings } from "../../settings";
import { DEFAULTS, stackArgs } from "../support/components";
import { record } from "../support/pulumi-recorder";

const FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription";

const recordAudit = (settings: Partial<AuditArgs["settings"]> = {}, more: Partial<AuditArgs> = {}) =>
  record(
    () =>
      new Audit("audit", {
        ...stackArgs(),
        settings: { ...DEFAULTS.audit, ...settings },
        database: {
          identifier: pulumi.output("the-database"),
          instance: {
            identifier: pulumi.output("the-database"),
            parameterGroupName: pulumi.output("the-parameters"),
          } as AuditArgs["database"]["instance"],
          connectionLog: { kind: "postgresql", logGroupName: pulumi.output("the-log") },
        },
        vpcCidr: "10.0.0.0/16",
        alarmTopicArn: "topic-arn",
        databaseGroupId: "sg-1",
        keyArns: ["arn:aws:kms:us-west-2:111122223333:key/one"],
        exceptions: {},
        ...more,
      }),
  );

const LOGINS = ["failed-logins", "outside-clients", "plain-logins"];
const CALLS = ["database-deleted", "database-modified", "group-changed", "key-disabled", "snapshot-shared"];

describe("an audit", () => {
  it("watches logins and RDS's events, and nothing else unless it is told to", async () => {
    const made = await recordAudit();

    assert.deepEqual(made.names(), [
      "audit-events-instance",
      "audit-events-parameters",
      "audit-events-security-groups",
      ...LOGINS.map((ending) => `audit-logins-alarm-${ending}`),
      "audit-logins-filter-failed-logins",
      "audit-logins-filter-outside-clients",
      "audit-logins-filter-plain-logins",
      "audit-logins-filter-plain-logins-2",
    ]);
  });

  it("has for each filter an alarm on the very metric that it counts in", async () => {
    const made = await recordAudit({ trail: "own" });

    const metrics = made.all(FILTER).map(({ inputs }) => {
      const { namespace, name } = inputs["metricTransformation"] as { namespace: string; name: string };
      return `${namespace} ${name}`;
    });
    const watched = made
      .all(ALARM)
      .map(({ inputs }) => `${String(inputs["namespace"])} ${String(inputs["metricName"])}`);
    assert.deepEqual([...new Set(metrics)].sort(), watched.sort());
    assert.ok(
      metrics.every((metric) => metric.startsWith("RdsSightline/rds-sightline-dev ")),
      "no other stack's count",
    );
  });

  it("tells the topic of each, with what to do, and takes silence for good news", async () => {
    const made = await recordAudit({ trail: "own" });

    for (const { name, inputs } of made.all(ALARM)) {
      assert.deepEqual(inputs["alarmActions"], ["topic-arn"], name);
      assert.equal(inputs["treatMissingData"], "notBreaching", name);
      const description = String(inputs["alarmDescription"]);
      assert.ok(description.length > 100 && description.length <= 1_024, `${name}: ${description.length}`);
    }
    for (const { inputs } of made.all(SUBSCRIPTION)) assert.equal(inputs["snsTopic"], "topic-arn");
  });

  it("goes off at the first client from outside, and at as many refused logins as the stack file says", async () => {
    const made = await recordAudit({ failedLogins: 25 });
    const thresholdOf = (ending: string) => made.named(`audit-logins-alarm-${ending}`).inputs["threshold"];

    assert.deepEqual(["outside-clients", "failed-logins", "plain-logins"].map(thresholdOf), [1, 25, 1]);
  });

  it("asks RDS for what Security Hub asks for: of the instance, its parameter group, and all security groups", async () => {
    const made = await recordAudit();

    const asked = made
      .all(SUBSCRIPTION)
      .map(({ inputs }) => [inputs["sourceType"], inputs["sourceIds"], inputs["eventCategories"]]);
    const [[, , ofInstance] = []] = asked;
    for (const category of ["maintenance", "configuration change", "failure"])
      assert.ok((ofInstance as string[]).includes(category));
    assert.deepEqual(asked, [
      ["db-instance", ["the-database"], ofInstance],
      ["db-parameter-group", ["the-parameters"], ["configuration change"]],
      ["db-security-group", undefined, ["configuration change", "failure"]],
    ]);
  });

  it("watches a trail that exists, and leaves it alone", async () => {
    const made = await recordAudit({ trail: "existing", trailLogGroup: "organization/trail" });

    const added = made.names().filter((name) => name.startsWith("audit-calls"));
    assert.deepEqual(added, [
      ...CALLS.map((ending) => `audit-calls-alarm-${ending}`),
      ...CALLS.map((ending) => `audit-calls-filter-${ending}`),
    ]);
    assert.deepEqual(made.names("aws:cloudtrail/trail:Trail"), []);
    assert.equal(made.named("audit-calls-filter-key-disabled").inputs["logGroupName"], "organization/trail");
  });

  it("watches its own trail's key and its own trail too", async () => {
    const made = await recordAudit({ trail: "own" });

    const keys = String(made.named("audit-calls-filter-key-disabled").inputs["pattern"]);
    assert.ok(keys.includes('"*one"') && keys.includes('"*key-audit-trail-key-key"'), keys);
    assert.match(
      String(made.named("audit-calls-filter-trail-changed").inputs["pattern"]),
      /"\*rds-sightline-dev-audit"/,
    );
    for (const { name, inputs } of made.all(FILTER))
      assert.ok(String(inputs["pattern"]).length <= LONGEST_PATTERN, name);
  });

  it("turns on what is the account's only when it is told to, each by itself", async () => {
    const guards = async (settings: Partial<AuditArgs["settings"]>) =>
      (await recordAudit(settings)).names().filter((name) => name.startsWith("audit-guards"));

    assert.deepEqual(await guards({ securityHub: true }), ["audit-guards-hub", "audit-guards-standard"]);
    assert.deepEqual(await guards({ guardDuty: true }), ["audit-guards-detector", "audit-guards-logins"]);
    const made = await recordAudit({ securityHub: true, guardDuty: true });
    assert.equal(made.named("audit-guards-hub").inputs["enableDefaultStandards"], false);
    assert.deepEqual(made.named("audit-guards-logins").inputs["name"], "RDS_LOGIN_EVENTS");
  });
});

describe("the networks whose clients are known", () => {
  const door = {
    exposure: "public",
    preserveClientIp: true,
    allowedCidrs: ["203.0.113.0/24"],
  } as unknown as FrontDoorSettings;
  const others = (frontDoor?: FrontDoorSettings) =>
    knownNetworks({ vpcCidr: "10.0.0.0/16", settings: { ...DEFAULTS.audit, knownCidrs: ["10.8.0.0/16"] }, frontDoor })
      .others;

  it("are the stack file's, and the front door's where the database sees its clients' own addresses", () => {
    assert.deepEqual(others(), ["10.8.0.0/16"]);
    assert.deepEqual(others(door), ["10.8.0.0/16", "203.0.113.0/24"]);
    assert.deepEqual(others({ ...door, preserveClientIp: false }), ["10.8.0.0/16"]);
    assert.deepEqual(others({ ...door, exposure: "privatelink" }), ["10.8.0.0/16"]);
  });
});
