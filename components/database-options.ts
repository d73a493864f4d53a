import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseSettings } from "../settings";
import { engineNamed } from "./engines/engines";

/** What an option group is made of. */
export interface DatabaseOptionsArgs {
  readonly settings: DatabaseSettings;
  /** Of the database: an option that listens by itself is behind the same rules. */
  readonly securityGroupId: pulumi.Input<string>;
  /** Leaves the group in the account when it is removed from the stack. RDS deletes none that a snapshot needs. */
  readonly outlivesStack: boolean;
}

/** The option group of an engine that needs one, named by Pulumi: a major upgrade needs the next beside it. Free of charge. */
export function databaseOptions(
  name: string,
  { settings, securityGroupId, outlivesStack }: DatabaseOptionsArgs,
  opts: pulumi.CustomResourceOptions,
): aws.rds.OptionGroup | undefined {
  const options = engineNamed(settings.engine).options(settings);
  if (options.length === 0) return undefined;
  return new aws.rds.OptionGroup(
    name,
    {
      optionGroupDescription: options.map((option) => option.name).join(", "),
      engineName: settings.engine,
      majorEngineVersion: settings.engineVersion,
      options: options.map(({ name: optionName, settings: optionSettings, port }) => ({
        optionName,
        ...(port !== undefined && { port, vpcSecurityGroupMemberships: [securityGroupId] }),
        optionSettings: Object.entries(optionSettings).map(([key, value]) => ({ name: key, value })),
      })),
      skipDestroy: outlivesStack,
    },
    opts,
  );
}
