import type { Log } from "../../functions/shared/log";
import type { MetricSink } from "../../functions/shared/metric-sink";
import { createTargetSync, type TargetSyncParts } from "../../functions/target-sync/target-sync";
import type { MakeSync, SyncWorld } from "./sync-world";

const SILENT_LOG: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const NO_METRICS: MetricSink = { addMetric: () => undefined, publishStoredMetrics: () => undefined };

/** The function of this repository, in the model's world. */
export const targetSync: MakeSync = (world) => createTargetSync(partsIn(world));

/** The parts that the function is made of, played by the model. */
export function partsIn({ settings, clock, elb, dns, ec2 }: SyncWorld): TargetSyncParts {
  return {
    config: {
      endpoint: settings.endpoint,
      targetPort: settings.port,
      targetGroupArn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/front/0123456789abcdef",
      addressFamily: settings.family,
      subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
      groupId: settings.groupId,
    },
    targetGroup: {
      describe: async () => {
        const targets = await elb.describeTargetHealth();
        return targets.map(({ id, ...target }) => ({ ip: id, ...target }));
      },
      register: (targets) => elb.registerTargets(targets.map(({ ip, port }) => ({ id: ip, port }))),
      deregister: (targets) => elb.deregisterTargets(targets.map(({ ip, port }) => ({ id: ip, port }))),
    },
    resolver: dns,
    interfaces: {
      addresses: async () => {
        const all = await ec2.describeNetworkInterfaces();
        return all
          .filter(({ requester, groupId }) => requester === "amazon-rds" && groupId === settings.groupId)
          .flatMap(({ addresses }) => addresses);
      },
    },
    clock,
    log: SILENT_LOG,
    metrics: NO_METRICS,
  };
}
