import assert from "node:assert/strict";
import type { Instance, NetworkInterface } from "@aws-sdk/client-ec2";
import type { DBInstance } from "@aws-sdk/client-rds";
import { resourcesOf } from "../../../functions/workload-sync/inventory";

const VPC = "vpc-0a1b";

const eni = (id: string, ip: string, more: NetworkInterface = {}): NetworkInterface => ({
  NetworkInterfaceId: id,
  PrivateIpAddress: ip,
  PrivateIpAddresses: [{ PrivateIpAddress: ip, Primary: true }],
  ...more,
});
const ofRds = (id: string, ip: string, subnet: string, group = "sg-db") =>
  eni(id, ip, {
    Description: "RDSNetworkInterface",
    RequesterManaged: true,
    SubnetId: subnet,
    Groups: [{ GroupId: group }],
  });
const database = (name: string, more: DBInstance = {}): DBInstance => ({
  DBInstanceArn: `arn:aws:rds:eu-west-1:123456789012:db:${name}`,
  DBInstanceIdentifier: name,
  Endpoint: { Address: `${name}.example.com` },
  TagList: [{ Key: "Role", Value: "db" }],
  DBSubnetGroup: { VpcId: VPC, Subnets: [{ SubnetIdentifier: "subnet-1" }, { SubnetIdentifier: "subnet-2" }] },
  VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-db" }],
  ...more,
});
const of = (interfaces: NetworkInterface[], instances: Instance[] = [], databases: DBInstance[] = []) =>
  resourcesOf({ vpcId: VPC, interfaces, instances, databases });

describe("the resources of a VPC", () => {
  it("are an instance with every address of every interface of it: secondary, IPv6, public, Elastic", () => {
    const attached = { Attachment: { InstanceId: "i-1" } };
    const [instance, ...others] = of(
      [
        eni("eni-1", "10.0.0.4", {
          ...attached,
          Association: { PublicIp: "203.0.113.4" },
          PrivateIpAddresses: [
            { PrivateIpAddress: "10.0.0.4", Association: { PublicIp: "203.0.113.4" } },
            { PrivateIpAddress: "10.0.0.5", Association: { PublicIp: "203.0.113.5" } },
          ],
          Ipv6Addresses: [{ Ipv6Address: "2001:db8::4" }],
        }),
        eni("eni-2", "10.0.1.4", attached),
      ],
      [{ InstanceId: "i-1", PrivateDnsName: "ip-10-0-0-4.internal", Tags: [{ Key: "Name", Value: "web-1" }] }],
    );

    assert.deepEqual(others, []);
    assert.deepEqual(instance, {
      reference: "i-1",
      name: "web-1",
      description: "Amazon EC2 instance i-1",
      hostname: "ip-10-0-0-4.internal",
      tags: { Name: "web-1" },
      addresses: [
        ...["10.0.0.4", "10.0.0.5", "2001:db8::4"].map((address) => ({ name: "eni-1", address })),
        ...["203.0.113.4", "203.0.113.5"].map((address) => ({ name: "eni-1-public", address })),
        { name: "eni-2", address: "10.0.1.4" },
      ],
    });
  });

  it("are a database with the interfaces that RDS has for it, primary and standby", () => {
    const found = of(
      [ofRds("eni-1", "10.0.0.4", "subnet-1"), ofRds("eni-2", "10.0.0.5", "subnet-2")],
      [],
      [database("app")],
    );

    assert.deepEqual(
      found.map(({ name, hostname, tags, addresses }) => [
        name,
        hostname,
        tags["Role"],
        addresses.map((a) => a.address),
      ]),
      [["app", "app.example.com", "db", ["10.0.0.4", "10.0.0.5"]]],
    );
  });

  it("are RDS's interface by itself where two databases may have it, or none of this VPC does", () => {
    const elsewhere = database("far", {
      DBSubnetGroup: { VpcId: "vpc-9", Subnets: [{ SubnetIdentifier: "subnet-1" }] },
    });
    const references = (databases: DBInstance[]) =>
      of([ofRds("eni-1", "10.0.0.4", "subnet-1")], [], databases).map(({ reference }) => reference);

    assert.deepEqual(references([database("one"), database("two")]), ["eni-1"]);
    assert.deepEqual(references([elsewhere]), ["eni-1"]);
  });

  it("are any other interface by its own name, which says what it is of", () => {
    const [nat, named] = of([
      eni("eni-1", "10.0.0.4", { Description: "Interface for NAT Gateway nat-1" }),
      eni("eni-2", "10.0.0.5", { TagSet: [{ Key: "Name", Value: "the proxy" }] }),
    ]);

    assert.deepEqual(
      [nat?.name, nat?.description, named?.name],
      ["eni-1", "Network interface eni-1 (Interface for NAT Gateway nat-1)", "the proxy"],
    );
  });

  it("are nothing without an address, and have a name that a PCE takes", () => {
    const [only, ...others] = of([
      { NetworkInterfaceId: "eni-1" },
      eni("eni-2", "10.0.0.4", { TagSet: [{ Key: "Name", Value: "x".repeat(256) }] }),
    ]);

    assert.deepEqual([only?.reference, only?.name.length, others], ["eni-2", 255, []]);
  });
});
