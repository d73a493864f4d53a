import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  DeleteInternetGatewayCommand,
  DeleteNatGatewayCommand,
  DeleteNetworkInterfaceCommand,
  DescribeInternetGatewaysCommand,
  DescribeSubnetsCommand,
  DetachInternetGatewayCommand,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import type { ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { World } from "../world";
import { arnOf } from "../world";
import { retag, tagged } from "./ec2-tags";

const internetGateway = resourceType<aws.ec2.InternetGatewayArgs>({
  kind: "emulator",
  replaceOn: ["vpcId"],
  create: async ({ vpcId: VpcId, tags }, world) => {
    const { ec2 } = world.aws;
    const { InternetGateway: made } = await ec2.send(
      new CreateInternetGatewayCommand(tagged("internet-gateway", tags)),
    );
    const id = required(made?.InternetGatewayId, "the internet gateway's id");
    if (VpcId !== undefined) await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId }));
    return { id, outputs: { arn: arnOf(world, "ec2", `internet-gateway/${id}`), ownerId: world.account } };
  },
  update: async (id, inputs, before, world) => {
    await retag(world, id, before.tags, inputs.tags);
    return {};
  },
  delete: async (id, { vpcId: VpcId }, world) => {
    const { ec2 } = world.aws;
    if (VpcId !== undefined)
      await ifFound(ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: id, VpcId })));
    await ifFound(ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: id })));
  },
});

const elasticIp = resourceType<aws.ec2.EipArgs>({
  kind: "emulator",
  replaceOn: ["domain", "address", "publicIpv4Pool", "networkBorderGroup"],
  create: async ({ tags }, world) => {
    const made = await world.aws.ec2.send(new AllocateAddressCommand({ Domain: "vpc", ...tagged("elastic-ip", tags) }));
    const id = required(made.AllocationId, "the allocation's id");
    const publicIp = required(made.PublicIp, "the public address");
    const host = `ec2-${publicIp.replaceAll(".", "-")}`;
    return {
      id,
      outputs: {
        allocationId: id,
        arn: arnOf(world, "ec2", `elastic-ip/${id}`),
        domain: "vpc",
        publicIp,
        publicDns: `${host}.${world.region}.compute.amazonaws.com`,
      },
    };
  },
  update: async (id, inputs, before, world) => {
    await retag(world, id, before.tags, inputs.tags);
    return {};
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.ec2.send(new ReleaseAddressCommand({ AllocationId: id })));
  },
});

const natGateway = resourceType<aws.ec2.NatGatewayArgs>({
  kind: "emulator",
  replaceOn: ["allocationId", "subnetId", "connectivityType", "privateIp", "availabilityMode", "vpcId"],
  create: async (inputs, world) => {
    const isPrivate = inputs.connectivityType === "private";
    if (!isPrivate) await requireInternetGateway(world, inputs.subnetId);
    const { NatGateway: made } = await world.aws.ec2.send(
      new CreateNatGatewayCommand({
        SubnetId: inputs.subnetId,
        AllocationId: inputs.allocationId,
        ConnectivityType: isPrivate ? "private" : "public",
        PrivateIpAddress: inputs.privateIp,
        ...tagged("natgateway", inputs.tags),
      }),
    );
    const id = required(made?.NatGatewayId, "the NAT gateway's id");
    const [address] = made?.NatGatewayAddresses ?? [];
    return {
      id,
      outputs: {
        connectivityType: isPrivate ? "private" : "public",
        publicIp: address?.PublicIp,
        privateIp: address?.PrivateIp,
        networkInterfaceId: address?.NetworkInterfaceId,
        associationId: address?.AssociationId,
      },
    };
  },
  update: async (id, inputs, before, world) => {
    await retag(world, id, before.tags, inputs.tags);
    return {};
  },
  delete: async (id, state, world) => {
    await ifFound(world.aws.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id })));
    // AWS takes the gateway's interface away with it, the emulator leaves it in the subnet
    const NetworkInterfaceId = state["networkInterfaceId"];
    if (typeof NetworkInterfaceId !== "string") return;
    await ifFound(world.aws.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })));
  },
});

// AWS lets a public NAT gateway fail in a VPC without an internet gateway; the emulator does not look
async function requireInternetGateway({ aws: { ec2 } }: World, subnetId: string | undefined): Promise<void> {
  const { Subnets: subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ SubnetIds: subnetId ? [subnetId] : [] }),
  );
  const vpcId = required(subnets[0]?.VpcId, "the VPC of the NAT gateway's subnet");
  const { InternetGateways: found = [] } = await ec2.send(
    new DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [vpcId] }] }),
  );
  if (found.length > 0) return;
  throw new RefusedError(
    "Gateway.NotAttached",
    `network ${vpcId} has no internet gateway attached; a public NAT gateway has to depend on one`,
  );
}

/** Gateways out of the VPC. */
export const GATEWAY_TYPES: ResourceTypes = {
  "aws:ec2/internetGateway:InternetGateway": internetGateway,
  "aws:ec2/eip:Eip": elasticIp,
  "aws:ec2/natGateway:NatGateway": natGateway,
};
