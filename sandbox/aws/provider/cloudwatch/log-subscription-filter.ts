import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type * as aws from "@pulumi/aws";
import { logsMayInvoke } from "../../log-subscriptions";
import { listSubscriptions, removeRecord, subscriptionFile, writeRecord } from "../../registry";
import { functionOf } from "../lambda/event-source-mapping";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { World } from "../world";

type FilterInputs = Plain<aws.cloudwatch.LogSubscriptionFilterArgs>;

const INVALID = "InvalidParameterException";
const FILTERS_A_GROUP = 2;

// played: the emulator would invoke its own Lambda
const subscription = resourceType<aws.cloudwatch.LogSubscriptionFilterArgs>({
  kind: "played",
  autoname: { property: "name", maxLength: 512 },
  replaceOn: ["name", "logGroup"],
  create: async (inputs, world, self) => {
    const name = inputs.name ?? self.name;
    await put(world, name, inputs);
    return { id: `cwlsf-${world.hex(8)}`, outputs: { name } };
  },
  update: async (_id, inputs, _before, world, self) => {
    await put(world, inputs.name ?? self.name, inputs);
    return {};
  },
  delete: async (_id, { logGroup, name = "" }, world) => removeRecord(subscriptionFile(world.run, logGroup, name)),
});

// source: CloudWatch Logs API, PutSubscriptionFilter
async function put(world: World, name: string, inputs: FilterInputs): Promise<void> {
  const { logGroup, destinationArn } = inputs;
  requirePlayed(inputs);
  if (!/^[^:*]{1,512}$/.test(name)) {
    throw new RefusedError(INVALID, `filter name "${name}" is not valid; 1 to 512 characters but : and *`);
  }
  await requireGroup(world, logGroup);
  const others = (await listSubscriptions(world.run)).filter(
    (each) => each.logGroup === logGroup && each.name !== name,
  );
  if (others.length >= FILTERS_A_GROUP) {
    throw new RefusedError(
      "LimitExceededException",
      `log group ${logGroup} has ${others.length} subscription filters; ${FILTERS_A_GROUP} are allowed`,
    );
  }
  const target = await functionOf(world, destinationArn);
  if (!(await logsMayInvoke(world.run, world.region, target, logGroup))) {
    throw new RefusedError(
      INVALID,
      `could not execute the lambda function ${target.name}: no permission of it lets logs.amazonaws.com invoke it for ` +
        `arn:aws:logs:${world.region}:${world.account}:log-group:${logGroup}:*; make the permission first and let the filter depend on it`,
    );
  }
  await writeRecord(subscriptionFile(world.run, logGroup, name), { logGroup, name, destinationArn: target.arn });
}

function requirePlayed({ destinationArn, filterPattern, roleArn, ...others }: FilterInputs): void {
  if (!/^arn:aws:lambda:[^:]+:\d{12}:function:[a-zA-Z0-9_-]+$/.test(destinationArn)) {
    throw new Error(`the sandbox plays subscriptions that invoke a function, got ${destinationArn}`);
  }
  if (filterPattern.trim() !== "") {
    throw new Error(`the sandbox plays subscriptions to every event, got the filter pattern "${filterPattern}"`);
  }
  if (others.applyOnTransformedLogs === true || others.emitSystemFields !== undefined) {
    throw new Error("the sandbox plays subscriptions to events as they are; leave transformers and system fields out");
  }
  if (roleArn !== undefined || others.distribution !== undefined) {
    throw new RefusedError(INVALID, "roleArn and distribution are for streams; a function takes a permission instead");
  }
}

async function requireGroup({ aws: { logs } }: World, logGroupNamePrefix: string): Promise<void> {
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }));
  if (logGroups.some(({ logGroupName }) => logGroupName === logGroupNamePrefix)) return;
  throw new RefusedError(
    "ResourceNotFoundException",
    `the specified log group does not exist: ${logGroupNamePrefix}; make it first`,
  );
}

/** Subscription filters of log groups. */
export const SUBSCRIPTION_TYPES: ResourceTypes = {
  "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": subscription,
};
