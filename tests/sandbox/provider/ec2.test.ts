import assert from "node:assert/strict";
import {
  CreateNetworkInterfaceCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
} from "@aws-sdk/client-ec2";
import { makeGroup, makeNet } from "./networking";
import { type StandIn, standIn, text } from "./stand-in";

describe("EC2 in the AWS stand-in", () => {
  let on: StandIn;
  before(async () => {
    on = await standIn();
  });

  const rulesOf = async (groupId: string) => {
    const Filters = [{ Name: "group-id", Values: [groupId] }];
    const { SecurityGroupRules: rules = [] } = await on.aws.ec2.send(
      new DescribeSecurityGroupRulesCommand({ Filters }),
    );
    return rules;
  };

  it("gives a VPC its defaults as outputs, and turns DNS names on when asked", async () => {
    const inputs = { cidrBlock: "10.1.0.0/16", enableDnsHostnames: true };
    const vpc = await on.make("aws:ec2/vpc:Vpc", "vpc", inputs);

    const { EnableDnsHostnames } = await on.aws.ec2.send(
      new DescribeVpcAttributeCommand({ VpcId: vpc.id, Attribute: "enableDnsHostnames" }),
    );
    assert.equal(EnableDnsHostnames?.Value, true);
    assert.match(text(vpc, "defaultSecurityGroupId"), /^sg-/);
    assert.match(text(vpc, "mainRouteTableId"), /^rtb-/);
    assert.match(text(vpc, "defaultNetworkAclId"), /^acl-/);
    assert.equal(text(vpc, "arn"), `arn:aws:ec2:${on.region}:123456789012:vpc/${vpc.id}`);
  });

  it("makes a security group without the rule that lets everything out", async () => {
    const { vpcId } = await makeNet(on);

    assert.deepEqual(await rulesOf(await makeGroup(on, vpcId, "bare")), []);
  });

  it("empties the default security group, and leaves it when it is destroyed", async () => {
    const { vpcId } = await makeNet(on);
    const group = await on.make("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", { vpcId });

    await group.delete();

    assert.deepEqual(await rulesOf(group.id), []);
    const { SecurityGroups } = await on.aws.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [group.id] }));
    assert.equal(SecurityGroups?.[0]?.GroupName, "default");
  });

  it("adds separate rules between groups and takes them away again", async () => {
    const { vpcId } = await makeNet(on);
    const [database, clients] = [await makeGroup(on, vpcId, "database"), await makeGroup(on, vpcId, "clients")];
    const peer = { ipProtocol: "tcp", fromPort: 5432, toPort: 5432, description: "queries" };
    const rule = await on.make("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "in", {
      ...peer,
      securityGroupId: database,
      referencedSecurityGroupId: clients,
    });
    const out = await on.make("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "out", {
      ...peer,
      securityGroupId: clients,
      cidrIpv4: "10.9.0.0/24",
    });

    const [standing] = await rulesOf(database);
    assert.equal(standing?.SecurityGroupRuleId, rule.id);
    assert.deepEqual([standing?.IsEgress, standing?.ReferencedGroupInfo?.GroupId], [false, clients]);
    await rule.delete();
    await out.delete();
    assert.deepEqual([await rulesOf(database), await rulesOf(clients)], [[], []]);
  });

  it("refuses a rule's description that EC2 would refuse", async () => {
    const { vpcId } = await makeNet(on);
    const group = await makeGroup(on, vpcId, "group");
    const inputs = { securityGroupId: group, ipProtocol: "tcp", fromPort: 1, toPort: 1, cidrIpv4: "10.0.0.0/8" };

    await assert.rejects(
      on.make("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "r", { ...inputs, description: "a → b" }),
      /InvalidParameterValue: description "a → b"/,
    );
  });

  it("refuses to delete a subnet or group while an interface stands in it, as AWS does", async () => {
    const { vpcId } = await makeNet(on, []);
    const place = { vpcId, cidrBlock: "10.9.9.0/24", availabilityZone: `${on.region}a` };
    const subnet = await on.make("aws:ec2/subnet:Subnet", "busy", place);
    const group = await on.make("aws:ec2/securityGroup:SecurityGroup", "busy", { vpcId });
    await on.aws.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnet.id, Groups: [group.id] }));

    await assert.rejects(
      subnet.delete(),
      /DependencyViolation: subnet subnet-\S+ is used by the network interfaces eni-/,
    );
    await assert.rejects(group.delete(), /DependencyViolation: security group sg-/);
  });

  it("gives a subnet its ACL with inline rules, changes them, and gives the subnet back to the default ACL", async () => {
    const { vpcId, subnetIds } = await makeNet(on, ["a"]);
    const rule = {
      ruleNo: 100,
      protocol: "tcp",
      action: "allow",
      cidrBlock: "10.9.0.0/16",
      fromPort: 5432,
      toPort: 5432,
    };
    const token = "aws:ec2/networkAcl:NetworkAcl";
    const before = { vpcId, subnetIds, ingress: [rule] };
    const acl = await on.make(token, "acl", before);
    const describe = async () => {
      const Filters = [{ Name: "association.subnet-id", Values: [...subnetIds] }];
      const { NetworkAcls: found = [] } = await on.aws.ec2.send(new DescribeNetworkAclsCommand({ Filters }));
      const entries = found[0]?.Entries?.filter((each) => each.RuleNumber === 100 && !each.Egress) ?? [];
      return { id: found[0]?.NetworkAclId, ports: entries.map((each) => each.PortRange?.To) };
    };
    assert.deepEqual(await describe(), { id: acl.id, ports: [5432] });

    const changed = await on.change(acl, token, "acl", before, { ...before, ingress: [{ ...rule, toPort: 5433 }] });
    assert.deepEqual(await describe(), { id: acl.id, ports: [5433] });

    await changed.delete();
    assert.notEqual((await describe()).id, acl.id);
  });

  it("moves a subnet to another route table in place", async () => {
    const { vpcId, subnetIds } = await makeNet(on, ["a"]);
    const [subnetId = ""] = subnetIds;
    const tables = [await on.make("aws:ec2/routeTable:RouteTable", "one", { vpcId })];
    tables.push(await on.make("aws:ec2/routeTable:RouteTable", "two", { vpcId }));
    const [one = "", two = ""] = tables.map((each) => each.id);
    const token = "aws:ec2/routeTableAssociation:RouteTableAssociation";
    const made = await on.make(token, "it", { subnetId, routeTableId: one });

    const moved = await on.change(made, token, "it", { subnetId, routeTableId: one }, { subnetId, routeTableId: two });

    const Filters = [{ Name: "association.subnet-id", Values: [subnetId] }];
    const served = async () => (await on.aws.ec2.send(new DescribeRouteTablesCommand({ Filters }))).RouteTables ?? [];
    assert.deepEqual(
      (await served()).map((each) => each.RouteTableId),
      [two],
    );
    await moved.delete();
    assert.deepEqual(await served(), []);
  });

  it("refuses a public NAT gateway in a VPC without an internet gateway, and leaves no interface of a deleted one", async () => {
    const { vpcId, subnetIds } = await makeNet(on, ["a"]);
    const address = await on.make("aws:ec2/eip:Eip", "nat", { domain: "vpc" });
    const inputs = { subnetId: subnetIds[0], allocationId: address.id };

    await assert.rejects(on.make("aws:ec2/natGateway:NatGateway", "nat", inputs), /Gateway.NotAttached/);

    const gateway = await on.make("aws:ec2/internetGateway:InternetGateway", "way", { vpcId });
    const nat = await on.make("aws:ec2/natGateway:NatGateway", "nat", inputs);
    const table = await on.make("aws:ec2/routeTable:RouteTable", "out", { vpcId });
    const route = { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id };
    const made = await on.make("aws:ec2/route:Route", "out", route);
    for (const each of [made, table, nat, address, gateway]) await each.delete();
    const Filters = [{ Name: "subnet-id", Values: [...subnetIds] }];
    const { NetworkInterfaces: left } = await on.aws.ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
    assert.deepEqual(left, []);
  });

  it("empties the main route table, and leaves it when it is destroyed", async () => {
    const vpc = await on.make("aws:ec2/vpc:Vpc", "main", { cidrBlock: "10.2.0.0/16" });
    const way = await on.make("aws:ec2/internetGateway:InternetGateway", "main", { vpcId: vpc.id });
    const id = text(vpc, "mainRouteTableId");
    const route = { routeTableId: id, destinationCidrBlock: "0.0.0.0/0", gatewayId: way.id };
    await on.make("aws:ec2/route:Route", "main", route);

    const table = await on.make("aws:ec2/defaultRouteTable:DefaultRouteTable", "main", { defaultRouteTableId: id });
    await table.delete();

    const { RouteTables } = await on.aws.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }));
    assert.deepEqual(
      RouteTables?.[0]?.Routes?.map((each) => each.GatewayId),
      ["local"],
    );
  });

  it("leads route tables to a gateway endpoint, and away again", async () => {
    const { vpcId } = await makeNet(on, []);
    const serviceName = `com.amazonaws.${on.region}.s3`;
    const endpoint = await on.make("aws:ec2/vpcEndpoint:VpcEndpoint", "s3", { vpcId, serviceName });
    const table = await on.make("aws:ec2/routeTable:RouteTable", "s3", { vpcId });
    const token = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation";
    const served = async () => {
      const request = new DescribeVpcEndpointsCommand({ VpcEndpointIds: [endpoint.id] });
      return (await on.aws.ec2.send(request)).VpcEndpoints?.[0]?.RouteTableIds ?? [];
    };

    const led = await on.make(token, "s3", { vpcEndpointId: endpoint.id, routeTableId: table.id });
    assert.deepEqual(await served(), [table.id]);
    await led.delete();
    assert.deepEqual(await served(), []);
  });

  it("gives an S3 gateway endpoint its prefix list", async () => {
    const { vpcId } = await makeNet(on, []);
    const serviceName = `com.amazonaws.${on.region}.s3`;
    const endpoint = await on.make("aws:ec2/vpcEndpoint:VpcEndpoint", "s3", { vpcId, serviceName });

    const { outputs } = await on.provider.invoke("aws:ec2/getPrefixList:getPrefixList", { name: serviceName });
    assert.match(text(endpoint, "prefixListId"), /^pl-/);
    assert.equal(outputs["id"], endpoint.outs["prefixListId"]);
    await endpoint.delete();
  });
});
