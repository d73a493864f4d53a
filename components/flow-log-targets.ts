import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { FlowLogSettings } from "../settings";
import type { Zone } from "./cidr-plan";

/** Where flow logs can be taken. */
export interface FlowLogPlaces {
  readonly vpcId: pulumi.Input<string>;
  readonly zones: readonly Zone[];
  /** One for each zone, in the order of the letters. */
  readonly databaseSubnetIds: readonly pulumi.Input<string>[];
  readonly databaseGroupId: pulumi.Input<string>;
  /** The interfaces exist once it does. */
  readonly databaseInstance: pulumi.Resource;
}

/** One thing to log: exactly one of AWS's three kinds. */
export interface FlowLogTarget {
  /** Ends the resource's name, and stays when others come or go. */
  readonly key: string;
  readonly on:
    | { readonly vpcId: pulumi.Input<string> }
    | { readonly subnetId: pulumi.Input<string> }
    | { readonly eniId: string };
}

/**
 * What a scope logs.
 *
 * `network-interfaces` asks EC2 which interfaces RDS has; before the first update there are none, so a preview doesn't show their flow
 * logs, and interfaces that RDS replaces are logged from the next update on only. That is why it isn't the default.
 */
export function flowLogTargets(
  scope: FlowLogSettings["scope"],
  places: FlowLogPlaces,
): pulumi.Output<FlowLogTarget[]> | FlowLogTarget[] {
  // subnets come in the order of the letters, a stack file may not
  const zones = [...places.zones].sort();
  switch (scope) {
    case "vpc":
      return [{ key: "vpc", on: { vpcId: places.vpcId } }];
    case "database-subnets":
      return places.databaseSubnetIds.map((subnetId, index) => ({
        key: `subnet-${zoneAt(zones, index)}`,
        on: { subnetId },
      }));
    case "network-interfaces":
      return databaseInterfaces(places).apply((ids) => [...ids].sort().map((eniId) => ({ key: eniId, on: { eniId } })));
  }
}

function zoneAt(zones: readonly Zone[], index: number): Zone {
  const zone = zones[index];
  if (zone === undefined) throw new Error(`database subnet ${index} has no zone, got zones ${zones.join(", ")}`);
  return zone;
}

/**
 * Ids of the interfaces of the primary and the standby. They carry no tag and no instance id: the description, and the group that only this
 * database has, tell them apart.
 */
export function databaseInterfaces({
  databaseGroupId,
  databaseInstance,
}: Pick<FlowLogPlaces, "databaseGroupId" | "databaseInstance">): pulumi.Output<string[]> {
  return aws.ec2.getNetworkInterfacesOutput(
    {
      filters: [
        { name: "description", values: ["RDSNetworkInterface"] },
        { name: "group-id", values: [databaseGroupId] },
      ],
    },
    { dependsOn: [databaseInstance] },
  ).ids;
}
