import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import type { LogGroupSource } from "./flow-log-source";
import type { LambdaFunction } from "./lambda-function";

/** Which log group's events invoke which function. */
export interface LogGroupSubscriptionArgs {
  readonly account: pulumi.Output<Account>;
  readonly logGroup: LogGroupSource;
  /** What it fails on goes to its dead-letter queue. */
  readonly lambda: Pick<LambdaFunction, "functionName" | "arn">;
}

/** As long as Lambda keeps an event that it can't run a function for, at most. */
const EVENT_AGE_SECONDS = 21_600;

/**
 * Has a function invoked with every event of a log group: `${name}-subscription...`, and `${name}-retries`, which says how often and for
 * how long Lambda tries. A log group takes two subscriptions at most; this is one of them.
 */
export function logGroupSubscription(
  name: string,
  { account, logGroup, lambda }: LogGroupSubscriptionArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const retries = new aws.lambda.FunctionEventInvokeConfig(
    `${name}-retries`,
    {
      functionName: lambda.functionName,
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: EVENT_AGE_SECONDS,
      // No on-failure destination, though AWS advises it before a dead-letter queue: it gets a record around the event, and the queue the
      // event itself, which the function takes from there as it is
    },
    opts,
  );
  const permission = new aws.lambda.Permission(
    `${name}-subscription-permission`,
    {
      action: "lambda:InvokeFunction",
      function: lambda.functionName,
      principal: "logs.amazonaws.com",
      // the form of CloudWatch Logs' guide, "Subscription filters with Lambda": without :* the group is not let in
      sourceArn: pulumi.interpolate`${logGroup.logGroupArn}:*`,
      sourceAccount: account.accountId,
    },
    opts,
  );
  new aws.cloudwatch.LogSubscriptionFilter(
    `${name}-subscription`,
    // every event: the forwarder counts what it doesn't send
    { logGroup: logGroup.logGroupName, filterPattern: "", destinationArn: lambda.arn },
    // CloudWatch Logs tries the function when it is given it
    { ...opts, dependsOn: [permission, retries] },
  );
}
