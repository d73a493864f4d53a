import * as pulumi from "@pulumi/pulumi";
import type { PceSettings } from "../settings";
import type { Account } from "./account";
import { backfillName } from "./backfill-definition";
import { EncryptionKey } from "./encryption-key";
import { type FunctionKeyUsers, messagesKeyUses } from "./key-uses";
import type { StackNames } from "./names";
import { targetSyncRuleNames } from "./target-sync-triggers";
import { workloadSyncRuleNames } from "./workload-sync-triggers";

/** Who sends messages, and who keeps them. */
export interface MessagesKeyArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  /** The bucket whose notifications go to the forwarder's queue; absent when none do. */
  readonly bucketArn?: pulumi.Input<string> | undefined;
  /** Absent: there is no forwarder, and its services are not let in. */
  readonly pce?: PceSettings | undefined;
  /** True when there is a target sync; else its services are not let in. @default false */
  readonly hasTargetSync?: boolean;
  /** True when there is a workload sync; else its services are not let in. @default false */
  readonly hasWorkloadSync?: boolean;
  /** True when there is a backfill; else its services are not let in. @default false */
  readonly hasBackfill?: boolean;
  /** True when there is an enforcement; else its log is not let in. @default false */
  readonly hasEnforcement?: boolean;
  /** True when there is a function for database users; else its log is not let in. @default false */
  readonly hasDatabaseUsers?: boolean;
}

/**
 * The key of everything that travels: the alarm topic; with a PCE the forwarder's queue, environment, log and secret; with a target sync
 * or a workload sync its failures, environment and log; with a backfill its state machine and log; with an enforcement or database
 * users its environment and log.
 */
export function messagesKey(name: string, args: MessagesKeyArgs, opts: pulumi.ComponentResourceOptions): EncryptionKey {
  const { account, names } = args;
  return new EncryptionKey(
    name,
    {
      account,
      alias: names.keyAlias("messages"),
      description: "Queues, alarms, and the functions' environments, logs and secrets",
      uses: pulumi
        .all([account, args.bucketArn])
        .apply(([place, bucketArn]) => messagesKeyUses(place, names.alarmPrefix, functionsOf(args, bucketArn))),
    },
    opts,
  );
}

function functionsOf(
  { names, pce, hasTargetSync, hasWorkloadSync, hasBackfill, hasEnforcement, hasDatabaseUsers }: MessagesKeyArgs,
  bucketArn: string | undefined,
): FunctionKeyUsers | undefined {
  const folders = [
    ...(pce ? ["flow-forwarder"] : []),
    ...(hasTargetSync ? ["target-sync"] : []),
    ...(hasEnforcement ? ["enforcement"] : []),
    ...(hasWorkloadSync ? ["workload-sync"] : []),
    ...(hasDatabaseUsers ? ["database-users"] : []),
  ];
  if (folders.length === 0) return undefined;
  const eventRuleNames = [
    ...(hasTargetSync ? Object.values(targetSyncRuleNames(names)) : []),
    ...(hasWorkloadSync ? Object.values(workloadSyncRuleNames(names)) : []),
  ];
  const stateMachineName = hasBackfill ? backfillName(names) : undefined;
  return {
    ...(pce && bucketArn !== undefined && { bucketArn }),
    ...(eventRuleNames.length > 0 && { eventRuleNames }),
    ...(stateMachineName && { stateMachineName }),
    logGroupNames: [
      ...folders.map((folder) => names.functionLogGroup(names.lambdaFunction(folder))),
      ...(stateMachineName ? [names.stateMachineLogGroup(stateMachineName)] : []),
    ],
    haveQueue: pce !== undefined || hasTargetSync === true || hasWorkloadSync === true,
    haveSecret: pce !== undefined && "apiKeyId" in pce.credentials,
  };
}
