import { join } from "node:path";
import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import type * as aws from "@pulumi/aws";
import type { DeployedFunction } from "../../registry";
import {
  functionFile,
  invokeConfigFile,
  listFunctions,
  listPermissions,
  permissionFile,
  readFunction,
  removeRecord,
  writeRecord,
} from "../../registry";
import { required } from "../found";
import { requirePermissions, requireTrust } from "../iam/roles";
import { requireKeyArn } from "../kms/keys";
import { trustPostgres } from "../rds/postgres";
import type { ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { isArchive } from "../wire";
import type { World } from "../world";
import { arnOf } from "../world";
import { textBytes, unpackCode } from "./code";
import type { FunctionInputs } from "./function-rules";
import { requireReservable, requireValidFunction } from "./function-rules";
import { requireFailureQueue } from "./invoke-config";

const INVALID = "InvalidParameterValueException";

const lambdaFunction = resourceType<aws.lambda.FunctionArgs>({
  kind: "played",
  autoname: { property: "name", maxLength: 64 },
  replaceOn: ["name", "packageType"],
  create: async (inputs, world, self) => {
    const name = inputs.name ?? self.name;
    if ((await readFunction(world.run, name)) !== undefined) {
      throw new RefusedError("ResourceConflictException", `function ${name} exists already; choose another name`);
    }
    return { id: name, outputs: await deploy(world, name, inputs) };
  },
  update: async (id, inputs, _before, world) => deploy(world, id, inputs),
  // the code folder stays until the run folder goes: an invocation may still be running from it
  delete: async (id, _state, world) => {
    await removeRecord(functionFile(world.run, id));
    // Lambda deletes a function's policy and what becomes of its asynchronous invocations with it
    await removeRecord(invokeConfigFile(world.run, id));
    const ofFunction = (await listPermissions(world.run)).filter(({ functionName }) => functionName === id);
    await Promise.all(ofFunction.map(({ statementId }) => removeRecord(permissionFile(world.run, id, statementId))));
  },
});

async function deploy(world: World, name: string, inputs: FunctionInputs) {
  // the wire form of an archive, whatever class the program used
  const code: unknown = inputs.code;
  if (!isArchive(code)) throw new RefusedError(INVALID, `function ${name} has no code; give it an archive`);
  requireValidFunction(name, inputs, textBytes(code));
  const others = (await listFunctions(world.run)).filter((each) => each.name !== name);
  requireReservable(
    inputs.reservedConcurrentExecutions,
    others.map(({ reservedConcurrency = 0 }) => reservedConcurrency),
  );
  const arn = arnOf(world, "lambda", `function:${name}`);
  await requireTrust(world, inputs.role, { service: "lambda.amazonaws.com", onBehalfOf: arn }, INVALID);
  if (inputs.kmsKeyArn !== undefined) await requireKeyArn(world, inputs.kmsKeyArn, "KMSNotFoundException");
  const vpc = await vpcOf(world, inputs);
  const deadLetterArn = inputs.deadLetterConfig?.targetArn;
  if (deadLetterArn !== undefined) await requireFailureQueue(world, inputs.role, deadLetterArn);
  const codeDir = await unpackCode(code, join(world.run, "lambda", "code"), name);
  await trustPostgres(world, codeDir);
  const deployed: DeployedFunction = {
    name,
    arn,
    roleArn: inputs.role,
    runtime: required(inputs.runtime, "the runtime"),
    handler: required(inputs.handler, "the handler"),
    timeoutSeconds: inputs.timeout ?? 3,
    memoryMb: inputs.memorySize ?? 128,
    environment: inputs.environment?.variables ?? {},
    codeDir,
    architectures: inputs.architectures ?? ["x86_64"],
    ...reservation(inputs.reservedConcurrentExecutions),
    ...(vpc === undefined ? {} : { vpc }),
    ...(inputs.loggingConfig?.logGroup === undefined ? {} : { logGroup: inputs.loggingConfig.logGroup }),
    ...(inputs.kmsKeyArn === undefined ? {} : { kmsKeyArn: inputs.kmsKeyArn }),
    ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
  };
  await writeRecord(functionFile(world.run, name), deployed);
  const invokeArn = `arn:aws:apigateway:${world.region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
  return {
    arn,
    qualifiedArn: `${arn}:$LATEST`,
    invokeArn,
    qualifiedInvokeArn: invokeArn,
    version: "$LATEST",
    lastModified: world.now().toISOString(),
    sourceCodeSize: textBytes(code),
    codeSha256: code.hash,
    timeout: deployed.timeoutSeconds,
    memorySize: deployed.memoryMb,
    architectures: deployed.architectures,
    packageType: "Zip",
    reservedConcurrentExecutions: inputs.reservedConcurrentExecutions ?? -1,
  };
}

// -1 is the AWS provider's word for "no reservation"
const reservation = (count: number | undefined) =>
  count === undefined || count < 0 ? {} : { reservedConcurrency: count };

async function vpcOf(world: World, { vpcConfig, role }: FunctionInputs): Promise<DeployedFunction["vpc"]> {
  const { subnetIds = [], securityGroupIds = [] } = vpcConfig ?? {};
  if (subnetIds.length === 0) return undefined;
  const { ec2 } = world.aws;
  // both requests fail for an id that does not exist
  await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...subnetIds] }));
  await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [...securityGroupIds] }));
  const needed = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"];
  await requirePermissions(world, role, needed, "*", INVALID);
  return { subnetIds, securityGroupIds };
}

/** Lambda functions. */
export const FUNCTION_TYPES: ResourceTypes = { "aws:lambda/function:Function": lambdaFunction };
