import type { ComparisonOperator, StandardUnit, Statistic } from "@aws-sdk/client-cloudwatch";
import { DeleteAlarmsCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { GetTopicAttributesCommand } from "@aws-sdk/client-sns";
import type * as aws from "@pulumi/aws";
import { ifFound } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { tagList } from "../tags";
import type { World } from "../world";
import { arnOf } from "../world";

type AlarmInputs = Plain<aws.cloudwatch.MetricAlarmArgs>;

const COMPARISONS = [
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "GreaterThanUpperThreshold",
  "LessThanLowerOrGreaterThanUpperThreshold",
  "LessThanLowerThreshold",
  "LessThanOrEqualToThreshold",
  "LessThanThreshold",
];
const MISSING_DATA = ["breaching", "notBreaching", "ignore", "missing"];

const metricAlarm = resourceType<aws.cloudwatch.MetricAlarmArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 255 },
  replaceOn: ["name"],
  create: async (inputs, world, { name }) => {
    const AlarmName = inputs.name ?? name;
    await putAlarm(world, AlarmName, inputs);
    return { id: AlarmName, outputs: outputsOf(world, AlarmName, inputs) };
  },
  update: async (id, inputs, _before, world) => {
    await putAlarm(world, id, inputs);
    return outputsOf(world, id, inputs);
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [id] })));
  },
});

const outputsOf = (world: World, name: string, inputs: AlarmInputs) => ({
  arn: arnOf(world, "cloudwatch", `alarm:${name}`),
  actionsEnabled: inputs.actionsEnabled ?? true,
  treatMissingData: inputs.treatMissingData ?? "missing",
});

async function putAlarm(world: World, AlarmName: string, inputs: AlarmInputs): Promise<void> {
  const { comparisonOperator = "", treatMissingData = "missing", metricQueries = [], period } = inputs;
  requireOneOf("comparisonOperator", comparisonOperator, COMPARISONS);
  requireOneOf("treatMissingData", treatMissingData, MISSING_DATA);
  if (period !== undefined && ![10, 20, 30].includes(period) && period % 60 !== 0) {
    throw new RefusedError("ValidationError", `period must be 10, 20, 30 or a multiple of 60 seconds, got ${period}`);
  }
  if ((inputs.metricName === undefined) === (metricQueries.length === 0)) {
    throw new RefusedError("ValidationError", "an alarm watches either one metric or metric queries");
  }
  const actions = (list: AlarmInputs["alarmActions"]) => (list ?? []).filter((each) => typeof each === "string");
  for (const arn of [...actions(inputs.alarmActions), ...actions(inputs.okActions)]) await requireTopic(world, arn);
  await world.aws.cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      AlarmDescription: inputs.alarmDescription,
      ActionsEnabled: inputs.actionsEnabled ?? true,
      AlarmActions: actions(inputs.alarmActions),
      OKActions: actions(inputs.okActions),
      InsufficientDataActions: actions(inputs.insufficientDataActions),
      ComparisonOperator: comparisonOperator as ComparisonOperator,
      DatapointsToAlarm: inputs.datapointsToAlarm,
      Dimensions: Object.entries(inputs.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value })),
      EvaluationPeriods: inputs.evaluationPeriods,
      ExtendedStatistic: inputs.extendedStatistic,
      MetricName: inputs.metricName,
      Namespace: inputs.namespace,
      Period: period,
      Statistic: inputs.statistic as Statistic | undefined,
      Threshold: inputs.threshold,
      TreatMissingData: treatMissingData,
      Unit: inputs.unit as StandardUnit | undefined,
      Tags: tagList(inputs.tags),
      ...(metricQueries.length === 0 ? {} : { Metrics: metricQueries.map(metricQuery) }),
    }),
  );
}

function metricQuery(query: NonNullable<AlarmInputs["metricQueries"]>[number]) {
  const { metric } = query;
  return {
    Id: query.id,
    Expression: query.expression,
    Label: query.label,
    ReturnData: query.returnData,
    MetricStat: metric && {
      Metric: {
        MetricName: metric.metricName,
        Namespace: metric.namespace,
        Dimensions: Object.entries(metric.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: metric.period,
      Stat: metric.stat,
    },
  };
}

function requireOneOf(what: string, got: string, allowed: readonly string[]): void {
  if (!allowed.includes(got)) {
    throw new RefusedError("ValidationError", `${what} must be one of ${allowed.join(", ")}, got "${got}"`);
  }
}

async function requireTopic(world: World, arn: string): Promise<void> {
  if (!arn.startsWith("arn:aws:sns:")) return;
  const found = await ifFound(world.aws.sns.send(new GetTopicAttributesCommand({ TopicArn: arn })));
  if (found === undefined) throw new RefusedError("ValidationError", `the alarm's action ${arn} does not exist`);
}

/** Alarms. */
export const ALARM_TYPES: ResourceTypes = { "aws:cloudwatch/metricAlarm:MetricAlarm": metricAlarm };
