import type * as aws from "@pulumi/aws";
import type { DeployedPermission } from "../../registry";
import { permissionFile, readRecord, removeRecord, writeRecord } from "../../registry";
import type { ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { functionOf } from "./event-source-mapping";

const INVALID = "ValidationException";

const permission = resourceType<aws.lambda.PermissionArgs>({
  kind: "played",
  autoname: { property: "statementId", maxLength: 100 },
  create: async (inputs, world, self) => {
    const { name } = await functionOf(world, inputs.function);
    const statementId = inputs.statementId ?? self.name;
    const { action, principal, sourceArn, sourceAccount, qualifier } = inputs;
    requireMatch("statement id", statementId, /^[a-zA-Z0-9_-]{1,100}$/, "1 to 100 of a-z, A-Z, 0-9, _ and -");
    requireMatch("action", action, /^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/, "a lambda: action");
    requireMatch("principal", principal, /^[^\s]+$/, "a service, an account or an ARN");
    if (sourceArn !== undefined) requireMatch("source ARN", sourceArn, /^arn:aws[a-z-]*:.+/, "an ARN");
    if (sourceAccount !== undefined) requireMatch("source account", sourceAccount, /^\d{12}$/, "12 digits");
    if (qualifier !== undefined)
      throw new Error("the sandbox plays permissions of a function, not of a version or alias");
    const file = permissionFile(world.run, name, statementId);
    if ((await readRecord<DeployedPermission>(file)) !== undefined) {
      throw new RefusedError(
        "ResourceConflictException",
        `the statement id (${statementId}) of function ${name} exists already; choose another`,
      );
    }
    const deployed: DeployedPermission = {
      functionName: name,
      statementId,
      principal,
      action,
      ...(sourceArn === undefined ? {} : { sourceArn }),
      ...(sourceAccount === undefined ? {} : { sourceAccount }),
    };
    await writeRecord(file, deployed);
    return { id: statementId, outputs: {} };
  },
  delete: async (id, inputs, world) => removeRecord(permissionFile(world.run, nameOf(inputs.function), id)),
});

const nameOf = (nameOrArn: string): string => nameOrArn.replace(/^arn:aws:lambda:[^:]+:\d+:function:/, "");

function requireMatch(what: string, got: string, pattern: RegExp, allowed: string): void {
  if (pattern.test(got)) return;
  throw new RefusedError(INVALID, `${what} "${got}" is not valid; it is ${allowed}`);
}

/** Who may invoke a function. */
export const PERMISSION_TYPES: ResourceTypes = { "aws:lambda/permission:Permission": permission };
