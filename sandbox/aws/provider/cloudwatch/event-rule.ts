import type * as aws from "@pulumi/aws";
import type { DeployedRule } from "../../registry";
import { listRuleTargets, removeRecord, ruleFile, writeRecord } from "../../registry";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { World } from "../world";
import { arnOf } from "../world";
import { parsePattern } from "./event-pattern";
import { requireSchedule } from "./schedule";

type RuleInputs = Plain<aws.cloudwatch.EventRuleArgs>;

const STATES = ["ENABLED", "DISABLED"];

const eventRule = resourceType<aws.cloudwatch.EventRuleArgs>({
  kind: "played",
  autoname: { property: "name", maxLength: 64 },
  replaceOn: ["name", "namePrefix", "eventBusName"],
  json: ["eventPattern"],
  create: async (inputs, world, self) => {
    const name = inputs.name ?? self.name;
    const { arn } = await put(world, name, inputs);
    return { id: name, outputs: { arn, eventBusName: "default", ...live(inputs) } };
  },
  update: async (id, inputs, _before, world) => {
    await put(world, id, inputs);
    return live(inputs);
  },
  delete: async (id, { forceDestroy = false }, world) => {
    const targets = (await listRuleTargets(world.run)).filter((each) => each.rule === id);
    if (targets.length > 0 && !forceDestroy) {
      throw new RefusedError(
        "ValidationException",
        `rule ${id} can't be deleted since it has targets: ${targets.map((each) => each.targetId).join(", ")}; remove them first`,
      );
    }
    await removeRecord(ruleFile(world.run, id));
  },
});

const live = (inputs: RuleInputs) => ({
  isEnabled: isEnabled(inputs),
  state: isEnabled(inputs) ? "ENABLED" : "DISABLED",
});

const isEnabled = ({ state, isEnabled: flag }: RuleInputs): boolean =>
  (state ?? "ENABLED") === "ENABLED" && flag !== false;

async function put(world: World, name: string, inputs: RuleInputs): Promise<DeployedRule> {
  const { eventPattern, scheduleExpression, eventBusName = "default", state = "ENABLED" } = inputs;
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) {
    throw new RefusedError("ValidationException", `rule name "${name}" is not valid; 1 to 64 of a-z, A-Z, 0-9 and .-_`);
  }
  if (eventBusName !== "default") throw new Error(`the sandbox plays the default event bus, got "${eventBusName}"`);
  if (!STATES.includes(state))
    throw new Error(`the sandbox plays rules in state ${STATES.join(" or ")}, got "${state}"`);
  if (eventPattern === undefined && scheduleExpression === undefined) {
    throw new RefusedError(
      "ValidationException",
      `rule ${name} has neither eventPattern nor scheduleExpression; give one`,
    );
  }
  if (eventPattern !== undefined && scheduleExpression !== undefined) {
    throw new Error(`the sandbox plays rules with a pattern or a schedule; ${name} has both: make two rules`);
  }
  if (scheduleExpression !== undefined) requireSchedule(scheduleExpression);
  const deployed: DeployedRule = {
    name,
    arn: arnOf(world, "events", `rule/${name}`),
    enabled: isEnabled(inputs),
    ...(eventPattern === undefined ? {} : { eventPattern: parsePattern(eventPattern) }),
    ...(scheduleExpression === undefined ? {} : { scheduleExpression }),
  };
  await writeRecord(ruleFile(world.run, name), deployed);
  return deployed;
}

/** EventBridge rules; their targets are next door. */
export const EVENT_RULE_TYPES: ResourceTypes = { "aws:cloudwatch/eventRule:EventRule": eventRule };
