import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Context } from "aws-lambda";
import { AWS_BOUNDS } from "../shared/aws-bounds";
import { invocationDeadline } from "../shared/deadline";
import { secretReader } from "../shared/secret-reader";
import { authoritiesOf } from "./authorities";
import { type DatabaseUsersConfig, readConfig } from "./config";
import { createDatabaseUsers, type DatabaseUsers } from "./database-users";
import type { Engine } from "./engine";
import { parseLogin, secretsManagerSecrets } from "./user-secrets";

/** Kept of an invocation's time for reporting what failed. */
const REPORT_MARGIN_MS = 5_000;

interface Instance {
  readonly log: Logger;
  readonly work: DatabaseUsers;
}

/**
 * A Lambda handler: the users that a deployment asks for, or a step of a secret's rotation. Each engine's entry point brings its engine and
 * no other, so that a bundle holds one database library.
 */
export function lambdaHandler(
  engineFor: (config: DatabaseUsersConfig) => Engine,
  environment: () => Readonly<Record<string, string | undefined>>,
): (event: unknown, context: Context) => ReturnType<DatabaseUsers> {
  let instance: Instance | undefined;
  return async (event, context) => {
    instance ??= createInstance(readConfig(environment()), engineFor);
    instance.log.addContext(context);
    return instance.work(event, invocationDeadline(context, { marginMs: REPORT_MARGIN_MS }));
  };
}

function createInstance(config: DatabaseUsersConfig, engineFor: (config: DatabaseUsersConfig) => Engine): Instance {
  const { host, port, masterSecretArn } = config;
  const engine = engineFor(config);
  const log = new Logger();
  const authorities = authoritiesOf(config.region, readFileSync(join(__dirname, config.authoritiesFile), "utf8"));
  const master = secretReader(masterSecretArn);
  const work = createDatabaseUsers({
    ...config,
    engine,
    readMaster: async () => parseLogin(await master.readSecret(new AbortController().signal), masterSecretArn),
    connect: (options) => engine.connect({ ...options, host, port, authorities }),
    secrets: secretsManagerSecrets(new SecretsManagerClient({ ...AWS_BOUNDS })),
    log,
    metrics: new Metrics(),
  });
  return { log, work };
}
