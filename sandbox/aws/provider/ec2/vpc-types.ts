import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { World } from "../world";
import { arnOf } from "../world";
import { retag, tagged } from "./ec2-tags";

const vpc = resourceType<aws.ec2.VpcArgs>({
  kind: "emulator",
  replaceOn: ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
  create: async (inputs, world) => {
    const { Vpc: made } = await world.aws.ec2.send(
      new CreateVpcCommand({
        CidrBlock: inputs.cidrBlock,
        InstanceTenancy: inputs.instanceTenancy === "dedicated" ? "dedicated" : "default",
        ...tagged("vpc", inputs.tags),
      }),
    );
    const id = required(made?.VpcId, "the VPC's id");
    await setDns(world, id, inputs);
    return { id, outputs: { ...(await vpcDefaults(world, id)), dhcpOptionsId: made?.DhcpOptionsId } };
  },
  update: async (id, inputs, before, world) => {
    await setDns(world, id, inputs);
    await retag(world, id, before.tags, inputs.tags);
    return {};
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.ec2.send(new DeleteVpcCommand({ VpcId: id })));
  },
});

const subnet = resourceType<aws.ec2.SubnetArgs>({
  kind: "emulator",
  replaceOn: ["cidrBlock", "availabilityZone", "availabilityZoneId", "vpcId", "ipv6Native", "outpostArn"],
  create: async (inputs, world) => {
    const { Subnet: made } = await world.aws.ec2.send(
      new CreateSubnetCommand({
        VpcId: inputs.vpcId,
        CidrBlock: inputs.cidrBlock,
        AvailabilityZone: inputs.availabilityZone,
        AvailabilityZoneId: inputs.availabilityZoneId,
        ...tagged("subnet", inputs.tags),
      }),
    );
    const id = required(made?.SubnetId, "the subnet's id");
    await setPublicIp(world, id, inputs);
    return {
      id,
      outputs: {
        arn: arnOf(world, "ec2", `subnet/${id}`),
        ownerId: world.account,
        availabilityZone: made?.AvailabilityZone,
        availabilityZoneId: made?.AvailabilityZoneId,
        mapPublicIpOnLaunch: inputs.mapPublicIpOnLaunch ?? false,
        assignIpv6AddressOnCreation: inputs.assignIpv6AddressOnCreation ?? false,
      },
    };
  },
  update: async (id, inputs, before, world) => {
    await setPublicIp(world, id, inputs);
    await retag(world, id, before.tags, inputs.tags);
    return { mapPublicIpOnLaunch: inputs.mapPublicIpOnLaunch ?? false };
  },
  delete: async (id, _state, world) => {
    await requireNoInterfaces(world, "subnet-id", id, `subnet ${id}`);
    await ifFound(world.aws.ec2.send(new DeleteSubnetCommand({ SubnetId: id })));
  },
});

/** Refuses to go on while network interfaces stand in a subnet or security group: AWS refuses its deletion, the emulator does not. */
export async function requireNoInterfaces(world: World, filter: string, id: string, what: string): Promise<void> {
  const { NetworkInterfaces: found = [] } = await world.aws.ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: filter, Values: [id] }] }),
  );
  if (found.length === 0) return;
  const ids = found.map((each) => each.NetworkInterfaceId).join(", ");
  throw new RefusedError(
    "DependencyViolation",
    `${what} is used by the network interfaces ${ids}; delete what owns them first`,
  );
}

async function setDns({ aws: { ec2 } }: World, VpcId: string, inputs: Plain<aws.ec2.VpcArgs>): Promise<void> {
  // one attribute a request, as the API wants it; support has to be on before host names are
  const support = { Value: inputs.enableDnsSupport ?? true };
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: support }));
  const hostnames = { Value: inputs.enableDnsHostnames ?? false };
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: hostnames }));
}

async function setPublicIp(
  { aws: { ec2 } }: World,
  SubnetId: string,
  inputs: Plain<aws.ec2.SubnetArgs>,
): Promise<void> {
  const MapPublicIpOnLaunch = { Value: inputs.mapPublicIpOnLaunch ?? false };
  await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch }));
}

async function vpcDefaults(world: World, id: string) {
  const { ec2 } = world.aws;
  const ofVpc = { Name: "vpc-id", Values: [id] };
  const [acls, tables, groups] = await Promise.all([
    ec2.send(new DescribeNetworkAclsCommand({ Filters: [ofVpc, { Name: "default", Values: ["true"] }] })),
    ec2.send(new DescribeRouteTablesCommand({ Filters: [ofVpc, { Name: "association.main", Values: ["true"] }] })),
    ec2.send(new DescribeSecurityGroupsCommand({ Filters: [ofVpc, { Name: "group-name", Values: ["default"] }] })),
  ]);
  const mainRouteTableId = tables.RouteTables?.[0]?.RouteTableId;
  return {
    arn: arnOf(world, "ec2", `vpc/${id}`),
    ownerId: world.account,
    defaultNetworkAclId: acls.NetworkAcls?.[0]?.NetworkAclId,
    defaultRouteTableId: mainRouteTableId,
    mainRouteTableId,
    defaultSecurityGroupId: groups.SecurityGroups?.[0]?.GroupId,
    enableDnsSupport: true,
    instanceTenancy: "default",
  };
}

/** The VPC and its subnets. */
export const VPC_TYPES: ResourceTypes = {
  "aws:ec2/vpc:Vpc": vpc,
  "aws:ec2/subnet:Subnet": subnet,
};
