import {
  DeleteMetricFilterCommand,
  DescribeMetricFiltersCommand,
  PutMetricFilterCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type * as aws from "@pulumi/aws";
import { ifFound } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { World } from "../world";

type FilterInputs = Plain<aws.cloudwatch.LogMetricFilterArgs>;

const LONGEST_PATTERN = 1024;
const REGULAR_EXPRESSIONS_A_GROUP = 5;

const metricFilter = resourceType<aws.cloudwatch.LogMetricFilterArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 512 },
  replaceOn: ["name", "logGroupName"],
  create: async (inputs, world, self) => {
    const name = inputs.name ?? self.name;
    await put(world, name, inputs);
    return { id: name, outputs: { name } };
  },
  update: async (id, inputs, _before, world) => {
    // the emulator would keep the filter of before beside it
    await remove(world, id, inputs.logGroupName);
    await put(world, id, inputs);
    return {};
  },
  delete: async (id, { logGroupName }, world) => {
    await remove(world, id, logGroupName);
  },
});

async function remove({ aws: { logs } }: World, filterName: string, logGroupName: string): Promise<void> {
  await ifFound(logs.send(new DeleteMetricFilterCommand({ logGroupName, filterName })));
}

// source: CloudWatch Logs API, PutMetricFilter
async function put(world: World, filterName: string, inputs: FilterInputs): Promise<void> {
  const { logGroupName, pattern, metricTransformation } = inputs;
  if (pattern.length > LONGEST_PATTERN) {
    throw new RefusedError(
      "InvalidParameterException",
      `the pattern has ${pattern.length} characters; ${LONGEST_PATTERN} are allowed`,
    );
  }
  await requireRoom(world, filterName, inputs);
  const { namespace, name, value, defaultValue, unit } = metricTransformation;
  const transformation = { metricNamespace: namespace, metricName: name, metricValue: value };
  await world.aws.logs.send(
    new PutMetricFilterCommand({
      logGroupName,
      filterName,
      filterPattern: pattern,
      metricTransformations: [
        {
          ...transformation,
          ...(defaultValue !== undefined && { defaultValue: Number(defaultValue) }),
          ...(unit !== undefined && { unit: unit as "Count" }),
        },
      ],
    }),
  );
}

async function requireRoom(world: World, filterName: string, { logGroupName, pattern }: FilterInputs): Promise<void> {
  if (!pattern.includes("%")) return;
  const { metricFilters = [] } = await world.aws.logs.send(new DescribeMetricFiltersCommand({ logGroupName }));
  const others = metricFilters.filter(
    (each) => each.filterName !== filterName && each.filterPattern?.includes("%") === true,
  );
  if (others.length < REGULAR_EXPRESSIONS_A_GROUP) return;
  throw new RefusedError(
    "LimitExceededException",
    `log group ${logGroupName} has ${others.length} patterns with regular expressions; ${REGULAR_EXPRESSIONS_A_GROUP} are allowed`,
  );
}

/** Metric filters of log groups. */
export const METRIC_FILTER_TYPES: ResourceTypes = {
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": metricFilter,
};
