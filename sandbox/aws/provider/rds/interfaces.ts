import { randomUUID } from "node:crypto";
import {
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DescribeSubnetsCommand,
  ModifyNetworkInterfaceAttributeCommand,
} from "@aws-sdk/client-ec2";
import type { DatabaseInterface, DatabaseRecord } from "../../registry";
import { databaseFile, readDatabase, removeRecord, writeDatabase } from "../../registry";
import { ifFound, required } from "../found";
import { RefusedError } from "../resource-type";
import type { World } from "../world";

/** What RDS writes on every interface it makes. So may anyone; but only a service's are managed by their requester. */
export const RDS_INTERFACE_DESCRIPTION = "RDSNetworkInterface";

// by this, from the sandbox's admin, the emulator knows that RDS asks, and shows the interface as its own (emulator/interfaces.py)
const RDS_TOKEN = "amazon-rds-";

/** Where a database goes. */
export interface Placement {
  readonly identifier: string;
  readonly address: string;
  readonly port: number;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly multiAz: boolean;
}

/**
 * Plays the network interfaces that RDS puts into the database subnets, the primary's and with Multi-AZ the standby's in another
 * zone, and writes down where the database is. The emulator's RDS makes none.
 */
export async function makeInterfaces(world: World, database: Placement): Promise<DatabaseRecord> {
  const { identifier, address, port, securityGroupIds } = database;
  const subnetIds = await oneSubnetPerZone(world, database.subnetIds);
  const [primarySubnet, standbySubnet] = subnetIds;
  if (primarySubnet === undefined || (database.multiAz && standbySubnet === undefined)) {
    throw new RefusedError(
      "InvalidSubnet",
      `${identifier} needs database subnets in ${database.multiAz ? 2 : 1} zones, got ${subnetIds.length}`,
    );
  }
  const primary = await makeInterface(world, primarySubnet, securityGroupIds);
  const standby =
    database.multiAz && standbySubnet !== undefined
      ? { standby: await makeInterface(world, standbySubnet, securityGroupIds) }
      : {};
  const record = { identifier, address, port, primary, ...standby };
  await writeDatabase(world.run, record);
  return record;
}

/** Gives the interfaces their security groups anew, notes the port, and makes or removes the standby's when Multi-AZ was turned on or off. */
export async function changeInterfaces(world: World, database: Placement): Promise<void> {
  const { identifier, address, port, securityGroupIds, multiAz } = database;
  const record = await readDatabase(world.run, identifier);
  if (record === undefined) throw new Error(`${identifier} is not in the sandbox's registry`);
  const { primary, standby } = record;
  for (const each of [primary, standby]) {
    if (each === undefined) continue;
    const request = { NetworkInterfaceId: each.interfaceId, Groups: [...securityGroupIds] };
    await world.aws.ec2.send(new ModifyNetworkInterfaceAttributeCommand(request));
  }
  const alone = { identifier, address, port, primary };
  if (!multiAz) {
    if (standby !== undefined) {
      await world.aws.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: standby.interfaceId }));
    }
    await writeDatabase(world.run, alone);
    return;
  }
  await writeDatabase(world.run, { ...alone, standby: standby ?? (await makeStandby(world, database, primary)) });
}

async function makeStandby(world: World, database: Placement, primary: DatabaseInterface): Promise<DatabaseInterface> {
  const others = (await oneSubnetPerZone(world, database.subnetIds)).filter((id) => id !== primary.subnetId);
  return makeInterface(world, required(others[0], "a database subnet in another zone"), database.securityGroupIds);
}

/** Takes the interfaces and the record of a database away. */
export async function removeInterfaces(world: World, identifier: string): Promise<void> {
  const record = await readDatabase(world.run, identifier);
  for (const each of [record?.primary, record?.standby]) {
    if (each === undefined) continue;
    await ifFound(world.aws.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: each.interfaceId })));
  }
  await removeRecord(databaseFile(world.run, identifier));
}

async function oneSubnetPerZone(world: World, subnetIds: readonly string[]): Promise<readonly string[]> {
  const { Subnets: subnets = [] } = await world.aws.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...subnetIds] }));
  const byZone = new Map<string, string>();
  const order = (zone: string | undefined): string => zone ?? "";
  const sorted = [...subnets].sort((a, b) => (order(a.AvailabilityZone) < order(b.AvailabilityZone) ? -1 : 1));
  for (const { AvailabilityZone: zone, SubnetId: id } of sorted) {
    if (zone !== undefined && id !== undefined && !byZone.has(zone)) byZone.set(zone, id);
  }
  return [...byZone.values()];
}

/** One interface as RDS makes them, requester-managed; its address is the subnet's choice. The client must be the sandbox's admin's. */
export async function makeInterface(
  { aws: { ec2 } }: { readonly aws: Pick<World["aws"], "ec2"> },
  subnetId: string,
  groups: readonly string[],
): Promise<DatabaseInterface> {
  const { NetworkInterface: made } = await ec2.send(
    new CreateNetworkInterfaceCommand({
      SubnetId: subnetId,
      Groups: [...groups],
      Description: RDS_INTERFACE_DESCRIPTION,
      ClientToken: `${RDS_TOKEN}${randomUUID()}`,
    }),
  );
  return {
    interfaceId: required(made?.NetworkInterfaceId, "the interface's id"),
    ip: required(made?.PrivateIpAddress, "the interface's address"),
    subnetId,
  };
}
