import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "./lambda-function";

/** How events of a rule come to a function. */
export interface EventDelivery {
  readonly lambda: Pick<LambdaFunction, "functionName" | "arn">;
  readonly targetId: string;
  readonly retryPolicy: aws.types.input.cloudwatch.EventTargetRetryPolicy;
  /**
   * A queue that the rule may send to.
   * @default - what could not be delivered is lost
   */
  readonly deadLetterArn?: pulumi.Input<string>;
}

/** A schedule of so many minutes, in words that EventBridge takes: it refuses "1 minutes". */
export function everyMinutes(minutes: number): string {
  return `rate(${minutes} ${minutes === 1 ? "minute" : "minutes"})`;
}

/** A rule of EventBridge, leave for it to invoke the function, and the function as its target, which is returned. */
export function eventTrigger(
  name: string,
  rule: aws.cloudwatch.EventRuleArgs,
  { lambda, targetId, retryPolicy, deadLetterArn }: EventDelivery,
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
      retryPolicy,
      ...(deadLetterArn !== undefined && { deadLetterConfig: { arn: deadLetterArn } }),
    },
    // what EventBridge may not bring it does not try again
    { ...opts, dependsOn: permission },
  );
}
