/**
 * Option groups. Written down and not made in the emulator, which has no options of engines' later versions.
 *
 * source: RDS user guide, "Working with option groups"; the options of each engine
 */
import type * as aws from "@pulumi/aws";
import { type Plain, RefusedError, type ResourceTypes, resourceType } from "../resource-type";
import { arnOf } from "../world";

type OptionGroupInputs = Plain<aws.rds.OptionGroupArgs>;

const OPTIONS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(mysql|mariadb)$/, ["MARIADB_AUDIT_PLUGIN"]],
  [/^sqlserver-(ee|se)$/, ["TRANSPARENT_DATA_ENCRYPTION", "SQLSERVER_AUDIT", "SQLSERVER_BACKUP_RESTORE"]],
  [/^sqlserver-/, ["SQLSERVER_AUDIT", "SQLSERVER_BACKUP_RESTORE"]],
  [/^oracle-ee/, ["SSL", "TDE", "NATIVE_NETWORK_ENCRYPTION"]],
  [/^oracle-/, ["SSL", "NATIVE_NETWORK_ENCRYPTION"]],
];

// the listener's own port is the default
const PORTS_TAKEN = [1521];

const optionGroup = resourceType<aws.rds.OptionGroupArgs>({
  kind: "recorded",
  autoname: { property: "name", maxLength: 255, lowerCase: true },
  replaceOn: ["name", "namePrefix", "engineName", "majorEngineVersion", "optionGroupDescription"],
  create: async (inputs, world, { name }) => {
    requireOptions(inputs);
    const id = inputs.name ?? name;
    return { id, outputs: { arn: arnOf(world, "rds", `og:${id}`) } };
  },
  update: async (_id, inputs, before) => {
    requireOptions(inputs);
    requirePermanent(inputs, before);
    return {};
  },
  delete: async () => undefined,
});

function requireOptions({ engineName, majorEngineVersion, options = [] }: OptionGroupInputs): void {
  const known = OPTIONS.find(([engines]) => engines.test(engineName))?.[1] ?? [];
  for (const { optionName, port, vpcSecurityGroupMemberships } of options) {
    if (!known.includes(optionName)) {
      throw new RefusedError(
        "InvalidParameterValue",
        `${engineName} ${majorEngineVersion} has no option ${optionName}; it has ${known.join(", ") || "none"}`,
      );
    }
    const listens = optionName === "SSL";
    if (listens !== (port !== undefined) || (port !== undefined && PORTS_TAKEN.includes(port))) {
      throw new RefusedError(
        "InvalidParameterValue",
        `the option ${optionName} ${listens ? "needs a port that the listener does not have" : "has no port"}, got ${port}`,
      );
    }
    if (listens && (vpcSecurityGroupMemberships ?? []).length === 0) {
      throw new RefusedError("InvalidParameterValue", `the option ${optionName} needs security groups`);
    }
  }
}

// TDE of Oracle can't be taken from a group that has it
function requirePermanent(inputs: OptionGroupInputs, before: OptionGroupInputs): void {
  const hasTde = ({ options = [] }: OptionGroupInputs) => options.some(({ optionName }) => optionName === "TDE");
  if (hasTde(before) && !hasTde(inputs)) {
    throw new RefusedError("InvalidOptionGroupStateFault", "the option TDE is permanent and can't be removed");
  }
}

/** Option groups of databases. */
export const OPTION_GROUP_TYPES: ResourceTypes = { "aws:rds/optionGroup:OptionGroup": optionGroup };
