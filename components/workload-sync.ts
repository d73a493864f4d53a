import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { WorkloadSyncEnvironment } from "../functions/workload-sync/config";
import type { PceSettings, WorkloadSyncSettings } from "../settings";
import type { Account } from "./account";
import type { EncryptedQueue } from "./encrypted-queue";
import { failureQueue, failureStatements, retriesThenQueue } from "./event-trigger";
import { functionMetrics, powertoolsEnvironment } from "./function-metrics";
import { type EnvironmentOf, type FunctionNetwork, LambdaFunction } from "./lambda-function";
import type { StackNames } from "./names";
import { pceFiles, pceVariables } from "./pce-variables";
import { anyResource, type Statement } from "./policy-documents";
import { workloadSyncAlarms } from "./workload-sync-alarms";
import { workloadSyncRuleNames, workloadSyncTriggers } from "./workload-sync-triggers";

/** Of which VPC, into which PCE. Every default is settings.ts's. */
export interface WorkloadSyncArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly stack: string;
  readonly settings: WorkloadSyncSettings;
  readonly pce: PceSettings;
  /** The secret with the PCE's API key. */
  readonly credentialsSecretArn: pulumi.Input<string>;
  /** Href of the workload that the stack's own policy has of the database: when it is another, the sync runs. */
  readonly policyWorkloadHref?: pulumi.Input<string> | undefined;
  readonly vpcId: pulumi.Input<string>;
  /** The messages key: queue, secret, environment, log. */
  readonly keyArn: pulumi.Input<string>;
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly logRetentionDays: number;
  /** @default - outside of any VPC */
  readonly network?: FunctionNetwork | undefined;
}

const FOLDER = "workload-sync";

// 10,000 interfaces take some 10 s of it when the PCE answers at once
const TIMEOUT_SECONDS = 300;

// of 10,000 workloads the PCE's answer has some 30 MB, and several times that when it is read
const MEMORY_MB = 1_024;

/**
 * Events of EC2 and RDS, changes of tags, or the schedule -> Lambda -> the PCE's workloads are what the VPC has. What fails for good, or
 * never reached it, is in the failure queue, and an alarm says so.
 *
 * Runs when it is deployed or changed, and the update fails when that run does; when it is taken away it deletes the workloads that it has
 * made. Labels that it has made stay.
 *
 * Cost: about $3 per month with a schedule of 15 minutes, of which $0.30 for three alarms, $2.10 for the function's own metrics.
 */
export class WorkloadSync extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;

  constructor(name: string, args: WorkloadSyncArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:illumio:WorkloadSync", name, {}, opts);
    const { syncMinutes } = args.settings;

    const failures = failureQueue(
      `${name}-failures`,
      { ...args, ruleNames: Object.values(workloadSyncRuleNames(args.names)) },
      { parent: this },
    );
    const environment = environmentOf(args);
    const lambda = this.lambda(name, args, environment, failures);
    const retries = retriesThenQueue(`${name}-retries`, lambda, failures, { parent: this });
    const runs = this.runs(name, args, lambda, environment, [lambda, retries]);
    workloadSyncTriggers(
      name,
      { names: args.names, syncMinutes, lambda, deadLetterArn: failures.arnForSenders },
      // they go before the workloads do: none of them makes a workload anew
      { parent: this, dependsOn: runs },
    );
    workloadSyncAlarms(
      name,
      {
        ...args,
        syncMinutes,
        functionName: lambda.functionName,
        failureQueueName: failures.queue.name,
        metrics: functionMetrics(args.names, FOLDER),
      },
      // before it no run has ended in sync; an update whose run fails says so itself
      { parent: this, dependsOn: runs },
    );

    this.functionName = lambda.functionName;
    this.registerOutputs({ functionName: this.functionName });
  }

  private lambda(
    name: string,
    args: WorkloadSyncArgs,
    environment: EnvironmentOf<WorkloadSyncEnvironment>,
    { queue }: EncryptedQueue,
  ): LambdaFunction {
    return new LambdaFunction(
      `${name}-lambda`,
      {
        account: args.account,
        names: args.names,
        folder: FOLDER,
        description: "Keeps the PCE's workloads as the VPC's instances, databases and network interfaces are",
        environment,
        files: pceFiles(args.pce),
        statements: pulumi
          .all([queue.arn, args.credentialsSecretArn, args.keyArn])
          .apply(([failureQueueArn, secretArn, keyArn]) =>
            workloadSyncStatements({ failureQueueArn, secretArn, keyArn }),
          ),
        keyArn: args.keyArn,
        memoryMb: MEMORY_MB,
        timeoutSeconds: TIMEOUT_SECONDS,
        // two runs at once would be put right by the next one, but a PCE takes one bulk operation at a time
        reservedConcurrency: 1,
        logRetentionDays: args.logRetentionDays,
        ...(args.network && { network: args.network }),
      },
      { parent: this },
    );
  }

  /** The runs of updates: when the sync is made or changed, and when it goes. */
  private runs(
    name: string,
    { policyWorkloadHref }: WorkloadSyncArgs,
    lambda: LambdaFunction,
    environment: EnvironmentOf<WorkloadSyncEnvironment>,
    dependsOn: pulumi.Resource[],
  ): aws.lambda.Invocation {
    return new aws.lambda.Invocation(
      `${name}-runs`,
      {
        functionName: lambda.functionName,
        lifecycleScope: "CRUD",
        // in the input, not in `triggers`: they would replace it, and the old one's deletion would take the workloads away
        input: pulumi.jsonStringify({ trigger: "deploy", environment, code: lambda.codeHash, policyWorkloadHref }),
      },
      // the result stays in the state, and what is in the VPC is nobody's business
      { parent: this, dependsOn, additionalSecretOutputs: ["result"] },
    );
  }
}

function environmentOf(args: WorkloadSyncArgs): EnvironmentOf<WorkloadSyncEnvironment> {
  const { labels, graceMinutes, requestsPerMinute } = args.settings;
  return {
    ...pceVariables(args.pce, args.credentialsSecretArn),
    VPC_ID: args.vpcId,
    EXTERNAL_DATA_SET: args.account.apply(
      ({ accountId, region }) => `rds-sightline/${accountId}/${region}/${args.stack}/workloads`,
    ),
    LABELS: JSON.stringify(labels),
    GRACE_SECONDS: `${60 * graceMinutes}`,
    PCE_REQUESTS_PER_MINUTE: `${requestsPerMinute}`,
    ...powertoolsEnvironment(functionMetrics(args.names, FOLDER), "INFO"),
  };
}

/** What the workload sync's own permissions are made of. */
export interface WorkloadSyncResources {
  readonly failureQueueArn: string;
  readonly secretArn: string;
  /** The messages key. */
  readonly keyArn: string;
}

/** All that the workload sync may do, besides its log and traces: read what there is, and the PCE's credentials. */
export function workloadSyncStatements({ failureQueueArn, secretArn, keyArn }: WorkloadSyncResources): Statement[] {
  return [
    {
      sid: "ReadInventory",
      actions: ["ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces"],
      resources: anyResource("EC2 has no resource to name for what only describes"),
    },
    {
      sid: "ReadDatabases",
      actions: ["rds:DescribeDBInstances"],
      resources: anyResource("which databases there are is what is asked"),
    },
    { sid: "ReadPceCredentials", actions: ["secretsmanager:GetSecretValue"], resources: [secretArn] },
    ...failureStatements(failureQueueArn, keyArn),
  ];
}
