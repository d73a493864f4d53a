import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import type * as aws from "@pulumi/aws";
import { flowLogKey } from "../../../traffic/object-keys";
import { refusalOf } from "../../policy-evaluation";
import { ifFound, required } from "../found";
import { requirePermissions, requireTrust } from "../iam/roles";
import type { Plain } from "../resource-type";
import { RefusedError } from "../resource-type";
import type { World } from "../world";
import { arnOf } from "../world";

type FlowLogInputs = Plain<aws.ec2.FlowLogArgs>;

const REFUSED = "LogDestinationPermissionIssueException";

/** Refuses a destination that flow logs could not be delivered to. Returns the name of the log group, when it is one. */
export async function requireDelivery(world: World, inputs: FlowLogInputs): Promise<string | undefined> {
  const { logDestinationType: type = "cloud-watch-logs" } = inputs;
  if (type === "s3") {
    await requireBucket(world, inputs);
    return undefined;
  }
  if (type === "cloud-watch-logs") return requireLogGroup(world, inputs);
  throw new Error(`the sandbox plays flow logs into S3 and CloudWatch Logs, got ${type}`);
}

/**
 * Refuses a log group that is not there, and a role that flow logs may not assume or that may not write there. AWS makes such a flow log,
 * and says "Access error" to who asks for its status: nothing is ever delivered.
 *
 * source: VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs"
 */
async function requireLogGroup(world: World, inputs: FlowLogInputs): Promise<string> {
  const { destinationOptions, iamRoleArn } = inputs;
  const destination = required(inputs.logDestination, "the flow log's logDestination");
  const prefix = arnOf(world, "logs", "log-group:");
  const name = destination.slice(prefix.length);
  if (!destination.startsWith(prefix) || !/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name)) {
    refuse("InvalidParameterValue", `${destination} is not the ARN of a log group; give the group's arn`);
  }
  if (destinationOptions !== undefined) {
    refuse("InvalidParameter", "destinationOptions are for S3; leave them out for a log group");
  }
  if (iamRoleArn === undefined) {
    refuse("InvalidParameter", "a flow log into a log group needs iamRoleArn, the role that it writes under");
  }
  const { logGroups = [] } = await world.aws.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
  if (!logGroups.some(({ logGroupName }) => logGroupName === name)) {
    refuse("ResourceNotFoundException", `log group ${name} does not exist; make it first`);
  }
  const onBehalfOf = arnOf(world, "ec2", "vpc-flow-log/fl-0123456789abcdef0");
  await requireTrust(world, iamRoleArn, { service: "vpc-flow-logs.amazonaws.com", onBehalfOf }, REFUSED);
  const write = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"];
  await requirePermissions(world, iamRoleArn, write, `${destination}:log-stream:eni-0-all`, REFUSED);
  await requirePermissions(world, iamRoleArn, ["logs:DescribeLogGroups"], `${prefix}:log-stream:`, REFUSED);
  return name;
}

function refuse(code: string, message: string): never {
  throw new RefusedError(code, message);
}

/**
 * Refuses a bucket whose policy does not let the log delivery in yet. AWS would put a policy of its own in its place, and with it the
 * bucket's TLS rule would be gone; so the order "bucket policy, then flow log" is held here.
 *
 * source: VPC user guide, "Publish flow logs to Amazon S3", bucket permissions
 */
async function requireBucket(world: World, inputs: FlowLogInputs): Promise<void> {
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
    REFUSED,
    `the policy of bucket ${Bucket} does not let delivery.logs.amazonaws.com do ${refusal.actions.join(" and ")}: ` +
      `${refusal.because}; make the bucket policy first and let the flow log depend on it`,
  );
}
