import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { databaseInterfaces, type FlowLogPlaces } from "./flow-log-targets";

/**
 * The addresses of the primary and the standby, sorted. Before the first update there are none, so a preview doesn't know them; RDS
 * replaces interfaces at will, and the next update has the new ones.
 */
export function databaseAddresses(
  places: Pick<FlowLogPlaces, "databaseGroupId" | "databaseInstance">,
): pulumi.Output<string[]> {
  return databaseInterfaces(places)
    .apply((ids) => pulumi.all(ids.map((id) => aws.ec2.getNetworkInterfaceOutput({ id }).privateIps)))
    .apply((addresses) => [...new Set(addresses.flat())].sort());
}
