import type * as aws from "@pulumi/aws";
import { judge } from "../../policy-evaluation";
import type { DeployedRule, DeployedRuleTarget } from "../../registry";
import { listRuleTargets, readRecord, removeRecord, ruleFile, ruleTargetFile, writeRecord } from "../../registry";
import { refusalByKey } from "../kms/keys";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { queueAttributes } from "../sqs/queues";
import type { World } from "../world";

type TargetInputs = Plain<aws.cloudwatch.EventTargetArgs>;

const INVALID = "ValidationException";
const TARGETS_A_RULE = 5;
const SENDER = "events.amazonaws.com";

const eventTarget = resourceType<aws.cloudwatch.EventTargetArgs>({
  kind: "played",
  // the AWS provider makes names of up to 255 characters here; EventBridge takes 64
  autoname: { property: "targetId", maxLength: 255 },
  replaceOn: ["rule", "targetId", "eventBusName"],
  create: async (inputs, world, { name }) => {
    const targetId = inputs.targetId ?? name;
    await put(world, targetId, inputs);
    return { id: `${inputs.rule}-${targetId}`, outputs: { eventBusName: "default" } };
  },
  update: async (_id, inputs, _before, world, { name }) => {
    await put(world, inputs.targetId ?? name, inputs);
    return {};
  },
  delete: async (_id, { rule, targetId }, world, { name }) =>
    removeRecord(ruleTargetFile(world.run, rule, targetId ?? name)),
});

async function put(world: World, targetId: string, inputs: TargetInputs): Promise<void> {
  const { rule, arn, input, eventBusName = "default" } = inputs;
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(targetId))
    refuse(`target id "${targetId}" is not valid; 1 to 64 of a-z, A-Z, 0-9 and .-_`);
  const ofRule = await readRecord<DeployedRule>(ruleFile(world.run, rule));
  if (ofRule === undefined || eventBusName !== "default") {
    throw new RefusedError("ResourceNotFoundException", `rule ${rule} does not exist on event bus ${eventBusName}`);
  }
  requirePlayed(inputs);
  requireRetries(inputs);
  if (input !== undefined) requireJson(input);
  const others = (await listRuleTargets(world.run)).filter((each) => each.rule === rule && each.targetId !== targetId);
  if (others.length >= TARGETS_A_RULE) {
    throw new RefusedError(
      "LimitExceededException",
      `rule ${rule} has ${others.length} targets; ${TARGETS_A_RULE} are allowed`,
    );
  }
  const deadLetterArn = inputs.deadLetterConfig?.arn;
  if (deadLetterArn !== undefined) await requireDeadLetterQueue(world, deadLetterArn, ofRule.arn);
  const deployed: DeployedRuleTarget = {
    rule,
    targetId,
    arn,
    ...(input === undefined ? {} : { input }),
    ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
  };
  await writeRecord(ruleTargetFile(world.run, rule, targetId), deployed);
}

function requirePlayed({ arn, inputPath, inputTransformer }: TargetInputs): void {
  if (!/^arn:aws:lambda:[^:]+:\d{12}:function:[a-zA-Z0-9_-]+$/.test(arn)) {
    throw new Error(`the sandbox plays rules that invoke a function, got the target ${arn}`);
  }
  if (inputPath !== undefined || inputTransformer !== undefined) {
    throw new Error(
      "the sandbox plays rule targets that get the event or a fixed input; leave inputPath and inputTransformer out",
    );
  }
}

// source: EventBridge API, RetryPolicy
function requireRetries({ retryPolicy }: TargetInputs): void {
  const { maximumEventAgeInSeconds: age = 86_400, maximumRetryAttempts: attempts = 185 } = retryPolicy ?? {};
  if (age < 60 || age > 86_400) refuse(`maximumEventAgeInSeconds must be 60 to 86400, got ${age}`);
  if (attempts < 0 || attempts > 185) refuse(`maximumRetryAttempts must be 0 to 185, got ${attempts}`);
}

function requireJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    refuse(`the target's input is not JSON: ${text.slice(0, 40)}`);
  }
}

// EventBridge takes any queue and drops what it can't send there; here a queue that would never get it is refused
async function requireDeadLetterQueue(world: World, queueArn: string, ruleArn: string): Promise<void> {
  const attributes = await queueAttributes(world, queueArn);
  if (attributes === undefined || queueArn.endsWith(".fifo"))
    refuse(`dead-letter queue ${queueArn} is not a standard queue that exists`);
  const context = { "aws:SourceArn": ruleArn, "aws:SourceAccount": world.account };
  const sender = { principal: SENDER, context };
  const verdict = judge([attributes.Policy], { ...sender, action: "sqs:SendMessage", resource: queueArn });
  if (!verdict.allowed) {
    refuse(
      `the policy of queue ${queueArn} does not let ${SENDER} send messages for ${ruleArn}: ${verdict.because}; ` +
        "make the queue policy first and let the target depend on it",
    );
  }
  const { KmsMasterKeyId: key } = attributes;
  if (key === undefined) return;
  if (key.includes("alias/aws/"))
    refuse(`queue ${queueArn} is encrypted with AWS's own key, which EventBridge cannot use`);
  const refusal = await refusalByKey(world, key, ["kms:GenerateDataKey", "kms:Decrypt"], sender);
  if (refusal !== undefined) {
    refuse(
      `key ${key} of queue ${queueArn} does not let ${SENDER} do ${refusal.actions.join(", ")}: ${refusal.because}; ` +
        "allow it in the key policy",
    );
  }
}

function refuse(message: string): never {
  throw new RefusedError(INVALID, message);
}

/** What EventBridge rules invoke. */
export const EVENT_TARGET_TYPES: ResourceTypes = { "aws:cloudwatch/eventTarget:EventTarget": eventTarget };
