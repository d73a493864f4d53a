import type * as aws from "@pulumi/aws";
import type { DatabaseSettings } from "../settings";
import { engineNamed } from "./engines/engines";

type EngineInputs = Pick<
  aws.rds.InstanceArgs,
  "engine" | "engineVersion" | "engineLifecycleSupport" | "licenseModel" | "dbName" | "characterSetName"
>;

/** What of an instance's inputs says which engine it is; what the engine doesn't have is left out. Pure. */
export function engineInputs(settings: DatabaseSettings): EngineInputs {
  const { engine, engineVersion, license, name, characterSet, restoreFrom } = settings;
  return {
    engine,
    // the major version alone: the minor one is left to RDS and its automatic upgrades, without a diff
    engineVersion,
    ...(engineNamed(engine).hasExtendedSupport && {
      engineLifecycleSupport: "open-source-rds-extended-support-disabled", // extended support costs more than the instance
    }),
    ...(license !== undefined && { licenseModel: license }),
    // what is restored has its databases already
    ...(name !== undefined && restoreFrom === undefined && { dbName: name }),
    ...(characterSet !== undefined && { characterSetName: characterSet }),
  };
}
