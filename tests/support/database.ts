import { Database, type DatabaseArgs } from "../../components/database";
import type { DatabaseSettings } from "../../settings";
import { arnOf, DEFAULTS, stackArgs } from "./components";
import { type Recording, record } from "./pulumi-recorder";

/** The one instance of a recorded database. */
export const INSTANCE = "aws:rds/instance:Instance";

/** Its identifier, with the suffix that recordings make. */
export const IDENTIFIER = "rds-sightline-dev-abcd";

/** The ARN of its key. */
export const DATA_KEY = arnOf("kms", "key/key-database-key-key");

const recordings = new Map<string, Promise<Recording<Database>>>();

/** A database of the default settings but for these, recorded once however many tests look at it. */
export function recordDatabase(
  settings: Partial<DatabaseSettings> = {},
  exceptions: DatabaseArgs["exceptions"] = {},
): Promise<Recording<Database>> {
  const key = JSON.stringify([settings, exceptions]);
  const recording = recordings.get(key) ?? record(() => newDatabase(settings, exceptions));
  recordings.set(key, recording);
  return recording;
}

/** A database in two subnets. Only inside a recording. */
export function newDatabase(
  settings: Partial<DatabaseSettings> = {},
  exceptions: DatabaseArgs["exceptions"] = {},
): Database {
  return new Database("database", {
    ...stackArgs(),
    settings: { ...DEFAULTS.database, ...settings },
    exceptions,
    subnetIds: ["subnet-a", "subnet-b"],
    securityGroupId: "sg-database",
  });
}
