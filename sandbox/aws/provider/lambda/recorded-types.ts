import type * as aws from "@pulumi/aws";
import type { ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { functionOf } from "./event-source-mapping";

const permission = resourceType<aws.lambda.PermissionArgs>({
  kind: "recorded",
  autoname: { property: "statementId", maxLength: 100 },
  create: async (inputs, world, { name }) => {
    await functionOf(world, inputs.function);
    if (!/^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/.test(inputs.action)) {
      throw new RefusedError("ValidationException", `action must be a lambda: action, got ${inputs.action}`);
    }
    return { id: inputs.statementId ?? name, outputs: {} };
  },
  delete: async () => undefined,
});

const invokeConfig = resourceType<aws.lambda.FunctionEventInvokeConfigArgs>({
  kind: "recorded",
  replaceOn: ["functionName", "qualifier"],
  create: async (inputs, world) => {
    const { name } = await functionOf(world, inputs.functionName);
    return { id: inputs.qualifier === undefined ? name : `${name}:${inputs.qualifier}`, outputs: {} };
  },
  update: async () => ({}),
  delete: async () => undefined,
});

/** What goes with a function and nothing in the sandbox acts on. */
export const RECORDED_LAMBDA_TYPES: ResourceTypes = {
  "aws:lambda/permission:Permission": permission,
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": invokeConfig,
};
