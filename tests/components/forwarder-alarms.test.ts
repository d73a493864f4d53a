import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type ForwarderAlarmsArgs, forwarderAlarms } from "../../components/forwarder-alarms";
import { publishMetrics } from "../../functions/flow-forwarder/metrics";
import { newOutcome } from "../../functions/flow-forwarder/outcome";
import { stackArgs } from "../support/components";
import { recordStack } from "../support/program";
import { record } from "../support/pulumi-recorder";

class Watched extends pulumi.ComponentResource {
  constructor(args: ForwarderAlarmsArgs) {
    super("sightline:test:Watched", "watched");
    forwarderAlarms("watched", args, { parent: this });
  }
}

const recordAlarms = (visibilityTimeoutSeconds = 720, eventTimeoutSeconds?: number) =>
  record(() => {
    return new Watched({
      names: stackArgs().names,
      alarmTopicArn: "topic-arn",
      functionName: "the-function",
      queueName: "the-queue",
      deadLetterQueueName: "the-dead-letters",
      visibilityTimeoutSeconds,
      metrics: { namespace: "Sightline", service: "the-service" },
      ...(eventTimeoutSeconds !== undefined && { eventTimeoutSeconds }),
    });
  });

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

// name -> namespace, metric, dimensions, statistic, threshold, periods of five minutes
const ALARMS: Readonly<Record<string, readonly unknown[]>> = {
  "watched-alarm-age": ["AWS/SQS", "ApproximateAgeOfOldestMessage", { QueueName: "the-queue" }, "Maximum", 1080, 1],
  "watched-alarm-dead-letters": [
    "AWS/SQS",
    "ApproximateNumberOfMessagesVisible",
    { QueueName: "the-dead-letters" },
    "Maximum",
    1,
    1,
  ],
  "watched-alarm-errors": ["AWS/Lambda", "Errors", { FunctionName: "the-function" }, "Sum", 1, 1],
  "watched-alarm-failed-connections": ["Sightline", "FailedConnections", { service: "the-service" }, "Sum", 1, 1],
  "watched-alarm-failed-messages": ["Sightline", "FailedMessages", { service: "the-service" }, "Sum", 1, 3],
  "watched-alarm-skip-data": ["Sightline", "SkipDataRecords", { service: "the-service" }, "Sum", 1, 1],
};

const FUNCTION = { FunctionName: "the-function" };
const ALARMS_OF_EVENTS: typeof ALARMS = {
  ...ALARMS,
  "watched-alarm-errors": ["AWS/Lambda", "Errors", FUNCTION, "Sum", 1, 3],
  "watched-alarm-lost-events": ["AWS/Lambda", "DeadLetterErrors", FUNCTION, "Sum", 1, 1],
  "watched-alarm-waiting-events": ["AWS/Lambda", "AsyncEventAge", FUNCTION, "Maximum", 1_080_000, 1],
};

describe("the forwarder's alarms", () => {
  it("are these", async () => {
    assert.deepEqual((await recordAlarms()).names(), Object.keys(ALARMS));
    assert.deepEqual((await recordAlarms(720, 120)).names(), Object.keys(ALARMS_OF_EVENTS).sort());
  });

  const all = [
    ...Object.entries(ALARMS).map((each) => [...each, undefined] as const),
    ...Object.entries(ALARMS_OF_EVENTS).map((each) => [...each, 120] as const),
  ];
  for (const [name, watches, eventTimeoutSeconds] of all) {
    it(`tell the one topic, and what to do: ${name}${eventTimeoutSeconds ? " of log events" : ""}`, async () => {
      const { inputs } = (await recordAlarms(720, eventTimeoutSeconds)).named(name);

      assert.deepEqual(
        ["namespace", "metricName", "dimensions", "statistic", "threshold", "evaluationPeriods"].map(
          (input) => inputs[input],
        ),
        watches,
      );
      assert.equal(inputs["period"], 300);
      assert.deepEqual(inputs["alarmActions"], ["topic-arn"]);
      assert.equal(inputs["treatMissingData"], "notBreaching");
      const description = String(inputs["alarmDescription"]);
      assert.match(description, /\b(log|redrive)\b/);
      assert.doesNotMatch(description, eventTimeoutSeconds ? /objects|archive/ : /log group|log events/i);
      assert.ok(description.length <= 1_024, "CloudWatch takes no more");
    });
  }

  it("of the oldest message can go off: between the second and the third try, after which SQS leaves it out", async () => {
    for (const visibilityTimeoutSeconds of [180, 720, 5400]) {
      const { inputs } = (await recordAlarms(visibilityTimeoutSeconds)).named("watched-alarm-age");

      const threshold = Number(inputs["threshold"]);
      assert.ok(threshold > visibilityTimeoutSeconds && threshold < 2 * visibilityTimeoutSeconds, `${threshold} s`);
    }
  });

  it("of waiting log events do not go off while all three tries fail, however long the function takes", async () => {
    for (const eventTimeoutSeconds of [30, 900]) {
      const { inputs } = (await recordAlarms(720, eventTimeoutSeconds)).named("watched-alarm-waiting-events");

      const thirdTryMs = 1_000 * (60 + 120 + 2 * eventTimeoutSeconds);
      assert.ok(Number(inputs["threshold"]) > thirdTryMs, `${String(inputs["threshold"])} ms`);
      assert.ok(Number(inputs["threshold"]) < 6 * 3_600_000, "Lambda keeps an event no longer");
    }
  });

  it("of the function's own metrics watch what this stack's function publishes, and no other stack's", async () => {
    const made = await recordStack("with a PCE");
    const { environment } = made.one("aws:lambda/function:Function").inputs;
    const { variables } = environment as { variables: Record<string, string> };
    const published: string[] = [];
    const sink = {
      addMetric: (name: string) => published.push(name),
      addDimension: () => undefined,
      publishStoredMetrics: () => undefined,
    };
    publishMetrics(newOutcome(), sink);

    const own = made
      .all(ALARM)
      .filter(
        ({ name, inputs }) => name.startsWith("flow-forwarder-") && !String(inputs["namespace"]).startsWith("AWS/"),
      );

    assert.equal(own.length, 3);
    for (const { name, inputs } of own) {
      assert.equal(inputs["namespace"], variables["POWERTOOLS_METRICS_NAMESPACE"], name);
      assert.deepEqual(inputs["dimensions"], { service: variables["POWERTOOLS_SERVICE_NAME"] }, name);
      assert.ok(published.includes(String(inputs["metricName"])), name);
    }
    assert.match(String(variables["POWERTOOLS_SERVICE_NAME"]), /-dev-/);
  });
});
