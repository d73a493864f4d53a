import { DescribeAvailabilityZonesCommand, DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { findPrefixList } from "./ec2/prefix-lists";
import { getPolicyDocument } from "./iam/policy-document";
import { getEngineVersion } from "./rds/engine-versions";
import { RefusedError } from "./resource-type";
import type { Properties } from "./wire";
import type { World } from "./world";

/** Functions of the provider by their token. */
export type Invokes = Readonly<Record<string, (args: Properties, world: World) => Promise<Properties>>>;

interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** Every function that the AWS stand-in knows. */
export const INVOKES: Invokes = {
  "aws:index/getCallerIdentity:getCallerIdentity": async (_args, world) => {
    const { Account, Arn, UserId } = await world.aws.sts.send(new GetCallerIdentityCommand({}));
    return { id: Account, accountId: Account, arn: Arn, userId: UserId };
  },

  "aws:index/getRegion:getRegion": async (_args, { region }) => ({
    id: region,
    name: region,
    region,
    endpoint: `ec2.${region}.amazonaws.com`,
    description: region,
  }),

  "aws:index/getPartition:getPartition": async () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),

  "aws:index/getAvailabilityZones:getAvailabilityZones": async (args, world) => {
    const { AvailabilityZones: found = [] } = await world.aws.ec2.send(new DescribeAvailabilityZonesCommand({}));
    const zones = [...found].sort((a, b) => ((a.ZoneName ?? "") < (b.ZoneName ?? "") ? -1 : 1));
    return {
      ...args,
      id: world.region,
      region: world.region,
      names: zones.flatMap((each) => each.ZoneName ?? []),
      zoneIds: zones.flatMap((each) => each.ZoneId ?? []),
      groupNames: [world.region],
    };
  },

  "aws:ec2/getNetworkInterfaces:getNetworkInterfaces": async (args, world) => {
    const filters = (args["filters"] ?? []) as readonly Filter[];
    const { NetworkInterfaces: found = [] } = await world.aws.ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: filters.map(({ name, values }) => ({ Name: name, Values: [...values] })),
      }),
    );
    // none found is an empty list, as the AWS provider has it since v4
    const ids = found.flatMap((each) => each.NetworkInterfaceId ?? []).sort();
    return { ...args, id: world.region, region: world.region, ids };
  },

  "aws:ec2/getNetworkInterface:getNetworkInterface": async (args, world) => {
    const id = String(args["id"]);
    const { NetworkInterfaces: [found] = [] } = await world.aws.ec2.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
    );
    const privateIps = (found?.PrivateIpAddresses ?? []).flatMap((each) => each.PrivateIpAddress ?? []);
    return { ...args, id, privateIp: found?.PrivateIpAddress ?? "", privateIps, subnetId: found?.SubnetId ?? "" };
  },

  "aws:ec2/getPrefixList:getPrefixList": async (args, world) => {
    const list = await requirePrefixList(args, world);
    return { ...args, id: list.id, prefixListId: list.id, name: list.name, cidrBlocks: list.cidrBlocks };
  },

  "aws:ec2/getManagedPrefixList:getManagedPrefixList": async (args, world) => {
    const list = await requirePrefixList(args, world);
    return {
      ...args,
      id: list.id,
      name: list.name,
      arn: list.arn,
      addressFamily: "IPv4",
      entries: list.cidrBlocks.map((cidr) => ({ cidr, description: "" })),
      maxEntries: list.cidrBlocks.length,
      ownerId: "AWS",
      tags: {},
      version: 1,
    };
  },

  "aws:iam/getPolicyDocument:getPolicyDocument": getPolicyDocument,

  "aws:rds/getEngineVersion:getEngineVersion": async (args, { region }) => ({
    ...(await getEngineVersion(args)),
    region,
  }),
};

async function requirePrefixList(args: Properties, world: World) {
  const filters = (args["filters"] ?? []) as readonly Filter[];
  const name = args["name"] ?? filters.find((each) => each.name === "prefix-list-name")?.values[0];
  const found = typeof name === "string" ? await findPrefixList(world, name) : undefined;
  if (found === undefined) {
    throw new RefusedError(
      "no matching prefix list found",
      `name ${String(name)}; for example com.amazonaws.${world.region}.s3`,
    );
  }
  return found;
}
