import { Resolver } from "node:dns/promises";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Context } from "aws-lambda";
import { AWS_BOUNDS } from "../shared/aws-bounds";
import { invocationDeadline } from "../shared/deadline";
import { SYSTEM_CLOCK } from "./clock";
import { readConfig, type TargetSyncConfig } from "./config";
import { ec2Interfaces } from "./database-interfaces";
import { elbTargetGroup } from "./target-group";
import { createTargetSync, type SyncOutcome, type TargetSync } from "./target-sync";

/** Kept of an invocation's time for reporting what failed. DNS can't be stopped, and takes 6 to 7 s to give up. */
const REPORT_MARGIN_MS = 10_000;

/** For each of two tries. Lambda's resolver is the VPC's, and answers in milliseconds. */
const DNS_BOUNDS = { timeout: 2_000, tries: 2 };

let instance: { readonly log: Logger; readonly sync: TargetSync } | undefined;

/** Lambda's entry point: brings the target group in sync with DNS, whatever the event is. */
export async function handler(event: unknown, context: Context): Promise<SyncOutcome> {
  instance ??= createInstance(readConfig(process.env));
  instance.log.addContext(context);
  return instance.sync(event, invocationDeadline(context, { marginMs: REPORT_MARGIN_MS }));
}

function createInstance(config: TargetSyncConfig): NonNullable<typeof instance> {
  const log = new Logger();
  const sync = createTargetSync({
    config,
    targetGroup: elbTargetGroup(new ElasticLoadBalancingV2Client({ ...AWS_BOUNDS }), config.targetGroupArn),
    resolver: new Resolver(DNS_BOUNDS),
    interfaces: ec2Interfaces(new EC2Client({ ...AWS_BOUNDS }), config),
    clock: SYSTEM_CLOCK,
    log,
    metrics: new Metrics(),
  });
  return { log, sync };
}
