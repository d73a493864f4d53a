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
import { connect } from "./connection";
import { createDatabaseUsers, type DatabaseUsers } from "./database-users";
import { parseLogin, secretsManagerSecrets } from "./user-secrets";

/** Kept of an invocation's time for reporting what failed. */
const REPORT_MARGIN_MS = 5_000;

let instance: { readonly log: Logger; readonly work: DatabaseUsers } | undefined;

/** Lambda's entry point: the users that a deployment asks for, or a step of a secret's rotation. */
export async function handler(event: unknown, context: Context): ReturnType<DatabaseUsers> {
  instance ??= createInstance(readConfig(process.env));
  instance.log.addContext(context);
  return instance.work(event, invocationDeadline(context, { marginMs: REPORT_MARGIN_MS }));
}

function createInstance(config: DatabaseUsersConfig): NonNullable<typeof instance> {
  const { host, port, masterSecretArn } = config;
  const log = new Logger();
  const authorities = authoritiesOf(config.region, readFileSync(join(__dirname, config.authoritiesFile), "utf8"));
  const master = secretReader(masterSecretArn);
  const work = createDatabaseUsers({
    ...config,
    readMaster: async () => parseLogin(await master.readSecret(new AbortController().signal), masterSecretArn),
    connect: (options) => connect({ ...options, host, port, authorities }),
    secrets: secretsManagerSecrets(new SecretsManagerClient({ ...AWS_BOUNDS })),
    log,
    metrics: new Metrics(),
  });
  return { log, work };
}
