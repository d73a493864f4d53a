/** What a running emulator's subnets and security groups let through, as tests need it. */
import {
  AuthorizeSecurityGroupEgressCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  type IpPermission,
  ReplaceNetworkAclAssociationCommand,
  RevokeSecurityGroupEgressCommand,
} from "@aws-sdk/client-ec2";
import type { Landscape } from "./network-load-balancer";

/** What a security group lets out when it is new, and in when it is open. */
export const EVERYTHING: IpPermission[] = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];

/** An entry of a network ACL that allows TCP: in, or out with `egress`. */
export interface AclEntry {
  readonly egress: boolean;
  readonly cidr: string;
  readonly from: number;
  readonly to: number;
}

/** Gives a subnet a network ACL with these entries and no other; the last call is the one that puts it in force. */
export async function setAcl(land: Landscape, subnetId: string, ...entries: readonly AclEntry[]): Promise<void> {
  const { NetworkAcl: acl } = await land.ec2.send(new CreateNetworkAclCommand({ VpcId: land.vpcId }));
  const NetworkAclId = acl?.NetworkAclId ?? "";
  for (const [at, { egress, cidr, from, to }] of entries.entries()) {
    await land.ec2.send(
      new CreateNetworkAclEntryCommand({
        NetworkAclId,
        RuleNumber: 100 + at,
        Protocol: "6",
        RuleAction: "allow",
        Egress: egress,
        CidrBlock: cidr,
        PortRange: { From: from, To: to },
      }),
    );
  }
  const Filters = [{ Name: "association.subnet-id", Values: [subnetId] }];
  const { NetworkAcls: found } = await land.ec2.send(new DescribeNetworkAclsCommand({ Filters }));
  const association = found?.[0]?.Associations?.find((each) => each.SubnetId === subnetId);
  const AssociationId = association?.NetworkAclAssociationId ?? "";
  await land.ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId }));
}

/** What the load balancer's security group lets out, in place of everything. */
export async function setEgress(land: Landscape, ...permissions: readonly IpPermission[]): Promise<void> {
  const GroupId = land.balancerGroup;
  await land.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: EVERYTHING }));
  if (permissions.length === 0) return;
  await land.ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [...permissions] }));
}
