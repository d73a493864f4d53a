import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  type ProtocolEnum,
  type TargetGroupIpAddressTypeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { World } from "../world";
import { elbAttributes, retagElb, taggedElb } from "./elb-tags";
import { requireShortPrefix } from "./load-balancer";

type TargetGroupInputs = Plain<aws.lb.TargetGroupArgs>;

const PROTOCOLS = ["TCP", "TLS", "UDP", "TCP_UDP"];

const targetGroup = resourceType<aws.lb.TargetGroupArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 32 },
  replaceOn: ["name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType"],
  create: async (inputs, world, { name }) => {
    requirePlayed(inputs);
    requireShortPrefix(inputs.namePrefix);
    const { TargetGroups: made } = await world.aws.elb.send(
      new CreateTargetGroupCommand({
        Name: inputs.name ?? name,
        Protocol: inputs.protocol as ProtocolEnum | undefined,
        Port: inputs.port,
        VpcId: inputs.vpcId,
        TargetType: "ip",
        IpAddressType: (inputs.ipAddressType ?? "ipv4") as TargetGroupIpAddressTypeEnum,
        ...healthCheck(inputs),
        ...taggedElb(inputs.tags),
      }),
    );
    const id = required(made?.[0]?.TargetGroupArn, "the target group's ARN");
    await setAttributes(world, id, inputs);
    return {
      id,
      outputs: {
        arn: id,
        arnSuffix: id.slice(id.lastIndexOf(":") + 1),
        ipAddressType: inputs.ipAddressType ?? "ipv4",
        loadBalancerArns: [],
      },
    };
  },
  update: async (id, inputs, before, world) => {
    await world.aws.elb.send(new ModifyTargetGroupCommand({ TargetGroupArn: id, ...healthCheck(inputs) }));
    await setAttributes(world, id, inputs);
    await retagElb(world, id, before.tags, inputs.tags);
    return {};
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: id })));
  },
});

function requirePlayed({ targetType = "instance", protocol = "", preserveClientIp }: TargetGroupInputs): void {
  if (targetType !== "ip") throw new Error(`the sandbox plays target groups of type "ip", got "${targetType}"`);
  if (!PROTOCOLS.includes(protocol)) {
    throw new Error(`the sandbox plays target groups of ${PROTOCOLS.join(", ")}, got "${protocol}"`);
  }
  if (preserveClientIp !== undefined && !["true", "false"].includes(preserveClientIp)) {
    throw new RefusedError("ValidationError", `preserveClientIp is "true" or "false", got "${preserveClientIp}"`);
  }
}

// the AWS provider's own defaults, which are not AWS's: HTTP, and three checks in place of five and two
function healthCheck({ healthCheck: check = {} }: TargetGroupInputs) {
  const isGiven = Object.keys(check).length > 0;
  return {
    HealthCheckEnabled: check.enabled ?? true,
    HealthCheckProtocol: (check.protocol ?? (isGiven ? "HTTP" : "TCP")) as ProtocolEnum,
    HealthCheckPort: check.port ?? "traffic-port",
    HealthCheckIntervalSeconds: check.interval ?? 30,
    HealthCheckTimeoutSeconds: check.timeout,
    HealthyThresholdCount: check.healthyThreshold ?? 3,
    UnhealthyThresholdCount: check.unhealthyThreshold ?? 3,
  };
}

async function setAttributes({ aws: { elb } }: World, TargetGroupArn: string, inputs: TargetGroupInputs) {
  const { stickiness, targetHealthStates = [], targetGroupHealth } = inputs;
  const [state] = targetHealthStates;
  const { dnsFailover, unhealthyStateRouting } = targetGroupHealth ?? {};
  const Attributes = elbAttributes({
    "deregistration_delay.connection_termination.enabled": inputs.connectionTermination ?? false,
    "deregistration_delay.timeout_seconds": inputs.deregistrationDelay ?? 300,
    "load_balancing.cross_zone.enabled": inputs.loadBalancingCrossZoneEnabled ?? "use_load_balancer_configuration",
    "preserve_client_ip.enabled": inputs.preserveClientIp,
    "proxy_protocol_v2.enabled": inputs.proxyProtocolV2 ?? false,
    "stickiness.enabled": stickiness?.enabled ?? stickiness !== undefined,
    "stickiness.type": stickiness?.type,
    "target_group_health.dns_failover.minimum_healthy_targets.count": dnsFailover?.minimumHealthyTargetsCount,
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": dnsFailover?.minimumHealthyTargetsPercentage,
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count":
      unhealthyStateRouting?.minimumHealthyTargetsCount,
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage":
      unhealthyStateRouting?.minimumHealthyTargetsPercentage,
    "target_health_state.unhealthy.connection_termination.enabled": state?.enableUnhealthyConnectionTermination,
    "target_health_state.unhealthy.draining_interval_seconds": state?.unhealthyDrainingInterval,
  });
  await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
}

/** Target groups of addresses. */
export const TARGET_GROUP_TYPES: ResourceTypes = { "aws:lb/targetGroup:TargetGroup": targetGroup };
