import { createHash } from "node:crypto";
import { CreateVpcEndpointCommand, DeleteVpcEndpointsCommand, ModifyVpcEndpointCommand } from "@aws-sdk/client-ec2";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import type { ResourceTypes } from "../resource-type";
import { resourceType } from "../resource-type";
import { arnOf } from "../world";
import { retag, tagged } from "./ec2-tags";
import { findPrefixList } from "./prefix-lists";

const vpcEndpoint = resourceType<aws.ec2.VpcEndpointArgs>({
  kind: "emulator",
  replaceOn: ["vpcId", "serviceName", "vpcEndpointType", "serviceRegion", "resourceConfigurationArn"],
  json: ["policy"],
  create: async (inputs, world) => {
    const kind = inputs.vpcEndpointType ?? "Gateway";
    const { VpcEndpoint: made } = await world.aws.ec2.send(
      new CreateVpcEndpointCommand({
        VpcId: inputs.vpcId,
        ServiceName: inputs.serviceName,
        VpcEndpointType: kind === "Interface" ? "Interface" : "Gateway",
        PolicyDocument: inputs.policy,
        RouteTableIds: inputs.routeTableIds,
        SubnetIds: inputs.subnetIds,
        SecurityGroupIds: inputs.securityGroupIds,
        PrivateDnsEnabled: inputs.privateDnsEnabled,
        ...tagged("vpc-endpoint", inputs.tags),
      }),
    );
    const id = required(made?.VpcEndpointId, "the endpoint's id");
    const prefixList = kind === "Gateway" ? await findPrefixList(world, inputs.serviceName) : undefined;
    return {
      id,
      outputs: {
        arn: arnOf(world, "ec2", `vpc-endpoint/${id}`),
        ownerId: world.account,
        state: "available",
        vpcEndpointType: kind,
        requesterManaged: false,
        prefixListId: prefixList?.id,
        cidrBlocks: prefixList?.cidrBlocks ?? [],
        networkInterfaceIds: made?.NetworkInterfaceIds ?? [],
        dnsEntries: (made?.DnsEntries ?? []).map(({ DnsName, HostedZoneId }) => ({
          dnsName: DnsName,
          hostedZoneId: HostedZoneId,
        })),
      },
    };
  },
  update: async (id, inputs, before, world) => {
    const added = (now: readonly string[] = [], was: readonly string[] = []) =>
      now.filter((each) => !was.includes(each));
    await world.aws.ec2.send(
      new ModifyVpcEndpointCommand({
        VpcEndpointId: id,
        PolicyDocument: inputs.policy,
        AddRouteTableIds: added(inputs.routeTableIds, before.routeTableIds),
        RemoveRouteTableIds: added(before.routeTableIds, inputs.routeTableIds),
        AddSubnetIds: added(inputs.subnetIds, before.subnetIds),
        RemoveSubnetIds: added(before.subnetIds, inputs.subnetIds),
      }),
    );
    await retag(world, id, before.tags, inputs.tags);
    return {};
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] })));
  },
});

const routeTableAssociation = resourceType<aws.ec2.VpcEndpointRouteTableAssociationArgs>({
  kind: "emulator",
  create: async ({ vpcEndpointId, routeTableId }, world) => {
    const request = { VpcEndpointId: vpcEndpointId, AddRouteTableIds: [routeTableId] };
    await world.aws.ec2.send(new ModifyVpcEndpointCommand(request));
    // the AWS provider's id: a-<endpoint><hash of the route table>
    const hash = createHash("sha256").update(routeTableId).digest().readUInt32BE(0);
    return { id: `a-${vpcEndpointId}${hash}`, outputs: {} };
  },
  delete: async (_id, { vpcEndpointId, routeTableId }, world) => {
    const request = { VpcEndpointId: vpcEndpointId, RemoveRouteTableIds: [routeTableId] };
    await ifFound(world.aws.ec2.send(new ModifyVpcEndpointCommand(request)));
  },
});

/** VPC endpoints and the route tables that lead to them. */
export const ENDPOINT_TYPES: ResourceTypes = {
  "aws:ec2/vpcEndpoint:VpcEndpoint": vpcEndpoint,
  "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation": routeTableAssociation,
};
