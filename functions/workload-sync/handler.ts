import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { EC2Client } from "@aws-sdk/client-ec2";
import { RDSClient } from "@aws-sdk/client-rds";
import type { Context } from "aws-lambda";
import { Pce } from "../../illumio/client/pce";
import { invocationDeadline } from "../shared/deadline";
import { CachedCredentials } from "../shared/pce-credentials";
import { pceEndpoint } from "../shared/pce-endpoint";
import { secretReader } from "../shared/secret-reader";
import { awsInventory, INVENTORY_BOUNDS } from "./aws-inventory";
import { readConfig, type WorkloadSyncConfig } from "./config";
import { createWorkloadSync, type SyncOutcome, type WorkloadSync } from "./workload-sync";

/** Kept of an invocation's time for reporting what failed. */
const REPORT_MARGIN_MS = 10_000;

let instance: { readonly log: Logger; readonly sync: WorkloadSync } | undefined;

/** Lambda's entry point: brings the PCE's workloads in sync with the VPC, or takes them away when the sync itself goes. */
export async function handler(event: unknown, context: Context): Promise<SyncOutcome> {
  instance ??= createInstance(readConfig(process.env));
  instance.log.addContext(context);
  return instance.sync(event, invocationDeadline(context, { marginMs: REPORT_MARGIN_MS }));
}

function createInstance(config: WorkloadSyncConfig): NonNullable<typeof instance> {
  const log = new Logger();
  const pce = new Pce({
    endpoint: pceEndpoint(config.pce),
    orgId: config.pce.orgId,
    credentials: new CachedCredentials(secretReader(config.pce.credentialsSecretArn).readSecret),
    requestsPerMinute: config.requestsPerMinute,
  });
  const sync = createWorkloadSync({
    config,
    readInventory: awsInventory(
      { ec2: new EC2Client({ ...INVENTORY_BOUNDS }), rds: new RDSClient({ ...INVENTORY_BOUNDS }) },
      config.vpcId,
    ),
    pce: (deadline, onAnswer) => pce.within(deadline, onAnswer),
    log,
    metrics: new Metrics(),
    now: Date.now,
  });
  return { log, sync };
}
