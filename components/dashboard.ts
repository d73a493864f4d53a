import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { countedLinesNamespace } from "./counted-lines";
import { dashboardBody, type ShownFunction } from "./dashboard-body";
import type { DatabaseLogKind } from "./database-log";
import { databaseLogMetrics } from "./database-log-alarms";
import type { FrontDoorTargets } from "./front-door";
import { functionMetrics } from "./function-metrics";
import type { StackNames } from "./names";

interface Deployed {
  readonly functionName: pulumi.Input<string>;
}

/** What the stack has: what is absent is not shown. */
export interface DashboardArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly databaseIdentifier: pulumi.Input<string>;
  /** The log that says who connects. @default - there is none */
  readonly databaseLog?: DatabaseLogKind | undefined;
  readonly flowForwarder?: Deployed | undefined;
  readonly frontDoor?: Pick<FrontDoorTargets, "loadBalancerArnSuffix" | "targetGroupArnSuffix"> | undefined;
  readonly targetSync?: Deployed | undefined;
  readonly workloadSync?: Deployed | undefined;
  readonly enforcement?: Deployed | undefined;
}

/** The stack on one page of CloudWatch. Cost: $3 per month; the first three of an account are free. */
export class Dashboard extends pulumi.ComponentResource {
  constructor(name: string, args: DashboardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:audit:Dashboard", name, {}, opts);
    const { names, frontDoor } = args;

    const shown = {
      region: args.account.apply(({ region }) => region),
      databaseIdentifier: args.databaseIdentifier,
      logNamespace: countedLinesNamespace(names),
      logMetrics: databaseLogMetrics(args.databaseLog),
      flowForwarder: shownFunction(names, "flow-forwarder", args.flowForwarder),
      frontDoor: frontDoor && {
        loadBalancer: frontDoor.loadBalancerArnSuffix,
        targetGroup: frontDoor.targetGroupArnSuffix,
      },
      targetSync: shownFunction(names, "target-sync", args.targetSync),
      workloadSync: shownFunction(names, "workload-sync", args.workloadSync),
      enforcement: shownFunction(names, "enforcement", args.enforcement),
    };
    new aws.cloudwatch.Dashboard(
      `${name}-page`,
      { dashboardName: names.dashboard, dashboardBody: pulumi.output(shown).apply(dashboardBody) },
      { parent: this },
    );

    this.registerOutputs({});
  }
}

function shownFunction(
  names: StackNames,
  folder: string,
  deployed: Deployed | undefined,
): pulumi.Output<ShownFunction> | undefined {
  if (deployed === undefined) return undefined;
  return pulumi
    .output(deployed.functionName)
    .apply((functionName) => ({ functionName, metrics: functionMetrics(names, folder) }));
}
