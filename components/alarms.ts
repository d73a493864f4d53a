import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { alarmArns, databaseArns } from "./arns";
import type { StackNames } from "./names";
import { denyWithoutTls, onBehalfOf, policyDocument } from "./policy-documents";

/** Who hears of alarms. */
export interface AlarmsArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  /** A key whose policy lets CloudWatch's alarms and RDS's events use it. */
  readonly keyArn: pulumi.Input<string>;
  /** Each confirms its subscription by mail before the first alarm reaches it. */
  readonly emails: readonly string[];
}

/** The one topic of the stack's alarms, and of RDS's events. Cost: nothing worth naming; the alarms themselves are $0.10 per month each. */
export class Alarms extends pulumi.ComponentResource {
  /** Known once the stack's alarms, and RDS, may publish to it. */
  readonly topicArn: pulumi.Output<string>;

  constructor(name: string, args: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:monitoring:Alarms", name, {}, opts);

    const topic = new aws.sns.Topic(`${name}-topic`, { kmsMasterKeyId: args.keyArn }, { parent: this });
    const policy = new aws.sns.TopicPolicy(
      `${name}-topic-policy`,
      {
        arn: topic.arn,
        policy: pulumi.all([args.account, topic.arn]).apply(([account, topicArn]) =>
          policyDocument([
            {
              sid: "AlarmsOfThisStack",
              principal: { service: "cloudwatch.amazonaws.com" },
              actions: ["sns:Publish"],
              resources: [topicArn],
              conditions: onBehalfOf(account.accountId, alarmArns(account, args.names.alarmPrefix)),
            },
            {
              sid: "EventsOfDatabases",
              principal: { service: "events.rds.amazonaws.com" },
              actions: ["sns:Publish"],
              resources: [topicArn],
              conditions: onBehalfOf(account.accountId, databaseArns(account)),
            },
            denyWithoutTls(["sns:Publish"], [topicArn]),
          ]),
        ),
      },
      { parent: this },
    );
    for (const email of args.emails) {
      new aws.sns.TopicSubscription(
        // by the address, not by its place in the list: taking one out leaves the others confirmed
        `${name}-email-${email}`,
        { topic: topic.arn, protocol: "email", endpoint: email },
        { parent: this },
      );
    }

    this.topicArn = policy.arn;
    this.registerOutputs({ topicArn: this.topicArn });
  }
}

/** One metric, and when it is too much or too little. */
export interface MetricAlarmArgs
  extends Required<Pick<aws.cloudwatch.MetricAlarmArgs, "namespace" | "metricName" | "dimensions" | "threshold">> {
  readonly names: StackNames;
  /** What the alarm is called, after the stack's name. */
  readonly what: string;
  /** What happened, and what to do, in the mail. */
  readonly description: string;
  readonly statistic: "Sum" | "Maximum" | "Minimum" | "Average";
  /** Which side of the threshold is bad. @default "at-least" */
  readonly badWhen?: "at-least" | "below";
  /** 60, or a multiple of it up to 86400. @default 300 */
  readonly periodSeconds?: number;
  /** The periods in a row, each of them bad, that it takes. @default 1 */
  readonly periods?: number;
  /** What no data means. Say it on purpose: silence is good news of errors, and bad news of a heartbeat. */
  readonly treatMissingData: "notBreaching" | "breaching" | "ignore";
  readonly topicArn: pulumi.Input<string>;
}

/**
 * An alarm when the metric is on the bad side of its threshold, in each of that many periods. It tells the topic when it goes off and
 * when it ends.
 */
export function metricAlarm(
  name: string,
  args: MetricAlarmArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      name: args.names.alarm(args.what),
      alarmDescription: args.description,
      namespace: args.namespace,
      metricName: args.metricName,
      dimensions: args.dimensions,
      statistic: args.statistic,
      period: args.periodSeconds ?? 300,
      evaluationPeriods: args.periods ?? 1,
      comparisonOperator: args.badWhen === "below" ? "LessThanThreshold" : "GreaterThanOrEqualToThreshold",
      threshold: args.threshold,
      treatMissingData: args.treatMissingData,
      alarmActions: [args.topicArn],
      okActions: [args.topicArn],
    },
    opts,
  );
}
