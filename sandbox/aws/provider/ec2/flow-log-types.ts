import { CreateFlowLogsCommand, DeleteFlowLogsCommand } from "@aws-sdk/client-ec2";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { arnOf } from "../world";
import { retag, tagged } from "./ec2-tags";
import { requireDelivery } from "./flow-log-delivery";

type FlowLogInputs = Plain<aws.ec2.FlowLogArgs>;

const flowLog = resourceType<aws.ec2.FlowLogArgs>({
  kind: "emulator",
  // a flow log cannot be changed once it is made; only its tags can
  replaceOn: [
    "vpcId",
    "subnetId",
    "eniId",
    "logDestination",
    "logDestinationType",
    "destinationOptions",
    "logFormat",
    "maxAggregationInterval",
    "trafficType",
    "iamRoleArn",
    "deliverCrossAccountRole",
  ],
  create: async (inputs, world) => {
    const toS3 = inputs.logDestinationType === "s3";
    const logGroupName = await requireDelivery(world, inputs);
    const { resourceKind, resourceId } = target(inputs);
    const { destinationOptions: options } = inputs;
    const { FlowLogIds: ids = [], Unsuccessful: refused = [] } = await world.aws.ec2.send(
      new CreateFlowLogsCommand({
        ResourceType: resourceKind,
        ResourceIds: [resourceId],
        TrafficType: inputs.trafficType === "ACCEPT" || inputs.trafficType === "REJECT" ? inputs.trafficType : "ALL",
        LogDestinationType: toS3 ? "s3" : "cloud-watch-logs",
        LogDestination: inputs.logDestination,
        // EC2 knows a group by its name, too; the emulator does not find it in the ARN
        ...(logGroupName !== undefined && { LogGroupName: logGroupName }),
        DeliverLogsPermissionArn: inputs.iamRoleArn,
        LogFormat: inputs.logFormat,
        MaxAggregationInterval: inputs.maxAggregationInterval,
        DestinationOptions: options && {
          FileFormat: options.fileFormat === "parquet" ? "parquet" : "plain-text",
          HiveCompatiblePartitions: options.hiveCompatiblePartitions,
          PerHourPartition: options.perHourPartition,
        },
        ...tagged("vpc-flow-log", inputs.tags),
      }),
    );
    const [problem] = refused;
    if (problem !== undefined) {
      throw new RefusedError(
        problem.Error?.Code ?? "Unsuccessful",
        problem.Error?.Message ?? "the flow log was refused",
      );
    }
    const id = required(ids[0], "the flow log's id");
    return {
      id,
      outputs: {
        arn: arnOf(world, "ec2", `vpc-flow-log/${id}`),
        maxAggregationInterval: inputs.maxAggregationInterval ?? 600,
        logDestinationType: toS3 ? "s3" : "cloud-watch-logs",
      },
    };
  },
  update: async (id, inputs, before, world) => {
    await retag(world, id, before.tags, inputs.tags);
    return {};
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.ec2.send(new DeleteFlowLogsCommand({ FlowLogIds: [id] })));
  },
});

function target(inputs: FlowLogInputs) {
  const targets = [
    { resourceKind: "VPC", resourceId: inputs.vpcId },
    { resourceKind: "Subnet", resourceId: inputs.subnetId },
    { resourceKind: "NetworkInterface", resourceId: inputs.eniId },
  ] as const;
  const [only, ...more] = targets.filter((each) => each.resourceId !== undefined);
  if (only?.resourceId === undefined || more.length > 0) {
    throw new RefusedError("InvalidParameter", "a flow log has exactly one of vpcId, subnetId and eniId");
  }
  return { resourceKind: only.resourceKind, resourceId: only.resourceId };
}

/** Flow logs. */
export const FLOW_LOG_TYPES: ResourceTypes = { "aws:ec2/flowLog:FlowLog": flowLog };
