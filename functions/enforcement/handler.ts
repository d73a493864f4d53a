import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { EC2Client } from "@aws-sdk/client-ec2";
import type { Context } from "aws-lambda";
import { Pce } from "../../illumio/client/pce";
import { AWS_BOUNDS } from "../shared/aws-bounds";
import { invocationDeadline } from "../shared/deadline";
import { CachedCredentials } from "../shared/pce-credentials";
import { pceEndpoint } from "../shared/pce-endpoint";
import { secretReader } from "../shared/secret-reader";
import { allowedClients } from "./allowed-clients";
import { type EnforcementConfig, readConfig } from "./config";
import { createEnforcement, type Enforcement } from "./enforcement";
import type { RunCounts } from "./metrics";
import { ec2SecurityGroup } from "./security-group";

/** Kept of an invocation's time for reporting what failed. */
const REPORT_MARGIN_MS = 5_000;

let instance: { readonly log: Logger; readonly enforce: Enforcement } | undefined;

/** Lambda's entry point: a look at policy and rules, whatever the event is; or, when the rules are to go, their removal. */
export async function handler(event: unknown, context: Context): Promise<RunCounts> {
  instance ??= createInstance(readConfig(process.env));
  instance.log.addContext(context);
  return instance.enforce(event, invocationDeadline(context, { marginMs: REPORT_MARGIN_MS }));
}

function createInstance(config: EnforcementConfig): NonNullable<typeof instance> {
  const { pce: settings, identity, port } = config;
  const log = new Logger();
  const pce = new Pce({
    endpoint: pceEndpoint(settings),
    orgId: settings.orgId,
    credentials: new CachedCredentials(secretReader(settings.credentialsSecretArn).readSecret),
    requestsPerMinute: config.requestsPerMinute,
  });
  const enforce = createEnforcement({
    ...config,
    readPolicy: (deadline) => allowedClients(pce.within(deadline), identity, port),
    group: ec2SecurityGroup(new EC2Client({ ...AWS_BOUNDS }), config),
    log,
    metrics: new Metrics(),
  });
  return { log, enforce };
}
