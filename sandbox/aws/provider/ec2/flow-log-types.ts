import { CreateFlowLogsCommand, DeleteFlowLogsCommand } from "@aws-sdk/client-ec2";
import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import type * as aws from "@pulumi/aws";
import { flowLogKey } from "../../../traffic/object-keys";
import { refusalOf } from "../../policy-evaluation";
import { ifFound, required } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { World } from "../world";
import { arnOf } from "../world";
import { retag, tagged } from "./ec2-tags";

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
    if (toS3) await requireDelivery(world, inputs);
    const { resourceKind, resourceId } = target(inputs);
    const { destinationOptions: options } = inputs;
    const { FlowLogIds: ids = [], Unsuccessful: refused = [] } = await world.aws.ec2.send(
      new CreateFlowLogsCommand({
        ResourceType: resourceKind,
        ResourceIds: [resourceId],
        TrafficType: inputs.trafficType === "ACCEPT" || inputs.trafficType === "REJECT" ? inputs.trafficType : "ALL",
        LogDestinationType: toS3 ? "s3" : "cloud-watch-logs",
        LogDestination: inputs.logDestination,
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

/**
 * Refuses a bucket whose policy does not let the log delivery in yet. AWS would put a policy of its own in its place, and with it the
 * bucket's TLS rule would be gone; so the order "bucket policy, then flow log" is held here.
 *
 * source: VPC user guide, "Publish flow logs to Amazon S3", bucket permissions
 */
async function requireDelivery(world: World, inputs: FlowLogInputs): Promise<void> {
  const destination = required(inputs.logDestination, "the flow log's logDestination");
  const bucketArn = destination.split("/", 1)[0] ?? destination;
  const Bucket = bucketArn.replace(/^arn:aws:s3:::/, "");
  const { account, region } = world;
  const layout = inputs.destinationOptions?.hiveCompatiblePartitions === true ? "hive" : "default";
  const prefix = destination.slice(bucketArn.length + 1);
  const key = flowLogKey({ account, region, flowLogId: "fl-0", time: world.now(), layout, prefix, hash: "0" });
  const found = await ifFound(world.aws.s3.send(new GetBucketPolicyCommand({ Bucket })));
  const context = {
    "aws:SourceAccount": world.account,
    "aws:SourceArn": arnOf(world, "logs", "*"),
    "s3:TlsVersion": "1.3",
    "s3:x-amz-acl": "bucket-owner-full-control",
  };
  const deliver = { principal: "delivery.logs.amazonaws.com", context };
  const refusal = refusalOf(
    [found?.Policy],
    [
      { ...deliver, action: "s3:PutObject", resource: `${bucketArn}/${key}` },
      { ...deliver, action: "s3:GetBucketAcl", resource: bucketArn },
    ],
  );
  if (refusal === undefined) return;
  throw new RefusedError(
    "LogDestinationPermissionIssueException",
    `the policy of bucket ${Bucket} does not let delivery.logs.amazonaws.com do ${refusal.actions.join(" and ")}: ` +
      `${refusal.because}; make the bucket policy first and let the flow log depend on it`,
  );
}

/** Flow logs. */
export const FLOW_LOG_TYPES: ResourceTypes = { "aws:ec2/flowLog:FlowLog": flowLog };
