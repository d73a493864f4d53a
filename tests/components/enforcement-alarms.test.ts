import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type EnforcementAlarmsArgs, enforcementAlarms } from "../../components/enforcement-alarms";
import { parseRange } from "../../functions/enforcement/address-ranges";
import type { PolicyAnswer } from "../../functions/enforcement/allowed-clients";
import { createEnforcement } from "../../functions/enforcement/enforcement";
import type { GroupRule } from "../../functions/enforcement/plan";
import { stackArgs } from "../support/components";
import { record } from "../support/pulumi-recorder";

class Watched extends pulumi.ComponentResource {
  constructor(args: EnforcementAlarmsArgs) {
    super("sightline:test:Watched", "watched");
    enforcementAlarms("watched", args, { parent: this });
  }
}

const recordAlarms = () =>
  record(() => {
    return new Watched({
      names: stackArgs().names,
      alarmTopicArn: "topic-arn",
      functionName: "the-function",
      everyMinutes: 5,
      metrics: { namespace: "Sightline", service: "the-service" },
    });
  });

/** What a run publishes, by the metric's name, and whether it failed. */
async function published(readPolicy: () => Promise<PolicyAnswer>, rules: readonly GroupRule[] = []) {
  const metrics: Record<string, number> = {};
  const ignore = () => undefined;
  const enforce = createEnforcement({
    mode: "on",
    port: 5432,
    quota: 60,
    readPolicy,
    group: { rules: async () => rules, authorize: async () => undefined, revoke: async () => undefined },
    log: { info: ignore, warn: ignore, error: ignore },
    metrics: { addMetric: (name, _, value) => Object.assign(metrics, { [name]: value }), publishStoredMetrics: ignore },
  });
  const failed = await enforce({}, { remainingMs: () => 1_000 }).then(
    () => false,
    () => true,
  );
  return { metrics, failed };
}

const NOBODY: PolicyAnswer = { ranges: [], unusable: [], unresolved: [] };
const OWN: GroupRule = { id: "sgr-1", protocol: "tcp", fromPort: 5432, toPort: 5432, isOwn: true };
const range = parseRange("10.0.0.1") ?? assert.fail();

describe("the alarms of an enforcement", () => {
  it("are these, each with what to do in its mail, to the one topic", async () => {
    const made = await recordAlarms();

    assert.deepEqual(made.names(), ["watched-alarm-age", "watched-alarm-errors", "watched-alarm-refusals"]);
    for (const { inputs } of made.all("aws:cloudwatch/metricAlarm:MetricAlarm")) {
      assert.deepEqual(inputs["alarmActions"], ["topic-arn"]);
      assert.equal(inputs["threshold"], 1);
      assert.match(String(inputs["alarmDescription"]), /Read in its log/);
      assert.ok(String(inputs["alarmDescription"]).length <= 1_024, "CloudWatch takes no more");
    }
  });

  it("go off after three runs in a row that failed, which a PCE that doesn't answer makes", async () => {
    const { inputs } = (await recordAlarms()).named("watched-alarm-errors");
    const { failed, metrics } = await published(() => Promise.reject(new Error("the PCE did not answer")));

    assert.ok(failed, "Lambda counts an error");
    assert.equal(metrics["CompletedRuns"], 0);
    assert.deepEqual(
      [inputs["namespace"], inputs["metricName"], inputs["dimensions"], inputs["period"], inputs["evaluationPeriods"]],
      ["AWS/Lambda", "Errors", { FunctionName: "the-function" }, 300, 3],
    );
    assert.equal(inputs["treatMissingData"], "notBreaching");
  });

  it("go off when no run came to its end for three turns of the schedule, silence included", async () => {
    const { inputs } = (await recordAlarms()).named("watched-alarm-age");

    assert.equal((await published(async () => NOBODY)).metrics[String(inputs["metricName"])], 1);
    assert.deepEqual(
      [inputs["comparisonOperator"], inputs["period"], inputs["treatMissingData"], inputs["dimensions"]],
      ["LessThanThreshold", 900, "breaching", { service: "the-service" }],
    );
  });

  for (const [what, policy, rules] of [
    ["a policy that is gone", { missing: "the rule set is not provisioned" }, []],
    ["clients that are all gone", NOBODY, [{ ...OWN, range }]],
    ["a client without addresses", { ...NOBODY, unresolved: ["a user group"] }, [{ ...OWN, range }]],
    [
      "too many clients",
      { ...NOBODY, ranges: Array.from({ length: 61 }, (_, at) => parseRange(`10.0.0.${2 * at}`) ?? range) },
      [],
    ],
  ] as readonly [string, PolicyAnswer, GroupRule[]][]) {
    it(`go off at once for ${what}, and the run itself is no failure`, async () => {
      const { inputs } = (await recordAlarms()).named("watched-alarm-refusals");
      const { metrics, failed } = await published(async () => policy, rules);

      assert.ok((metrics[String(inputs["metricName"])] ?? 0) >= 1, JSON.stringify(metrics));
      assert.equal(failed, false);
      assert.equal(inputs["comparisonOperator"], "GreaterThanOrEqualToThreshold");
    });
  }

  it("stay silent while all is well", async () => {
    const policy = { ...NOBODY, ranges: [range] };

    assert.equal((await published(async () => policy, [{ ...OWN, range }])).metrics["Refusals"], 0);
  });
});
