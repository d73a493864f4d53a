import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type * as aws from "@pulumi/aws";
import { removeRecord, writeRecord } from "../../registry";
import { InvalidDefinitionError, readDefinition } from "../../states/definition";
import { machineRefusals } from "../../states/machine-permissions";
import { type DeployedStateMachine, readStateMachine, stateMachineFile } from "../../states/machines";
import type { Definition } from "../../states/states-language";
import { requireTrust } from "../iam/roles";
import { requireKeyArn } from "../kms/keys";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { World } from "../world";
import { arnOf } from "../world";

type MachineInputs = Plain<aws.sfn.StateMachineArgs>;

const LEVELS = ["ALL", "ERROR", "FATAL", "OFF"];
const ENCRYPTIONS = ["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"];
const ACCESS_DENIED = "AccessDeniedException";

/**
 * A state machine. AWS tries the trust of its role and the permission to log; that the role may do what the definition does shows when it is
 * run, but here at once.
 */
const stateMachine = resourceType<aws.sfn.StateMachineArgs>({
  kind: "played",
  autoname: { property: "name", maxLength: 80 },
  replaceOn: ["name", "namePrefix", "type"],
  json: ["definition"],
  create: async (inputs, world, self) => {
    const name = inputs.name ?? self.name;
    if ((await readStateMachine(world.run, name)) !== undefined) {
      throw new RefusedError("StateMachineAlreadyExists", `state machine ${name} exists already; choose another name`);
    }
    const { arn } = await deploy(world, name, inputs);
    const creationDate = world.now().toISOString();
    return { id: arn, outputs: { arn, creationDate, status: "ACTIVE", type: "STANDARD", ...live(arn) } };
  },
  update: async (id, inputs, _before, world) => {
    await deploy(world, nameOf(id), inputs);
    return live(id);
  },
  delete: async (id, _state, world) => removeRecord(stateMachineFile(world.run, nameOf(id))),
});

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);
const live = (arn: string) => ({
  description: "",
  versionDescription: "",
  stateMachineVersionArn: "",
  revisionId: arn,
});

async function deploy(world: World, name: string, inputs: MachineInputs): Promise<DeployedStateMachine> {
  const { type = "STANDARD", publish = false, tracingConfiguration } = inputs;
  if (!/^[^\s?*<>{}[\]"#%\\^|~`$&,;:/]{1,80}$/.test(name)) {
    throw new RefusedError(
      "InvalidName",
      `state machine name "${name}" is not valid; 1 to 80 letters, digits, _ and -`,
    );
  }
  if (type !== "STANDARD" || publish || tracingConfiguration?.enabled === true) {
    throw new Error("the sandbox plays state machines of the type STANDARD, without versions and traces");
  }
  const definition = definitionOf(inputs.definition);
  const arn = arnOf(world, "states", `stateMachine:${name}`);
  if (!/^arn:aws:iam::\d{12}:role\/.+/.test(inputs.roleArn)) {
    throw new RefusedError("InvalidArn", `Invalid Role Arn: '${inputs.roleArn}'`);
  }
  const service = { service: "states.amazonaws.com", onBehalfOf: arn };
  await requireTrust(world, inputs.roleArn, service, ACCESS_DENIED);
  const logGroupArn = await logGroupOf(world, inputs);
  const kmsKeyArn = await keyOf(world, inputs);
  const deployed: DeployedStateMachine = {
    name,
    arn,
    roleArn: inputs.roleArn,
    definition: inputs.definition,
    ...(logGroupArn !== undefined && { logGroupArn }),
    ...(kmsKeyArn !== undefined && { kmsKeyArn }),
  };
  const refusals = await machineRefusals(world.aws, deployed, definition);
  if (refusals.length > 0) throw new RefusedError(ACCESS_DENIED, refusals.join("; "));
  await writeRecord(stateMachineFile(world.run, name), deployed);
  return deployed;
}

function definitionOf(text: string): Definition {
  try {
    return readDefinition(text);
  } catch (cause) {
    if (cause instanceof InvalidDefinitionError) throw new RefusedError("InvalidDefinition", cause.message);
    throw cause;
  }
}

// source: Step Functions API, LoggingConfiguration: the destination is the ARN of a log group, with :* at its end
async function logGroupOf(world: World, { loggingConfiguration }: MachineInputs): Promise<string | undefined> {
  const { level = "OFF", logDestination } = loggingConfiguration ?? {};
  const refuse = (what: string): never => {
    throw new RefusedError("InvalidLoggingConfiguration", what);
  };
  if (!LEVELS.includes(level)) refuse(`level must be one of ${LEVELS.join(", ")}, got ${level}`);
  if (level === "OFF") return undefined;
  const [, logGroupArn, logGroupName] =
    /^(arn:aws:logs:[a-z0-9-]+:\d{12}:log-group:([^:*]+)):\*$/.exec(logDestination ?? "") ?? [];
  if (logGroupArn === undefined) {
    return refuse(`the log destination must be the ARN of a log group with :* at its end, got ${logDestination}`);
  }
  const { logGroups = [] } = await world.aws.logs.send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }),
  );
  if (!logGroups.some((group) => group.logGroupName === logGroupName)) {
    refuse(`log group ${logGroupName} does not exist; make it first`);
  }
  return logGroupArn;
}

async function keyOf(world: World, { encryptionConfiguration }: MachineInputs): Promise<string | undefined> {
  const { type = "AWS_OWNED_KEY", kmsKeyId, kmsDataKeyReusePeriodSeconds: reuse = 300 } = encryptionConfiguration ?? {};
  const code = "InvalidEncryptionConfiguration";
  if (!ENCRYPTIONS.includes(type)) {
    throw new RefusedError(code, `the type must be one of ${ENCRYPTIONS.join(", ")}, got ${type}`);
  }
  if ((type === "AWS_OWNED_KEY") !== (kmsKeyId === undefined)) {
    throw new RefusedError(code, `${type} ${kmsKeyId === undefined ? "needs a" : "takes no"} kmsKeyId`);
  }
  if (reuse < 60 || reuse > 900) throw new RefusedError(code, `keys are reused for 60 to 900 seconds, got ${reuse}`);
  if (kmsKeyId !== undefined) await requireKeyArn(world, kmsKeyId, code);
  return kmsKeyId;
}

/** State machines of Step Functions. */
export const STATE_MACHINE_TYPES: ResourceTypes = { "aws:sfn/stateMachine:StateMachine": stateMachine };
