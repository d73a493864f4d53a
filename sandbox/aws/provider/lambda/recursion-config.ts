import type * as aws from "@pulumi/aws";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { World } from "../world";
import { functionOf } from "./event-source-mapping";

type ConfigInputs = Plain<aws.lambda.FunctionRecursionConfigArgs>;

// recorded: the sandbox's Lambda looks for no loops
const recursionConfig = resourceType<aws.lambda.FunctionRecursionConfigArgs>({
  kind: "recorded",
  replaceOn: ["functionName"],
  create: async (inputs, world) => ({ id: await check(inputs, world), outputs: {} }),
  update: async (_id, inputs, _before, world) => {
    await check(inputs, world);
    return {};
  },
  delete: async () => undefined,
});

// source: Lambda API, PutFunctionRecursionConfig
async function check({ functionName, recursiveLoop }: ConfigInputs, world: World): Promise<string> {
  const { name } = await functionOf(world, functionName);
  if (recursiveLoop !== "Allow" && recursiveLoop !== "Terminate") {
    throw new RefusedError("ValidationException", `RecursiveLoop must be Allow or Terminate, got "${recursiveLoop}"`);
  }
  return name;
}

/** What Lambda does when a function seems to invoke itself. */
export const RECURSION_CONFIG_TYPES: ResourceTypes = {
  "aws:lambda/functionRecursionConfig:FunctionRecursionConfig": recursionConfig,
};
