import {
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  DescribeLoadBalancersCommand,
  type EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnum as Enforcement,
  type IpAddressType,
  ModifyLoadBalancerAttributesCommand,
  SetIpAddressTypeCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { canonical } from "../wire";
import type { World } from "../world";
import { elbAttributes, retagElb, taggedElb } from "./elb-tags";

type LoadBalancerInputs = Plain<aws.lb.LoadBalancerArgs>;

// the AWS provider adds more to it, and the name has 32 characters at most
const LONGEST_PREFIX = 6;

const loadBalancer = resourceType<aws.lb.LoadBalancerArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 32 },
  replaceOn: ["name", "namePrefix", "internal", "loadBalancerType", "customerOwnedIpv4Pool"],
  replacedBy: (before, wanted) => [
    // a network load balancer gains subnets in place; any other change of them makes the AWS provider replace it
    ...(count(wanted.subnets) > count(before.subnets) ? [] : (["subnets"] as const)),
    ...(count(wanted.subnetMappings) > count(before.subnetMappings) ? [] : (["subnetMappings"] as const)),
    ...(count(wanted.securityGroups) > 0 === count(before.securityGroups) > 0 ? [] : (["securityGroups"] as const)),
    ...((wanted.secondaryIpsAutoAssignedPerSubnet ?? 0) < (before.secondaryIpsAutoAssignedPerSubnet ?? 0)
      ? (["secondaryIpsAutoAssignedPerSubnet"] as const)
      : []),
  ],
  create: async (inputs, world, { name }) => {
    requireNetwork(inputs);
    requireShortPrefix(inputs.namePrefix);
    const { LoadBalancers: made } = await world.aws.elb.send(
      new CreateLoadBalancerCommand({
        Name: inputs.name ?? name,
        Type: "network",
        Scheme: inputs.internal === true ? "internal" : "internet-facing",
        ...placement(inputs),
        SecurityGroups: [...(inputs.securityGroups ?? [])],
        IpAddressType: (inputs.ipAddressType ?? "ipv4") as IpAddressType,
        ...taggedElb(inputs.tags),
      }),
    );
    const id = required(made?.[0]?.LoadBalancerArn, "the load balancer's ARN");
    await setGroups(world, id, inputs);
    await setAttributes(world, id, inputs);
    return { id, outputs: await outputsOf(world, id) };
  },
  update: async (id, inputs, before, world) => {
    const { elb } = world.aws;
    const isChanged = (...keys: readonly (keyof LoadBalancerInputs)[]): boolean =>
      keys.some((key) => canonical(inputs[key]) !== canonical(before[key]));
    if (isChanged("subnets", "subnetMappings")) {
      await elb.send(new SetSubnetsCommand({ LoadBalancerArn: id, ...placement(inputs) }));
    }
    if (isChanged("securityGroups", "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic")) {
      await setGroups(world, id, inputs);
    }
    if (isChanged("ipAddressType")) {
      const IpAddressType = (inputs.ipAddressType ?? "ipv4") as IpAddressType;
      await elb.send(new SetIpAddressTypeCommand({ LoadBalancerArn: id, IpAddressType }));
    }
    await setAttributes(world, id, inputs);
    await retagElb(world, id, before.tags, inputs.tags);
    return outputsOf(world, id);
  },
  // deletion protection is AWS's to refuse: the AWS provider does not turn it off for a deletion either
  delete: async (id, _state, world) => {
    await ifFound(world.aws.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: id })));
  },
});

const count = (list: readonly unknown[] | undefined): number => list?.length ?? 0;

/** Refuses a name prefix that is too long for the AWS provider, which holds for target groups, too. */
export function requireShortPrefix(prefix: string | undefined): void {
  if (prefix === undefined || prefix.length <= LONGEST_PREFIX) return;
  throw new RefusedError(
    "ValidationError",
    `namePrefix "${prefix}" has ${prefix.length} characters; ${LONGEST_PREFIX} are allowed; shorten it or give the name`,
  );
}

function requireNetwork({ loadBalancerType = "application", subnets, subnetMappings }: LoadBalancerInputs): void {
  if (loadBalancerType !== "network") {
    throw new Error(`the sandbox plays load balancers of type "network", got "${loadBalancerType}"`);
  }
  if (count(subnets) > 0 && count(subnetMappings) > 0) {
    throw new RefusedError("ValidationError", "a load balancer has either subnets or subnetMappings, got both");
  }
}

function placement({ subnets, subnetMappings }: LoadBalancerInputs) {
  if (count(subnetMappings) === 0) return { Subnets: [...(subnets ?? [])] };
  return {
    SubnetMappings: (subnetMappings ?? []).map((each) => ({
      SubnetId: each.subnetId,
      AllocationId: each.allocationId,
      PrivateIPv4Address: each.privateIpv4Address,
      IPv6Address: each.ipv6Address,
    })),
  };
}

async function setGroups(world: World, LoadBalancerArn: string, inputs: LoadBalancerInputs): Promise<void> {
  const { securityGroups = [], enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: enforce } = inputs;
  if (enforce !== undefined && !["on", "off"].includes(enforce)) {
    throw new RefusedError(
      "ValidationError",
      `enforceSecurityGroupInboundRulesOnPrivateLinkTraffic is on or off, got ${enforce}`,
    );
  }
  if (securityGroups.length === 0) return;
  await world.aws.elb.send(
    new SetSecurityGroupsCommand({
      LoadBalancerArn,
      SecurityGroups: [...securityGroups],
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: enforce as Enforcement | undefined,
    }),
  );
}

async function setAttributes({ aws: { elb } }: World, LoadBalancerArn: string, inputs: LoadBalancerInputs) {
  const { accessLogs } = inputs;
  const Attributes = elbAttributes({
    "access_logs.s3.enabled": accessLogs?.enabled ?? false,
    "access_logs.s3.bucket": accessLogs?.bucket,
    "access_logs.s3.prefix": accessLogs?.prefix,
    "deletion_protection.enabled": inputs.enableDeletionProtection ?? false,
    "dns_record.client_routing_policy": inputs.dnsRecordClientRoutingPolicy ?? "any_availability_zone",
    "load_balancing.cross_zone.enabled": inputs.enableCrossZoneLoadBalancing ?? false,
    "secondary_ips.auto_assigned.per_subnet": inputs.secondaryIpsAutoAssignedPerSubnet,
    "zonal_shift.config.enabled": inputs.enableZonalShift ?? false,
  });
  await elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
}

async function outputsOf({ aws: { elb } }: World, arn: string) {
  const { LoadBalancers: found } = await elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }));
  const made = required(found?.[0], `load balancer ${arn}`);
  return {
    arn,
    arnSuffix: arn.slice(arn.indexOf(":loadbalancer/") + ":loadbalancer/".length),
    dnsName: made.DNSName,
    zoneId: made.CanonicalHostedZoneId,
    vpcId: made.VpcId,
    ipAddressType: made.IpAddressType,
    securityGroups: made.SecurityGroups ?? [],
    subnets: (made.AvailabilityZones ?? []).flatMap((each) => each.SubnetId ?? []),
    enforceSecurityGroupInboundRulesOnPrivateLinkTraffic:
      made.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic ?? "",
  };
}

/** Network load balancers. */
export const LOAD_BALANCER_TYPES: ResourceTypes = { "aws:lb/loadBalancer:LoadBalancer": loadBalancer };
