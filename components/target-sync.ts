import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { TargetSyncEnvironment } from "../functions/target-sync/config";
import type { Account } from "./account";
import type { EncryptedQueue } from "./encrypted-queue";
import { failureQueue, failureStatements, retriesThenQueue } from "./event-trigger";
import { frontDoorAlarms } from "./front-door-alarms";
import { functionMetrics, powertoolsEnvironment } from "./function-metrics";
import { type EnvironmentOf, type FunctionNetwork, LambdaFunction } from "./lambda-function";
import type { StackNames } from "./names";
import { anyResource, type Statement } from "./policy-documents";
import { targetSyncRuleNames, targetSyncTriggers } from "./target-sync-triggers";

/** Of which database, to which target group. Every default is settings.ts's. */
export interface TargetSyncArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly settings: {
    /** Minutes between two looks that no event asked for: 1 to 15. */
    readonly syncMinutes: number;
  };
  /** Name of the database's endpoint: where it leads to is where the primary is. */
  readonly endpoint: pulumi.Input<string>;
  /** The database's events start a run. */
  readonly databaseArn: pulumi.Input<string>;
  /** Port that targets are registered with: the database's. */
  readonly targetPort: pulumi.Input<number>;
  readonly targetGroupArn: pulumi.Input<string>;
  /** As CloudWatch names the two: `net/...` and `targetgroup/...`. */
  readonly loadBalancerArnSuffix: pulumi.Input<string>;
  readonly targetGroupArnSuffix: pulumi.Input<string>;
  readonly databaseSubnetIds: readonly pulumi.Input<string>[];
  /** The security group that only this database has. */
  readonly databaseGroupId: pulumi.Input<string>;
  /** The messages key: queue, environment, log. */
  readonly keyArn: pulumi.Input<string>;
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly logRetentionDays: number;
  /** @default - outside of any VPC */
  readonly network?: FunctionNetwork | undefined;
  /** The listener: before it forwards to the group no target is ever healthy, and the first run would wait in vain. */
  readonly after: pulumi.Resource;
}

const FOLDER = "target-sync";

// A watch of a failover is 180 s, what follows waits for health and for DNS to agree
const TIMEOUT_SECONDS = 300;

/**
 * RDS's events, or the schedule -> Lambda -> the target group leads to the primary. It owns the group's targets. What fails for good, or
 * never reached it, is in the failure queue, and an alarm says so.
 *
 * Runs once when it is deployed, and again when what it works on is another: the update fails when that run does.
 *
 * Cost: about $2 per month with a schedule of one minute, of which $0.60 for six alarms, $1.20 for the function's own metrics.
 */
export class TargetSync extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;

  constructor(name: string, args: TargetSyncArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:network:TargetSync", name, {}, opts);

    const ruleNames = Object.values(targetSyncRuleNames(args.names));
    const failures = failureQueue(`${name}-failures`, { ...args, ruleNames }, { parent: this });
    const environment = environmentOf(args);
    const lambda = this.lambda(name, args, environment, failures);
    const retries = retriesThenQueue(`${name}-retries`, lambda, failures, { parent: this });
    const triggers = targetSyncTriggers(
      name,
      {
        ...args,
        syncMinutes: args.settings.syncMinutes,
        lambda,
        deadLetterArn: failures.arnForSenders,
      },
      { parent: this },
    );
    const firstRun = this.firstRun(name, lambda, environment, [args.after, lambda, retries, ...triggers]);
    frontDoorAlarms(
      name,
      {
        ...args,
        functionName: lambda.functionName,
        failureQueueName: failures.queue.name,
        syncMinutes: args.settings.syncMinutes,
        metrics: functionMetrics(args.names, FOLDER),
      },
      // before it no target is healthy and no run has ended well: three alarms would begin with a false one. An update whose first run
      // fails says so itself
      { parent: this, dependsOn: firstRun },
    );

    this.functionName = lambda.functionName;
    this.registerOutputs({ functionName: this.functionName });
  }

  private lambda(
    name: string,
    args: TargetSyncArgs,
    environment: EnvironmentOf<TargetSyncEnvironment>,
    { queue }: EncryptedQueue,
  ): LambdaFunction {
    return new LambdaFunction(
      `${name}-lambda`,
      {
        account: args.account,
        names: args.names,
        folder: FOLDER,
        description: "Keeps the front door's targets on the database's primary",
        environment,
        statements: pulumi
          .all([args.targetGroupArn, queue.arn, args.keyArn])
          .apply(([targetGroupArn, failureQueueArn, keyArn]) =>
            targetSyncStatements({ targetGroupArn, failureQueueArn, keyArn }),
          ),
        keyArn: args.keyArn,
        memoryMb: 256,
        timeoutSeconds: TIMEOUT_SECONDS,
        // two runs at once are right too, but each would wait for the other's target
        reservedConcurrency: 1,
        logRetentionDays: args.logRetentionDays,
        ...(args.network && { network: args.network }),
      },
      { parent: this },
    );
  }

  private firstRun(
    name: string,
    lambda: LambdaFunction,
    environment: EnvironmentOf<TargetSyncEnvironment>,
    dependsOn: pulumi.Resource[],
  ): aws.lambda.Invocation {
    // a zone more moves no primary: nothing has to run for it, and nothing be replaced
    const { DATABASE_SUBNET_IDS: _, ...others } = environment;
    return new aws.lambda.Invocation(
      `${name}-first-run`,
      {
        functionName: lambda.functionName,
        input: JSON.stringify({ trigger: "deploy" }),
        triggers: { ...others, CODE: lambda.codeHash },
      },
      // the result stays in the state; the database's addresses in it are nobody's business
      { parent: this, dependsOn, additionalSecretOutputs: ["result"] },
    );
  }
}

function environmentOf(args: TargetSyncArgs): EnvironmentOf<TargetSyncEnvironment> {
  return {
    ENDPOINT: args.endpoint,
    TARGET_PORT: pulumi.output(args.targetPort).apply(String),
    TARGET_GROUP_ARN: args.targetGroupArn,
    ADDRESS_FAMILY: "ipv4",
    DATABASE_SUBNET_IDS: pulumi.all([...args.databaseSubnetIds]).apply((ids) => ids.join(",")),
    DATABASE_GROUP_ID: args.databaseGroupId,
    ...powertoolsEnvironment(functionMetrics(args.names, FOLDER), "INFO"),
  };
}

/** What the target sync's own permissions are made of. */
export interface TargetSyncResources {
  readonly targetGroupArn: string;
  readonly failureQueueArn: string;
  /** The failure queue's key. */
  readonly keyArn: string;
}

/** All that the target sync may do, besides its log and traces. */
export function targetSyncStatements(of: TargetSyncResources): Statement[] {
  return [
    {
      sid: "ChangeTargets",
      actions: ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
      resources: [of.targetGroupArn],
    },
    {
      sid: "ReadTargets",
      actions: ["elasticloadbalancing:DescribeTargetHealth"],
      resources: anyResource("Elastic Load Balancing has no resource to name for what only describes"),
    },
    {
      sid: "ReadInterfaces",
      actions: ["ec2:DescribeNetworkInterfaces"],
      resources: anyResource("EC2 has no resource to name for what only describes"),
    },
    ...failureStatements(of.failureQueueArn, of.keyArn),
  ];
}
