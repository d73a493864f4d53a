import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { RegisteredTarget, Target } from "./targets";

/** The target group that is kept in sync. Each call fails when the signal is aborted. */
export interface TargetGroup {
  /** Every target, also those that drain. */
  describe(abortSignal?: AbortSignal): Promise<readonly RegisteredTarget[]>;
  register(targets: readonly Target[], abortSignal?: AbortSignal): Promise<void>;
  /** Takes out exactly these pairs of address and port; one that is not there is no error. */
  deregister(targets: readonly Target[], abortSignal?: AbortSignal): Promise<void>;
}

/** All attempts of a deregistration together: a look is only so long good enough to take a target out on. */
const DEREGISTER_MS = 3_000;

/** A target group of ELBv2, with targets of type `ip`. */
export function elbTargetGroup(
  client: Pick<ElasticLoadBalancingV2Client, "send">,
  targetGroupArn: string,
  { deregisterMs = DEREGISTER_MS }: { readonly deregisterMs?: number } = {},
): TargetGroup {
  return {
    describe: async (abortSignal) => {
      const { TargetHealthDescriptions = [] } = await client.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
        optionsOf(abortSignal),
      );
      return TargetHealthDescriptions.map(registeredTarget);
    },
    register: async (targets, abortSignal) => {
      await client.send(
        new RegisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets: targets.map(targetDescription) }),
        optionsOf(abortSignal),
      );
    },
    deregister: async (targets, abortSignal) => {
      const timeout = AbortSignal.timeout(deregisterMs);
      await client.send(
        new DeregisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets: targets.map(targetDescription) }),
        { abortSignal: abortSignal === undefined ? timeout : AbortSignal.any([abortSignal, timeout]) },
      );
    },
  };
}

function optionsOf(abortSignal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return abortSignal === undefined ? {} : { abortSignal };
}

// with the port, always: DeregisterTargets without it answers 200 and does nothing to a target that was registered with one
function targetDescription({ ip, port }: Target): { Id: string; Port: number } {
  return { Id: ip, Port: port };
}

function registeredTarget({ Target: target, TargetHealth: health }: TargetHealthDescription): RegisteredTarget {
  if (target?.Id === undefined || target.Port === undefined || health?.State === undefined) {
    throw new Error(`ELBv2 listed a target without address, port or state: ${JSON.stringify({ target, health })}`);
  }
  return {
    ip: target.Id,
    port: target.Port,
    state: health.State,
    ...(health.Reason !== undefined && { reason: health.Reason }),
    ...(health.Description !== undefined && { description: health.Description }),
  };
}
