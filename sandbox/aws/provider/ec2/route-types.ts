import { createHash } from "node:crypto";
import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
} from "@aws-sdk/client-ec2";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { canonical } from "../wire";
import type { World } from "../world";
import { arnOf } from "../world";
import { retag, tagged } from "./ec2-tags";

type InlineRoute = NonNullable<Plain<aws.ec2.RouteTableArgs>["routes"]>[number];

const routeTable = resourceType<aws.ec2.RouteTableArgs>({
  kind: "emulator",
  replaceOn: ["vpcId"],
  create: async (inputs, world) => {
    const { RouteTable: made } = await world.aws.ec2.send(
      new CreateRouteTableCommand({ VpcId: inputs.vpcId, ...tagged("route-table", inputs.tags) }),
    );
    const id = required(made?.RouteTableId, "the route table's id");
    for (const route of inputs.routes ?? []) await createInline(world, id, route);
    return {
      id,
      outputs: { arn: arnOf(world, "ec2", `route-table/${id}`), ownerId: world.account, routes: inputs.routes ?? [] },
    };
  },
  update: async (id, inputs, before, world) => {
    const wanted = new Set((inputs.routes ?? []).map(canonical));
    const standing = new Set((before.routes ?? []).map(canonical));
    for (const route of (before.routes ?? []).filter((each) => !wanted.has(canonical(each)))) {
      const key = { DestinationCidrBlock: route.cidrBlock, DestinationIpv6CidrBlock: route.ipv6CidrBlock };
      await ifFound(world.aws.ec2.send(new DeleteRouteCommand({ RouteTableId: id, ...key })));
    }
    for (const route of (inputs.routes ?? []).filter((each) => !standing.has(canonical(each)))) {
      await createInline(world, id, route);
    }
    await retag(world, id, before.tags, inputs.tags);
    return { routes: inputs.routes ?? [] };
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.ec2.send(new DeleteRouteTableCommand({ RouteTableId: id })));
  },
});

const defaultRouteTable = resourceType<aws.ec2.DefaultRouteTableArgs>({
  kind: "emulator",
  replaceOn: ["defaultRouteTableId"],
  create: async ({ defaultRouteTableId: id, routes = [], tags }, world) => {
    const vpcId = await setDefaultRoutes(world, id, routes);
    await retag(world, id, {}, tags);
    return { id, outputs: { arn: arnOf(world, "ec2", `route-table/${id}`), ownerId: world.account, vpcId, routes } };
  },
  update: async (id, { routes = [], tags }, before, world) => {
    await setDefaultRoutes(world, id, routes);
    await retag(world, id, before.tags, tags);
    return { routes };
  },
  // nobody can delete a VPC's main route table: it goes with the VPC
  delete: async () => undefined,
});

/** Makes the routes of a VPC's main table equal to the wanted ones, but for the VPC's own; returns the VPC. */
async function setDefaultRoutes(
  world: World,
  id: string,
  wanted: NonNullable<Plain<aws.ec2.DefaultRouteTableArgs>["routes"]>,
): Promise<string | undefined> {
  const { RouteTables: tables } = await world.aws.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }));
  const table = required(tables?.[0], `route table ${id}`);
  // routes of gateway endpoints, which have a prefix list, are the endpoints' own
  const others = (table.Routes ?? []).filter((each) => each.GatewayId !== "local" && !each.DestinationPrefixListId);
  for (const { DestinationCidrBlock, DestinationIpv6CidrBlock } of others) {
    const key = { DestinationCidrBlock, DestinationIpv6CidrBlock };
    await ifFound(world.aws.ec2.send(new DeleteRouteCommand({ RouteTableId: id, ...key })));
  }
  for (const route of wanted) await createInline(world, id, route);
  return table.VpcId;
}

