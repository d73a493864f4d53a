import type * as aws from "@pulumi/aws";
import type { DeployedInvokeConfig } from "../../registry";
import { invokeConfigFile, removeRecord, writeRecord } from "../../registry";
import { requirePermissions } from "../iam/roles";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { queueAttributes } from "../sqs/queues";
import type { World } from "../world";
import { functionOf } from "./event-source-mapping";

type ConfigInputs = Plain<aws.lambda.FunctionEventInvokeConfigArgs>;

const INVALID = "InvalidParameterValueException";
// source: Lambda API, PutFunctionEventInvokeConfig: what a function has without one
const RETRIES = 2;
const EVENT_AGE_SECONDS = 21_600;

const invokeConfig = resourceType<aws.lambda.FunctionEventInvokeConfigArgs>({
  kind: "played",
  replaceOn: ["functionName", "qualifier"],
  create: async (inputs, world) => ({ id: await put(world, inputs), outputs: {} }),
  update: async (_id, inputs, _before, world) => {
    await put(world, inputs);
    return {};
  },
  delete: async (id, _state, world) => removeRecord(invokeConfigFile(world.run, id)),
});

async function put(world: World, inputs: ConfigInputs): Promise<string> {
  const { functionName, qualifier, destinationConfig } = inputs;
  const { maximumRetryAttempts = RETRIES, maximumEventAgeInSeconds = EVENT_AGE_SECONDS } = inputs;
  if (qualifier !== undefined)
    throw new Error("the sandbox plays invoke configs of a function, not of a version or alias");
  if (destinationConfig?.onSuccess !== undefined) throw new Error("the sandbox plays destinations of failures only");
  const { name, roleArn } = await functionOf(world, functionName);
  requireRange("maximumRetryAttempts", maximumRetryAttempts, 0, 2);
  requireRange("maximumEventAgeInSeconds", maximumEventAgeInSeconds, 60, 21_600);
  const onFailureArn = destinationConfig?.onFailure?.destination;
  if (onFailureArn !== undefined) await requireFailureQueue(world, roleArn, onFailureArn);
  const deployed: DeployedInvokeConfig = {
    functionName: name,
    maximumRetryAttempts,
    maximumEventAgeSeconds: maximumEventAgeInSeconds,
    ...(onFailureArn === undefined ? {} : { onFailureArn }),
  };
  await writeRecord(invokeConfigFile(world.run, name), deployed);
  return name;
}

function requireRange(what: string, got: number, least: number, most: number): void {
  if (Number.isInteger(got) && got >= least && got <= most) return;
  throw new RefusedError(INVALID, `${what} must be ${least} to ${most}, got ${got}`);
}

/**
 * Refuses a destination of failures that is not there, or that the function's role may not send to.
 * source: Lambda developer guide, "Capturing records of Lambda asynchronous invocations": the function's role sends
 */
export async function requireFailureQueue(world: World, roleArn: string, arn: string): Promise<void> {
  if (!arn.startsWith("arn:aws:sqs:"))
    throw new Error(`the sandbox plays queues as destinations of failures, got ${arn}`);
  if (arn.endsWith(".fifo"))
    throw new RefusedError(INVALID, `destination ${arn} is a FIFO queue; give a standard queue`);
  if ((await queueAttributes(world, arn)) === undefined) {
    throw new RefusedError(INVALID, `destination ${arn} does not exist; make the queue first`);
  }
  await requirePermissions(world, roleArn, ["sqs:SendMessage"], arn, INVALID);
}

/** What becomes of functions' asynchronous invocations. */
export const INVOKE_CONFIG_TYPES: ResourceTypes = {
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": invokeConfig,
};
