import {
  CreateVpcEndpointServiceConfigurationCommand,
  DeleteVpcEndpointServiceConfigurationsCommand,
  ModifyVpcEndpointServiceConfigurationCommand,
  ModifyVpcEndpointServicePermissionsCommand,
} from "@aws-sdk/client-ec2";
import { DescribeLoadBalancersCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { World } from "../world";
import { arnOf } from "../world";
import { retag, tagged } from "./ec2-tags";

type ServiceInputs = Plain<aws.ec2.VpcEndpointServiceArgs>;

// source: EC2 API, ModifyVpcEndpointServicePermissions: an account, user or role, or everybody
const PRINCIPAL = /^(\*|arn:aws[a-z-]*:iam::\d{12}:(root|user\/.+|role\/.+))$/;

const endpointService = resourceType<aws.ec2.VpcEndpointServiceArgs>({
  kind: "emulator",
  create: async (inputs, world) => {
    await requireNetworkBalancers(world, inputs);
    for (const each of inputs.allowedPrincipals ?? []) requirePrincipal(each);
    const { ServiceConfiguration: made } = await world.aws.ec2.send(
      new CreateVpcEndpointServiceConfigurationCommand({
        AcceptanceRequired: inputs.acceptanceRequired,
        NetworkLoadBalancerArns: [...(inputs.networkLoadBalancerArns ?? [])],
        PrivateDnsName: inputs.privateDnsName,
        ...tagged("vpc-endpoint-service", inputs.tags),
      }),
    );
    const id = required(made?.ServiceId, "the endpoint service's id");
    await allow(world, id, inputs.allowedPrincipals, []);
    return {
      id,
      outputs: {
        arn: arnOf(world, "ec2", `vpc-endpoint-service/${id}`),
        serviceName: made?.ServiceName,
        serviceType: "Interface",
        state: "Available",
        availabilityZones: made?.AvailabilityZones ?? [],
        baseEndpointDnsNames: made?.BaseEndpointDnsNames ?? [],
        managesVpcEndpoints: false,
        allowedPrincipals: inputs.allowedPrincipals ?? [],
        supportedIpAddressTypes: inputs.supportedIpAddressTypes ?? ["ipv4"],
      },
    };
  },
  update: async (id, inputs, before, world) => {
    await requireNetworkBalancers(world, inputs);
    for (const each of inputs.allowedPrincipals ?? []) requirePrincipal(each);
    await world.aws.ec2.send(
      new ModifyVpcEndpointServiceConfigurationCommand({
        ServiceId: id,
        AcceptanceRequired: inputs.acceptanceRequired,
        PrivateDnsName: inputs.privateDnsName,
        AddNetworkLoadBalancerArns: without(inputs.networkLoadBalancerArns, before.networkLoadBalancerArns),
        RemoveNetworkLoadBalancerArns: without(before.networkLoadBalancerArns, inputs.networkLoadBalancerArns),
      }),
    );
    await allow(world, id, inputs.allowedPrincipals, before.allowedPrincipals);
    await retag(world, id, before.tags, inputs.tags);
    return { allowedPrincipals: inputs.allowedPrincipals ?? [] };
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.ec2.send(new DeleteVpcEndpointServiceConfigurationsCommand({ ServiceIds: [id] })));
  },
});

const allowedPrincipal = resourceType<aws.ec2.VpcEndpointServiceAllowedPrincipleArgs>({
  kind: "emulator",
  create: async ({ vpcEndpointServiceId, principalArn }, world) => {
    requirePrincipal(principalArn);
    await allow(world, vpcEndpointServiceId, [principalArn], []);
    return { id: `vpce-svc-perm-${world.hex(17)}`, outputs: {} };
  },
  delete: async (_id, { vpcEndpointServiceId, principalArn }, world) => {
    await ifFound(allow(world, vpcEndpointServiceId, [], [principalArn]));
  },
});

const without = (list: readonly string[] = [], others: readonly string[] = []): string[] =>
  list.filter((each) => !others.includes(each));

async function allow(world: World, ServiceId: string, wanted: readonly string[] = [], before: readonly string[] = []) {
  const [AddAllowedPrincipals, RemoveAllowedPrincipals] = [without(wanted, before), without(before, wanted)];
  if (AddAllowedPrincipals.length + RemoveAllowedPrincipals.length === 0) return;
  const request = { ServiceId, AddAllowedPrincipals, RemoveAllowedPrincipals };
  await world.aws.ec2.send(new ModifyVpcEndpointServicePermissionsCommand(request));
}

function requirePrincipal(principal: string): void {
  if (PRINCIPAL.test(principal)) return;
  throw new RefusedError(
    "InvalidPrincipal",
    `"${principal}" is not the ARN of an account, user or role, for example arn:aws:iam::111122223333:root`,
  );
}

async function requireNetworkBalancers({ aws: { elb } }: World, inputs: ServiceInputs): Promise<void> {
  const { networkLoadBalancerArns: arns = [], gatewayLoadBalancerArns: gateways = [] } = inputs;
  if (gateways.length > 0) throw new Error("the sandbox plays endpoint services of network load balancers only");
  if (arns.length === 0) {
    throw new RefusedError("InvalidParameter", "an endpoint service has at least one of networkLoadBalancerArns");
  }
  const found = await ifFound(elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [...arns] })));
  const isNetwork = found?.LoadBalancers?.every((each) => each.Type === "network") ?? false;
  if (isNetwork) return;
  throw new RefusedError("InvalidLoadBalancerArn", `${arns.join(", ")} are not all network load balancers that exist`);
}

/** PrivateLink services and who may use them. */
export const ENDPOINT_SERVICE_TYPES: ResourceTypes = {
  "aws:ec2/vpcEndpointService:VpcEndpointService": endpointService,
  "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple": allowedPrincipal,
};
