import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { eventRuleArn } from "./arns";
import { DAY_SECONDS, type EncryptedQueue, encryptedQueue, LONGEST_RETENTION_DAYS } from "./encrypted-queue";
import type { LambdaFunction } from "./lambda-function";
import type { Statement } from "./policy-documents";

// A function that EventBridge's rules start, which has a schedule among them: what fails for good is left in a queue

/** How long an event is tried to be brought, and then to be worked on: the schedule has looked since. */
export const EVENT_AGE_SECONDS = 3_600;

/** What a rule's events start, and where those are left that could not be brought to it. */
export interface EventTriggerArgs {
  readonly rule: aws.cloudwatch.EventRuleArgs;
  /** What the target is called in the rule. */
  readonly targetId: string;
  readonly lambda: Pick<LambdaFunction, "functionName" | "arn">;
  /**
   * A queue that the rule may send to.
   * @default - what could not be brought is lost
   */
  readonly deadLetterArn?: pulumi.Input<string>;
  /** @default - as many tries as EventBridge makes at most, until the event's age is the limit */
  readonly retryPolicy?: aws.types.input.cloudwatch.EventTargetRetryPolicy;
}

/** A rule whose events run a function. Returns what brings them. */
export function eventTrigger(
  name: string,
  { rule, targetId, lambda, deadLetterArn, retryPolicy }: EventTriggerArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.EventTarget {
  const { name: ruleName, arn: ruleArn } = new aws.cloudwatch.EventRule(name, rule, opts);
  const permission = new aws.lambda.Permission(
    `${name}-permission`,
    {
      action: "lambda:InvokeFunction",
      function: lambda.functionName,
      principal: "events.amazonaws.com",
      // The account is in it. A sourceAccount beside it would keep EventBridge out (EventBridge user guide, "My rule ran but my Lambda
      // function wasn't invoked")
      sourceArn: ruleArn,
    },
    opts,
  );
  return new aws.cloudwatch.EventTarget(
    `${name}-target`,
    {
      rule: ruleName,
      targetId,
      arn: lambda.arn,
      retryPolicy: retryPolicy ?? { maximumEventAgeInSeconds: EVENT_AGE_SECONDS, maximumRetryAttempts: 185 },
      ...(deadLetterArn !== undefined && { deadLetterConfig: { arn: deadLetterArn } }),
    },
    // what EventBridge may not bring it does not try again
    { ...opts, dependsOn: permission },
  );
}

/** The schedule of a rule that fires every so many minutes. */
export function everyMinutes(minutes: number): string {
  // EventBridge refuses "1 minutes"
  return `rate(${minutes} ${minutes === 1 ? "minute" : "minutes"})`;
}

/** The queue of what rules of these names could not bring, and of what the function failed on for good. */
export function failureQueue(
  name: string,
  args: {
    readonly account: pulumi.Output<Account>;
    readonly keyArn: pulumi.Input<string>;
    readonly ruleNames: readonly string[];
  },
  opts: pulumi.CustomResourceOptions,
): EncryptedQueue {
  return encryptedQueue(
    name,
    {
      keyArn: args.keyArn,
      messageRetentionSeconds: LONGEST_RETENTION_DAYS * DAY_SECONDS,
      senders: (queueArn) =>
        args.account.apply((place): Statement[] => [
          {
            sid: "UndeliveredEvents",
            principal: { service: "events.amazonaws.com" },
            actions: ["sqs:SendMessage"],
            resources: [queueArn],
            conditions: {
              ArnEquals: { "aws:SourceArn": args.ruleNames.map((rule) => eventRuleArn(place, rule)) },
              // AWS documents only the ARN of EventBridge, and the account is in it
              StringEqualsIfExists: { "aws:SourceAccount": place.accountId },
            },
          },
        ]),
    },
    opts,
  );
}

/** Two more tries of what a run failed on; then it is left in the queue. */
export function retriesThenQueue(
  name: string,
  lambda: Pick<LambdaFunction, "functionName">,
  failures: EncryptedQueue,
  opts: pulumi.CustomResourceOptions,
): aws.lambda.FunctionEventInvokeConfig {
  return new aws.lambda.FunctionEventInvokeConfig(
    name,
    {
      functionName: lambda.functionName,
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: EVENT_AGE_SECONDS,
      destinationConfig: { onFailure: { destination: failures.arnForSenders } },
    },
    // Lambda tries whether the function's role may send there: it may, for the function comes after its policy
    opts,
  );
}

/** What a function needs for that: sending failures is Lambda's part, under the function's role. */
export function failureStatements(failureQueueArn: string, keyArn: string): Statement[] {
  return [
    { sid: "SendFailures", actions: ["sqs:SendMessage"], resources: [failureQueueArn] },
    { sid: "EncryptFailures", actions: ["kms:GenerateDataKey", "kms:Decrypt"], resources: [keyArn] },
  ];
}