const route = resourceType<aws.ec2.RouteArgs>({
  kind: "emulator",
  replaceOn: ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"],
  create: async (inputs, world) => {
    await world.aws.ec2.send(new CreateRouteCommand(routeRequest(inputs)));
    const to = inputs.destinationCidrBlock ?? inputs.destinationIpv6CidrBlock ?? inputs.destinationPrefixListId ?? "";
    // the AWS provider's id: r-<table><hash of the destination>
    const hash = createHash("sha256").update(to).digest().readUInt32BE(0);
    return { id: `r-${inputs.routeTableId}${hash}`, outputs: { origin: "CreateRoute", state: "active" } };
  },
  update: async (_id, inputs, _before, world) => {
    await world.aws.ec2.send(new ReplaceRouteCommand(routeRequest(inputs)));
    return {};
  },
  delete: async (_id, state, world) => {
    const { RouteTableId, DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId } =
      routeRequest(state);
    const to = { DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId };
    await ifFound(world.aws.ec2.send(new DeleteRouteCommand({ RouteTableId, ...to })));
  },
});

const routeTableAssociation = resourceType<aws.ec2.RouteTableAssociationArgs>({
  kind: "emulator",
  replaceOn: ["subnetId", "gatewayId"],
  create: async ({ routeTableId, subnetId, gatewayId }, world) => {
    if (subnetId !== undefined && (await associationOf(world, { routeTableId, subnetId })) !== undefined) {
      throw new RefusedError(
        "Resource.AlreadyAssociated",
        `subnet ${subnetId} has a route table already; associate each subnet once`,
      );
    }
    const request = { RouteTableId: routeTableId, SubnetId: subnetId, GatewayId: gatewayId };
    const { AssociationId } = await world.aws.ec2.send(new AssociateRouteTableCommand(request));
    return { id: required(AssociationId, "the association's id"), outputs: {} };
  },
  update: async (_id, inputs, _before, world) => {
    const AssociationId = await associationOf(world, inputs);
    await world.aws.ec2.send(
      new ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId: inputs.routeTableId }),
    );
    return {};
  },
  delete: async (_id, state, world) => {
    const AssociationId = await associationOf(world, state);
    if (AssociationId !== undefined) {
      await ifFound(world.aws.ec2.send(new DisassociateRouteTableCommand({ AssociationId })));
    }
  },
});

// looked up rather than remembered: an association gets a new id when its table changes, and the resource keeps its own
async function associationOf(
  { aws: { ec2 } }: World,
  { subnetId, gatewayId }: Plain<aws.ec2.RouteTableAssociationArgs>,
): Promise<string | undefined> {
  const filter =
    subnetId === undefined
      ? { Name: "association.gateway-id", Values: [gatewayId ?? ""] }
      : { Name: "association.subnet-id", Values: [subnetId] };
  const { RouteTables: tables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters: [filter] }));
  const associations = tables.flatMap((table) => table.Associations ?? []);
  return associations.find((each) =>
    subnetId === undefined ? each.GatewayId === gatewayId : each.SubnetId === subnetId,
  )?.RouteTableAssociationId;
}

type AnyInlineRoute = InlineRoute | NonNullable<Plain<aws.ec2.DefaultRouteTableArgs>["routes"]>[number];

async function createInline({ aws: { ec2 } }: World, RouteTableId: string, route: AnyInlineRoute): Promise<void> {
  await ec2.send(
    new CreateRouteCommand({
      RouteTableId,
      DestinationCidrBlock: route.cidrBlock,
      DestinationIpv6CidrBlock: route.ipv6CidrBlock,
      DestinationPrefixListId: route.destinationPrefixListId,
      GatewayId: route.gatewayId,
      NatGatewayId: route.natGatewayId,
      NetworkInterfaceId: route.networkInterfaceId,
      VpcEndpointId: route.vpcEndpointId,
    }),
  );
}

const routeRequest = (inputs: Plain<aws.ec2.RouteArgs>) => ({
  RouteTableId: inputs.routeTableId,
  DestinationCidrBlock: inputs.destinationCidrBlock,
  DestinationIpv6CidrBlock: inputs.destinationIpv6CidrBlock,
  DestinationPrefixListId: inputs.destinationPrefixListId,
  GatewayId: inputs.gatewayId,
  NatGatewayId: inputs.natGatewayId,
  NetworkInterfaceId: inputs.networkInterfaceId,
  VpcEndpointId: inputs.vpcEndpointId,
});

/** Route tables, their routes and which subnets they serve. */
export const ROUTE_TYPES: ResourceTypes = {
  "aws:ec2/routeTable:RouteTable": routeTable,
  "aws:ec2/defaultRouteTable:DefaultRouteTable": defaultRouteTable,
  "aws:ec2/route:Route": route,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": routeTableAssociation,
};
