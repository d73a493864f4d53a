import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type FrontDoorAlarmsArgs, frontDoorAlarms } from "../../components/front-door-alarms";
import type { MetricSink } from "../../functions/shared/metric-sink";
import { publishMetrics } from "../../functions/target-sync/metrics";
import { stackArgs } from "../support/components";
import { record } from "../support/pulumi-recorder";

class Watched extends pulumi.ComponentResource {
  constructor(args: FrontDoorAlarmsArgs) {
    super("sightline:test:Watched", "watched");
    frontDoorAlarms("watched", args, { parent: this });
  }
}

const recordAlarms = (syncMinutes = 1) =>
  record(() => {
    return new Watched({
      names: stackArgs().names,
      alarmTopicArn: "topic-arn",
      functionName: "the-function",
      failureQueueName: "the-failures",
      loadBalancerArnSuffix: "net/door/1",
      targetGroupArnSuffix: "targetgroup/door/2",
      syncMinutes,
      metrics: { namespace: "Sightline", service: "the-service" },
    });
  });

const AT_LEAST = "GreaterThanOrEqualToThreshold";
const BELOW = "LessThanThreshold";
const LOAD_BALANCER = { LoadBalancer: "net/door/1" };
const TARGETS = { ...LOAD_BALANCER, TargetGroup: "targetgroup/door/2" };

const SHOWN = [
  "namespace",
  "metricName",
  "dimensions",
  "statistic",
  "comparisonOperator",
  "period",
  "treatMissingData",
];

// name -> the values of SHOWN; each has the threshold 1, in one period
const ALARMS: Readonly<Record<string, readonly unknown[]>> = {
  "watched-alarm-age": ["Sightline", "Synchronised", { service: "the-service" }, "Sum", BELOW, 300, "breaching"],
  "watched-alarm-errors": [
    "AWS/Lambda",
    "Errors",
    { FunctionName: "the-function" },
    "Sum",
    AT_LEAST,
    300,
    "notBreaching",
  ],
  "watched-alarm-failures": [
    "AWS/SQS",
    "ApproximateNumberOfMessagesVisible",
    { QueueName: "the-failures" },
    "Maximum",
    AT_LEAST,
    300,
    "notBreaching",
  ],
  "watched-alarm-healthy": ["AWS/NetworkELB", "HealthyHostCount", TARGETS, "Maximum", BELOW, 60, "breaching"],
  "watched-alarm-port-allocation": [
    "AWS/NetworkELB",
    "PortAllocationErrorCount",
    LOAD_BALANCER,
    "Sum",
    AT_LEAST,
    60,
    "notBreaching",
  ],
  "watched-alarm-unhealthy": ["AWS/NetworkELB", "UnHealthyHostCount", TARGETS, "Maximum", AT_LEAST, 60, "breaching"],
};

describe("the front door's alarms", () => {
  it("are these", async () => {
    assert.deepEqual((await recordAlarms()).names(), Object.keys(ALARMS));
  });

  for (const [name, watches] of Object.entries(ALARMS)) {
    it(`watch their metric, and tell the one topic what to do: ${name}`, async () => {
      const { inputs } = (await recordAlarms()).named(name);

      assert.deepEqual(
        SHOWN.map((input) => inputs[input]),
        watches,
      );
      assert.equal(inputs["threshold"], 1);
      assert.equal(inputs["evaluationPeriods"], 1);
      assert.deepEqual(inputs["alarmActions"], ["topic-arn"]);
      assert.match(String(inputs["name"]), /^rds-sightline-dev\/(front-door|target-sync)-/);
      const description = String(inputs["alarmDescription"]);
      assert.match(description, /\b([Rr]ead|[Ll]ook|Cure)\b/);
      assert.ok(description.length <= 1_024, "CloudWatch takes no more");
    });
  }

  it("watch a metric that the function publishes after every run, good or bad", async () => {
    const published: string[] = [];
    const sink: MetricSink = { addMetric: (name) => published.push(name), publishStoredMetrics: () => undefined };
    publishMetrics({ isSynchronised: false, registered: 0, deregistered: 0, failedLooks: 1 }, sink);

    const { metricName } = (await recordAlarms()).named("watched-alarm-age").inputs;
    assert.ok(published.includes(String(metricName)), published.join(", "));
  });

  it("of the last good run waits for three turns of the schedule, and five minutes at least, as CloudWatch can", async () => {
    for (const [syncMinutes, seconds] of [
      [1, 300],
      [2, 360],
      [15, 2_700],
    ] as const) {
      const { period } = (await recordAlarms(syncMinutes)).named("watched-alarm-age").inputs;

      assert.equal(period, seconds);
      assert.ok(seconds % 60 === 0 && seconds <= 86_400, `${seconds} s`);
    }
  });
});
