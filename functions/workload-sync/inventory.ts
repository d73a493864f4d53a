import type { Instance, NetworkInterface, Tag } from "@aws-sdk/client-ec2";
import type { DBInstance } from "@aws-sdk/client-rds";
import type { WorkloadInterface } from "../../illumio/client/workload";
import { isRdsInterface } from "../shared/rds-interfaces";

/** Something in the VPC that has addresses: an instance, a database, or a network interface of anything else. */
export interface Resource {
  /** What it is found by again: the id of an instance or an interface, the ARN of a database. */
  readonly reference: string;
  readonly name: string;
  readonly description: string;
  readonly hostname?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** All its addresses, private and public, IPv4 and IPv6, each named after the network interface that has it. */
  readonly addresses: readonly WorkloadInterface[];
}

/** What EC2 and RDS say of a VPC. */
export interface Described {
  readonly vpcId: string;
  readonly interfaces: readonly NetworkInterface[];
  readonly instances: readonly Instance[];
  /** Of any VPC: RDS can't be asked for those of one. */
  readonly databases: readonly DBInstance[];
}

/** The PCE takes names of 255 characters, and a tag may have one more. */
const MAX_NAME = 255;
/** Of what somebody wrote, in a description. */
const MAX_QUOTED = 100;

/**
 * The resources of a VPC, each once, with all of their addresses. Which database an interface of RDS's is of, AWS does not say: it is the
 * one that has the interface's subnet and one of its security groups, and where several have, the interface is a resource of its own.
 */
export function resourcesOf({ vpcId, interfaces, instances, databases }: Described): readonly Resource[] {
  const instancesById = new Map(instances.map((instance) => [instance.InstanceId, instance]));
  const ours = databases.filter(({ DBSubnetGroup }) => DBSubnetGroup?.VpcId === vpcId);
  const found = new Map<string, Resource>();
  for (const each of interfaces) {
    const resource = ownerOf(each, instancesById, ours);
    const before = found.get(resource.reference)?.addresses ?? [];
    found.set(resource.reference, { ...resource, addresses: [...before, ...addressesOf(each)] });
  }
  return [...found.values()].filter(({ addresses }) => addresses.length > 0);
}

type Owner = Omit<Resource, "addresses">;

function ownerOf(
  found: NetworkInterface,
  instances: ReadonlyMap<string | undefined, Instance>,
  databases: readonly DBInstance[],
): Owner {
  const instance = instances.get(found.Attachment?.InstanceId);
  if (instance !== undefined) return ofInstance(instance);
  const candidates = isRdsInterface(found) ? databases.filter((database) => mayHave(database, found)) : [];
  const [database] = candidates;
  return database !== undefined && candidates.length === 1 ? ofDatabase(database) : ofInterface(found);
}

function ofInstance({ InstanceId = "", PrivateDnsName, Tags }: Instance): Owner {
  const tags = tagsOf(Tags);
  return {
    reference: InstanceId,
    name: nameOf(tags, InstanceId),
    description: `Amazon EC2 instance ${InstanceId}`,
    ...(PrivateDnsName && { hostname: PrivateDnsName }),
    tags,
  };
}

function ofDatabase({ DBInstanceArn, DBInstanceIdentifier = "", Endpoint, TagList }: DBInstance): Owner {
  return {
    reference: DBInstanceArn ?? DBInstanceIdentifier,
    name: DBInstanceIdentifier,
    description: `Amazon RDS instance ${DBInstanceIdentifier}`,
    ...(Endpoint?.Address && { hostname: Endpoint.Address }),
    tags: tagsOf(TagList),
  };
}

function ofInterface({ NetworkInterfaceId = "", Description, TagSet }: NetworkInterface): Owner {
  const tags = tagsOf(TagSet);
  const said = Description ? ` (${Description.slice(0, MAX_QUOTED)})` : "";
  return {
    reference: NetworkInterfaceId,
    name: nameOf(tags, NetworkInterfaceId),
    description: `Network interface ${NetworkInterfaceId}${said}`,
    tags,
  };
}

function mayHave({ DBSubnetGroup, VpcSecurityGroups = [] }: DBInstance, { SubnetId, Groups = [] }: NetworkInterface) {
  const groups = new Set(Groups.map(({ GroupId }) => GroupId));
  return (
    DBSubnetGroup?.Subnets?.some(({ SubnetIdentifier }) => SubnetIdentifier === SubnetId) === true &&
    VpcSecurityGroups.some(({ VpcSecurityGroupId }) => groups.has(VpcSecurityGroupId))
  );
}

function addressesOf(found: NetworkInterface): WorkloadInterface[] {
  const { NetworkInterfaceId: name = "", PrivateIpAddresses = [], PrivateIpAddress, Ipv6Addresses = [] } = found;
  const inside = [
    PrivateIpAddress,
    ...PrivateIpAddresses.map((each) => each.PrivateIpAddress),
    ...Ipv6Addresses.map((each) => each.Ipv6Address),
  ];
  const outside = [found.Association?.PublicIp, ...PrivateIpAddresses.map(({ Association }) => Association?.PublicIp)];
  const given = (addresses: readonly (string | undefined)[]) =>
    [...new Set(addresses)].filter((address) => address !== undefined && address !== "") as string[];
  return [
    ...given(inside).map((address) => ({ name, address })),
    ...given(outside).map((address) => ({ name: `${name}-public`, address })),
  ];
}

function tagsOf(tags: readonly Tag[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

function nameOf(tags: Readonly<Record<string, string>>, id: string): string {
  return (tags["Name"]?.trim() || id).slice(0, MAX_NAME);
}
