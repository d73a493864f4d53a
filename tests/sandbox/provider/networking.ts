import type { StandIn } from "./stand-in";

/** A VPC with a subnet in each of the zones. */
export interface Net {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
}

/** Makes a VPC with one subnet a zone. */
export async function makeNet({ make, region }: StandIn, zones: readonly string[] = ["a", "b"]): Promise<Net> {
  const vpc = await make("aws:ec2/vpc:Vpc", "net", { cidrBlock: "10.9.0.0/16" });
  const subnetIds: string[] = [];
  for (const [at, zone] of zones.entries()) {
    const inputs = { vpcId: vpc.id, cidrBlock: `10.9.${at}.0/24`, availabilityZone: `${region}${zone}` };
    subnetIds.push((await make("aws:ec2/subnet:Subnet", `net-${zone}`, inputs)).id);
  }
  return { vpcId: vpc.id, subnetIds };
}

/** A security group's id, without any rule. */
export async function makeGroup({ make }: StandIn, vpcId: string, name: string): Promise<string> {
  return (await make("aws:ec2/securityGroup:SecurityGroup", name, { vpcId, description: name })).id;
}
