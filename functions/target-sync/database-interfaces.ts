import { type EC2Client, type NetworkInterface, paginateDescribeNetworkInterfaces } from "@aws-sdk/client-ec2";
import { isRdsInterface } from "../shared/rds-interfaces";
import type { TargetSyncConfig } from "./config";

/** The second source beside DNS: where the database is in the network. */
export interface DatabaseInterfaces {
  /** IPv4 and IPv6 addresses of RDS's interfaces in the database's subnets, with the database's security group. */
  addresses(abortSignal?: AbortSignal): Promise<readonly string[]>;
}

/** The interfaces as EC2 has them: of the primary and the standby, which EC2 can't tell apart. */
export function ec2Interfaces(
  client: EC2Client,
  { subnetIds, groupId }: Pick<TargetSyncConfig, "subnetIds" | "groupId">,
): DatabaseInterfaces {
  return {
    addresses: async (abortSignal) => {
      const addresses: string[] = [];
      const pages = paginateDescribeNetworkInterfaces(
        { client },
        {
          Filters: [
            { Name: "group-id", Values: [groupId] },
            { Name: "subnet-id", Values: [...subnetIds] },
          ],
        },
        { ...(abortSignal !== undefined && { abortSignal }) },
      );
      for await (const { NetworkInterfaces = [] } of pages) {
        for (const found of NetworkInterfaces) if (isRdsInterface(found)) addresses.push(...addressesOf(found));
      }
      return addresses;
    },
  };
}

function addressesOf({ PrivateIpAddresses = [], PrivateIpAddress, Ipv6Addresses = [] }: NetworkInterface): string[] {
  const addresses = [
    PrivateIpAddress,
    ...PrivateIpAddresses.map((address) => address.PrivateIpAddress),
    ...Ipv6Addresses.map((address) => address.Ipv6Address),
  ];
  return [...new Set(addresses.filter((address) => address !== undefined))];
}
