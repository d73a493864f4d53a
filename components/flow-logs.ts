import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { FlowLogSettings } from "../settings";
import { type FlowLogPlaces, type FlowLogTarget, flowLogTargets } from "./flow-log-targets";

/** What is logged, how, and where to. */
export interface FlowLogsArgs {
  readonly settings: Pick<FlowLogSettings, "scope" | "aggregationSeconds" | "fields">;
  readonly places: FlowLogPlaces;
  readonly delivery: Required<Pick<aws.ec2.FlowLogArgs, "logDestinationType" | "logDestination">> &
    Pick<aws.ec2.FlowLogArgs, "destinationOptions" | "iamRoleArn">;
}

/**
 * A flow log for each target of the scope: `${name}-vpc`, `${name}-subnet-a`... Each is replaced by any change but of its tags: AWS can't
 * edit one.
 */
export function flowLogs(name: string, args: FlowLogsArgs, opts: pulumi.CustomResourceOptions): void {
  const { settings, places, delivery } = args;
  const create = ({ key, on }: FlowLogTarget) =>
    new aws.ec2.FlowLog(
      `${name}-${key}`,
      {
        ...on,
        trafficType: "ALL",
        maxAggregationInterval: settings.aggregationSeconds,
        logFormat: settings.fields.map((field) => `\${${field}}`).join(" "),
        ...delivery,
        tags: { Name: `${name} ${key}` },
      },
      opts,
    );
  const targets = flowLogTargets(settings.scope, places);
  if (Array.isArray(targets)) targets.map(create);
  else targets.apply((found) => found.map(create));
}
