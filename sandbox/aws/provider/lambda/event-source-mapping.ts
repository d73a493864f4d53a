import { randomUUID } from "node:crypto";
import type * as aws from "@pulumi/aws";
import type { DeployedEventSource, DeployedFunction } from "../../registry";
import { eventSourceFile, listEventSources, readFunction, removeRecord, writeRecord } from "../../registry";
import { required } from "../found";
import { requirePermissions } from "../iam/roles";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { queueAttributes } from "../sqs/queues";
import type { World } from "../world";
import { arnOf } from "../world";

type MappingInputs = Plain<aws.lambda.EventSourceMappingArgs>;

const INVALID = "InvalidParameterValueException";
const NEEDED = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
// source: Lambda API, CreateEventSourceMapping: more than 10 messages a batch need a window
const LARGEST_BATCH = 10_000;
const LARGEST_BATCH_WITHOUT_WINDOW = 10;

const eventSourceMapping = resourceType<aws.lambda.EventSourceMappingArgs>({
  kind: "played",
  replaceOn: ["eventSourceArn", "functionName", "startingPosition"],
  create: async (inputs, world) => {
    const uuid = randomUUID();
    const { functionArn, eventSourceArn } = await put(world, uuid, inputs);
    const outputs = { uuid, arn: arnOf(world, "lambda", `event-source-mapping:${uuid}`), functionArn, eventSourceArn };
    return { id: uuid, outputs: { ...outputs, ...live(world, inputs) } };
  },
  update: async (id, inputs, _before, world) => {
    await put(world, id, inputs);
    return live(world, inputs);
  },
  delete: async (id, _state, world) => removeRecord(eventSourceFile(world.run, id)),
});

const live = (world: World, inputs: MappingInputs) => ({
  state: inputs.enabled === false ? "Disabled" : "Enabled",
  batchSize: inputs.batchSize ?? 10,
  lastModified: world.now().toISOString(),
  lastProcessingResult: "",
  stateTransitionReason: "USER_INITIATED",
});

async function put(world: World, uuid: string, inputs: MappingInputs): Promise<DeployedEventSource> {
  const eventSourceArn = required(inputs.eventSourceArn, "the mapping's eventSourceArn");
  if (!eventSourceArn.startsWith("arn:aws:sqs:")) {
    throw new Error(`the sandbox plays event sources from SQS, got ${eventSourceArn}`);
  }
  const target = await functionOf(world, inputs.functionName);
  requireLimits(inputs);
  await requireQueue(world, eventSourceArn, target);
  await requirePermissions(world, target.roleArn, NEEDED, eventSourceArn, INVALID);
  const standing = await listEventSources(world.run);
  const same = standing.find(
    (each) => each.uuid !== uuid && each.functionArn === target.arn && each.eventSourceArn === eventSourceArn,
  );
  if (same !== undefined) {
    throw new RefusedError(
      "ResourceConflictException",
      `${target.name} is mapped to ${eventSourceArn} already (${same.uuid})`,
    );
  }
  const { maximumConcurrency } = inputs.scalingConfig ?? {};
  const deployed: DeployedEventSource = {
    uuid,
    functionArn: target.arn,
    eventSourceArn,
    batchSize: inputs.batchSize ?? 10,
    maximumBatchingWindowSeconds: inputs.maximumBatchingWindowInSeconds ?? 0,
    ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
    functionResponseTypes: inputs.functionResponseTypes ?? [],
    enabled: inputs.enabled ?? true,
    ...(inputs.kmsKeyArn === undefined ? {} : { kmsKeyArn: inputs.kmsKeyArn }),
  };
  await writeRecord(eventSourceFile(world.run, uuid), deployed);
  return deployed;
}

/** The function that a name or an ARN stands for; refuses one that is not deployed. */
export async function functionOf(world: World, nameOrArn: string): Promise<DeployedFunction> {
  const name = nameOrArn.replace(/^arn:aws:lambda:[^:]+:\d+:function:/, "").replace(/:.*$/, "");
  const found = await readFunction(world.run, name);
  if (found === undefined) throw new RefusedError("ResourceNotFoundException", `function not found: ${nameOrArn}`);
  return found;
}

function requireLimits(inputs: MappingInputs): void {
  const { batchSize = 10, maximumBatchingWindowInSeconds: window = 0, functionResponseTypes: types = [] } = inputs;
  const largest = window > 0 ? LARGEST_BATCH : LARGEST_BATCH_WITHOUT_WINDOW;
  if (batchSize < 1 || batchSize > largest) {
    refuse(`batch size must be 1 to ${largest} with a batching window of ${window} seconds, got ${batchSize}`);
  }
  if (window < 0 || window > 300) refuse(`batching window must be 0 to 300 seconds, got ${window}`);
  const maximum = inputs.scalingConfig?.maximumConcurrency;
  if (maximum !== undefined && (maximum < 2 || maximum > 1000)) {
    refuse(`maximum concurrency must be 2 to 1000, got ${maximum}`);
  }
  const unknown = types.filter((each) => each !== "ReportBatchItemFailures");
  if (unknown.length > 0) refuse(`function response types must be ReportBatchItemFailures, got ${unknown.join(", ")}`);
}

async function requireQueue(world: World, queueArn: string, target: DeployedFunction): Promise<void> {
  const attributes = await queueAttributes(world, queueArn);
  if (attributes === undefined) refuse(`queue ${queueArn} does not exist`);
  const visibility = Number(attributes.VisibilityTimeout ?? 30);
  if (visibility < target.timeoutSeconds) {
    refuse(
      `queue visibility timeout: ${visibility} seconds is less than function timeout: ${target.timeoutSeconds} seconds; ` +
        "make it six times the function's",
    );
  }
}

function refuse(message: string): never {
  throw new RefusedError(INVALID, message);
}

/** Event-source mappings. */
export const EVENT_SOURCE_TYPES: ResourceTypes = {
  "aws:lambda/eventSourceMapping:EventSourceMapping": eventSourceMapping,
};
