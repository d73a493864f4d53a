import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type * as aws from "@pulumi/aws";
import type { LambdaApiAddress } from "../../registry";
import { lambdaApiFile, readRecord } from "../../registry";
import type { Plain, ResourceTypes } from "../resource-type";
import { resourceType } from "../resource-type";
import { isObject } from "../wire";
import type { World } from "../world";

type InvocationInputs = Plain<aws.lambda.InvocationArgs>;
type LifecycleAction = "create" | "update" | "delete";

const CREATE_ONLY = "CREATE_ONLY";

const THROTTLED = 429;
// source: the AWS provider's max_retries, and the AWS SDK for Go's back-off: a random part of 1, 2, 4, ... seconds, of 20 at most
const TRIES = 25;
const backOffMs = (attempt: number): number => Math.random() * Math.min(2 ** attempt, 20) * 1000;

/**
 * Invokes a function and waits for its result, as the AWS provider does: when it is made, and again when it is replaced; with the
 * lifecycle scope CRUD when it is changed or deleted, too.
 */
const invocation = resourceType<aws.lambda.InvocationArgs>({
  kind: "played",
  replaceOn: ["functionName", "qualifier", "triggers"],
  replacedBy: (_before, { lifecycleScope = CREATE_ONLY }) => (lifecycleScope === CREATE_ONLY ? ["input"] : []),
  create: async (inputs, world) => {
    const payload = payloadOf(inputs, undefined, "create");
    const result = await invoke(world, inputs, payload);
    const hash = createHash("md5").update(payload).digest("hex");
    return { id: [inputs.functionName, inputs.qualifier ?? "$LATEST", hash].join(), outputs: { result } };
  },
  update: async (_id, inputs, before, world) => ({
    result: await invoke(world, inputs, payloadOf(inputs, before.input, "update")),
  }),
  delete: async (_id, state, world) => {
    if ((state.lifecycleScope ?? CREATE_ONLY) === CREATE_ONLY) return;
    await invoke(world, state, payloadOf(state, state.input, "delete"));
  },
});

function payloadOf(inputs: InvocationInputs, before: string | undefined, action: LifecycleAction): string {
  const { input, lifecycleScope = CREATE_ONLY, terraformKey = "tf" } = inputs;
  const parsed = parseInput(input);
  if (lifecycleScope === CREATE_ONLY) return input;
  if (lifecycleScope !== "CRUD") throw new Error(`lifecycleScope is CREATE_ONLY or CRUD, got "${lifecycleScope}"`);
  if (!isObject(parsed)) throw new Error('lifecycleScope other than "CREATE_ONLY" requires input to be a JSON object');
  const previous = before === undefined ? null : parseInput(before);
  return JSON.stringify({ ...parsed, [terraformKey]: { action, prev_input: previous } });
}

function parseInput(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    throw new Error("the invocation's input contains an invalid JSON");
  }
}

async function invoke(world: World, { functionName, qualifier }: InvocationInputs, payload: string): Promise<string> {
  const failed = (why: string): Error => new Error(`invoking Lambda Function (${functionName}): ${why}`);
  const api = await readRecord<LambdaApiAddress>(lambdaApiFile(world.run));
  if (api === undefined) throw failed("no Lambda runs in this sandbox; start its runner before the update");
  const name = functionName.replace(/^arn:aws:lambda:[^:]+:\d+:function:/, "");
  const url = new URL(`/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, api.url);
  if (qualifier !== undefined) url.searchParams.set("Qualifier", qualifier);
  const headers = { "content-type": "application/json", "x-amz-invocation-type": "RequestResponse" };
  const post = () =>
    fetch(url, { method: "POST", headers, body: payload }).catch((cause: Error) => {
      throw failed(`Lambda at ${api.url} did not answer: ${cause.message}`);
    });
  let answer = await post();
  // another invocation of a function that runs one at a time
  for (let attempt = 0; answer.status === THROTTLED && attempt < TRIES; attempt += 1) {
    await answer.arrayBuffer();
    await sleep(backOffMs(attempt));
    answer = await post();
  }
  const result = await answer.text();
  if (!answer.ok) throw failed(`status ${answer.status}: ${result}`);
  // the function's own error is the payload, and says so in a header
  if (answer.headers.has("x-amz-function-error")) throw failed(result);
  return result;
}

/** Invocations of functions as part of an update. */
export const INVOCATION_TYPES: ResourceTypes = { "aws:lambda/invocation:Invocation": invocation };
