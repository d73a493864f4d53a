import { DescribeSecurityGroupsCommand } from "@aws-sdk/client-ec2";
import { DescribeDBParameterGroupsCommand, DescribeDBSubnetGroupsCommand } from "@aws-sdk/client-rds";
import { RefusedError } from "../resource-type";
import type { World } from "../world";
import { resolveEngineVersion } from "./engine-versions";
import type { InstanceInputs } from "./instance-rules";

/** The subnets of a database subnet group; refuses none, since the sandbox has no default VPC to fall back on. */
export async function subnetsOfGroup({ aws: { rds } }: World, name: string | undefined): Promise<readonly string[]> {
  if (name === undefined) {
    throw new RefusedError("InvalidParameterValue", "the sandbox wants a dbSubnetGroupName: there is no default VPC");
  }
  const { DBSubnetGroups: groups } = await rds.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: name }));
  return (groups?.[0]?.Subnets ?? []).flatMap((each) => each.SubnetIdentifier ?? []);
}

/** Refuses a parameter group of another family than the engine version's. */
export async function requireMatchingFamily({ aws: { rds } }: World, inputs: InstanceInputs): Promise<void> {
  const { parameterGroupName: name, engine = "", engineVersion } = inputs;
  const { family, version } = resolveEngineVersion(engine, engineVersion);
  if (name === undefined || name.startsWith("default.")) return;
  const { DBParameterGroups: groups } = await rds.send(
    new DescribeDBParameterGroupsCommand({ DBParameterGroupName: name }),
  );
  const found = groups?.[0]?.DBParameterGroupFamily;
  if (found === family) return;
  throw new RefusedError(
    "InvalidParameterCombination",
    `parameter group ${name} with family ${found ?? "(none)"} cannot be used for ${engine} ${version}; its family has to be ${family}`,
  );
}

/** Refuses security groups of another VPC than the subnet group's. */
export async function requireSameVpc({ aws: { ec2, rds } }: World, inputs: InstanceInputs): Promise<void> {
  const { dbSubnetGroupName: name, vpcSecurityGroupIds: ids = [] } = inputs;
  if (name === undefined || ids.length === 0) return;
  const { DBSubnetGroups: groups } = await rds.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: name }));
  const { SecurityGroups: found = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [...ids] }));
  const vpcId = groups?.[0]?.VpcId;
  const foreign = found.filter((each) => each.VpcId !== vpcId).map((each) => each.GroupId);
  if (foreign.length === 0) return;
  throw new RefusedError(
    "InvalidVPCNetworkStateFault",
    `security groups ${foreign.join(", ")} are not in ${vpcId ?? "the VPC"} of subnet group ${name}`,
  );
}
