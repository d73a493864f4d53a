import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Alarms, type MetricAlarmArgs, metricAlarm } from "../../components/alarms";
import { arnOf, comesBefore, stackArgs, statementsOf } from "../support/components";
import { record, valueOfOutput } from "../support/pulumi-recorder";

const TOPIC = arnOf("sns", "alarms-topic");

class Watched extends pulumi.ComponentResource {
  constructor(topicArn: pulumi.Input<string>, changes: Partial<MetricAlarmArgs>) {
    super("sightline:test:Watched", "watched");
    const { names } = stackArgs();
    metricAlarm(
      "watched-alarm",
      {
        names,
        what: "too-much",
        description: "Too much of it.",
        namespace: "AWS/SQS",
        metricName: "Depth",
        dimensions: { QueueName: "q" },
        statistic: "Maximum",
        threshold: 1,
        treatMissingData: "notBreaching",
        topicArn,
        ...changes,
      },
      { parent: this },
    );
  }
}

const recordAlarms = (emails: string[] = [], changes: Partial<MetricAlarmArgs> = {}) =>
  record(() => {
    const { account, names } = stackArgs();
    const alarms = new Alarms("alarms", { account, names, keyArn: "key-arn", emails });
    new Watched(alarms.topicArn, changes);
    return alarms;
  });

describe("the alarms' topic", () => {
  it("is one, encrypted, with a policy and no subscription but those asked for", async () => {
    const made = await recordAlarms();

    assert.deepEqual(made.names(), ["alarms-topic", "alarms-topic-policy", "watched-alarm"]);
    assert.deepEqual(made.named("alarms-topic").inputs, { kmsMasterKeyId: "key-arn" });
    assert.equal(await valueOfOutput(made.result.topicArn), TOPIC);
  });

  it("lets in this stack's alarms and RDS's events, and nobody without TLS", async () => {
    const made = await recordAlarms();

    assert.deepEqual(statementsOf(made.named("alarms-topic-policy")), [
      {
        Sid: "AlarmsOfThisStack",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: ["sns:Publish"],
        Resource: [TOPIC],
        Condition: {
          StringEquals: { "aws:SourceAccount": "111122223333" },
          ArnLike: { "aws:SourceArn": arnOf("cloudwatch", "alarm:rds-sightline-dev/*") },
        },
      },
      {
        Sid: "EventsOfDatabases",
        Effect: "Allow",
        Principal: { Service: "events.rds.amazonaws.com" },
        Action: ["sns:Publish"],
        Resource: [TOPIC],
        Condition: {
          StringEquals: { "aws:SourceAccount": "111122223333" },
          ArnLike: { "aws:SourceArn": arnOf("rds", "*") },
        },
      },
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: ["sns:Publish"],
        Resource: [TOPIC],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("mails to each address, which keeps its name when another goes", async () => {
    const both = await recordAlarms(["one@example.com", "two@example.com"]);
    const other = await recordAlarms(["two@example.com"]);

    const names = both.names("aws:sns/topicSubscription:TopicSubscription");
    assert.deepEqual(names, ["alarms-email-one@example.com", "alarms-email-two@example.com"]);
    assert.deepEqual(other.names("aws:sns/topicSubscription:TopicSubscription"), names.slice(1));
    assert.deepEqual(both.named("alarms-email-one@example.com").inputs, {
      topic: TOPIC,
      protocol: "email",
      endpoint: "one@example.com",
    });
  });
});

describe("an alarm", () => {
  it("tells the topic when it goes off and when it ends, under a name that the topic's policy knows", async () => {
    const { inputs } = (await recordAlarms()).named("watched-alarm");

    assert.deepEqual(inputs, {
      name: "rds-sightline-dev/too-much",
      alarmDescription: "Too much of it.",
      namespace: "AWS/SQS",
      metricName: "Depth",
      dimensions: { QueueName: "q" },
      statistic: "Maximum",
      period: 300,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      treatMissingData: "notBreaching",
      alarmActions: [TOPIC],
      okActions: [TOPIC],
    });
  });

  it("waits for as many periods as it is told", async () => {
    const { inputs } = (await recordAlarms([], { periods: 3 })).named("watched-alarm");

    assert.equal(inputs["evaluationPeriods"], 3);
    assert.ok(!("datapointsToAlarm" in inputs), "fewer of them would do");
  });

  it("goes off at the threshold and above, or below it, as it is told", async () => {
    const operatorOf = async (changes: Partial<MetricAlarmArgs>) =>
      (await recordAlarms([], changes)).named("watched-alarm").inputs["comparisonOperator"];

    assert.equal(await operatorOf({ badWhen: "at-least" }), "GreaterThanOrEqualToThreshold");
    assert.equal(await operatorOf({ badWhen: "below" }), "LessThanThreshold");
  });

  it("looks at a period as long as it is told", async () => {
    assert.equal((await recordAlarms([], { periodSeconds: 60 })).named("watched-alarm").inputs["period"], 60);
  });

  it("is made once the topic lets it in", async () => {
    assert.ok(comesBefore(await recordAlarms(), "alarms-topic-policy", "watched-alarm"));
  });
});
