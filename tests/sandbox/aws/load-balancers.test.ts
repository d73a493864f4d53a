import assert from "node:assert/strict";
import {
  CreateSecurityGroupCommand,
  CreateVpcEndpointServiceConfigurationCommand,
  DescribeNetworkInterfacesCommand,
} from "@aws-sdk/client-ec2";
import {
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyTargetGroupAttributesCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { EmulatedAws } from "../../support/emulated-aws";
import { Landscape } from "../../support/network-load-balancer";

describe("the emulator's network load balancers", function () {
  this.timeout(60_000);
  let aws: EmulatedAws;
  let land: Landscape;
  let other: Landscape;
  before(async () => {
    aws = await EmulatedAws.start();
    land = await Landscape.make(aws.client);
    other = await Landscape.make(aws.client, "10.30");
  });
  after(async () => {
    land.close();
    other.close();
    await aws.stop();
  });

  const remove = (LoadBalancerArn: string) => land.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  const describeOne = async (arn: string) => {
    const { LoadBalancers: found } = await land.elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }));
    return found?.[0];
  };
  const protect = (LoadBalancerArn: string, Value: "true" | "false") =>
    land.elb.send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn,
        Attributes: [{ Key: "deletion_protection.enabled", Value }],
      }),
    );
  const nodes = async (arn: string) => {
    const Filters = [{ Name: "description", Values: [`ELB ${arn.split(":loadbalancer/")[1]}`] }];
    const { NetworkInterfaces: found = [] } = await land.ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
    return found.map((each) => each.SubnetId).sort();
  };

  it("are not deleted while deletion protection is on", async () => {
    const arn = await land.loadBalancer();
    await protect(arn, "true");

    await assert.rejects(remove(arn), { name: "OperationNotPermittedException" });

    await protect(arn, "false");
    await remove(arn);
    await remove(arn);
  });

  it("are not deleted while an endpoint service stands before them", async () => {
    const arn = await land.loadBalancer();
    await land.ec2.send(new CreateVpcEndpointServiceConfigurationCommand({ NetworkLoadBalancerArns: [arn] }));

    await assert.rejects(remove(arn), { name: "ResourceInUseException" });
  });

  it("have an interface in each subnet, of the balancer's security group, until they are deleted", async () => {
    const arn = await land.loadBalancer();
    assert.deepEqual(await nodes(arn), [land.subnet("a"), land.subnet("b")].sort());

    const Subnets = [land.subnet("a"), land.subnet("b"), land.subnet("c")];
    await land.elb.send(new SetSubnetsCommand({ LoadBalancerArn: arn, Subnets }));
    assert.deepEqual(await nodes(arn), [...Subnets].sort());

    await remove(arn);
    assert.deepEqual(await nodes(arn), []);
  });

  it("enforce their security group's rules on PrivateLink traffic until told otherwise", async () => {
    const arn = await land.loadBalancer();
    const enforced = async () => (await describeOne(arn))?.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic;
    assert.equal(await enforced(), "on");

    await land.elb.send(
      new SetSecurityGroupsCommand({
        LoadBalancerArn: arn,
        SecurityGroups: [land.balancerGroup],
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "off",
      }),
    );

    assert.equal(await enforced(), "off");
  });

  it("have security groups from their creation on or never", async () => {
    const set = (LoadBalancerArn: string, SecurityGroups: string[]) =>
      land.elb.send(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups }));
    const says = /has security groups from its creation on, or never/;

    await assert.rejects(set(await land.loadBalancer({ SecurityGroups: [] }), [land.balancerGroup]), says);
    await assert.rejects(set(await land.loadBalancer(), []), says);
  });

  it("may stand in one zone, and face the internet only where there is an internet gateway", async () => {
    await other.loadBalancer({ Subnets: [other.subnet("a")] });
    await assert.rejects(other.loadBalancer({ Scheme: "internet-facing" }), /has no internet gateway/);

    await other.internetGateway();

    const arn = await other.loadBalancer({ Scheme: "internet-facing" });
    assert.equal((await describeOne(arn))?.Scheme, "internet-facing");
  });

  const wrong: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    ["a name over 32 characters", () => land.loadBalancer({ Name: "n".repeat(33) }), /name 'n{33}' is not valid/],
    ["a name that begins with internal-", () => land.loadBalancer({ Name: "internal-lb" }), /is not valid/],
    ["no subnet", () => land.loadBalancer({ Subnets: [] }), /subnet/],
    ["a subnet that is not there", () => land.loadBalancer({ Subnets: ["subnet-0"] }), /'subnet-0' is not found/],
    [
      "two subnets of one zone",
      () => land.loadBalancer({ Subnets: [land.subnet("a"), land.subnet("a")] }),
      /multiple subnets in the same Availability Zone/,
    ],
    [
      "subnets of two VPCs",
      () => land.loadBalancer({ Subnets: [land.subnet("a"), other.subnet("b")] }),
      /must belong to the same VPC/,
    ],
    [
      "a security group of another VPC",
      () => land.loadBalancer({ SecurityGroups: [other.balancerGroup] }),
      /security groups are invalid/,
    ],
  ];
  for (const [what, make, says] of wrong) {
    it(`are refused with ${what}`, async () => {
      await assert.rejects(make(), says);
    });
  }

  it("are refused with the name of another, and with a setting of application load balancers", async () => {
    const arn = await land.loadBalancer({ Name: "taken" });
    const Attributes = [{ Key: "idle_timeout.timeout_seconds", Value: "60" }];

    await assert.rejects(land.loadBalancer({ Name: "taken" }), { name: "DuplicateLoadBalancerNameException" });
    await assert.rejects(
      land.elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: arn, Attributes })),
      /'idle_timeout.timeout_seconds' is not supported/,
    );
  });

  describe("listen", () => {
    it("once a port", async () => {
      const balancer = await land.loadBalancer();
      await land.listener(balancer, await land.targetGroup());

      await assert.rejects(land.listener(balancer, await land.targetGroup()), { name: "DuplicateListenerException" });
    });

    it("for target groups of their VPC only, of a protocol that goes with theirs, and of no other load balancer", async () => {
      const [balancer, group] = [await land.loadBalancer(), await land.targetGroup()];
      const names = { Name: land.name("udp"), Protocol: "UDP" as const };
      await land.listener(await land.loadBalancer(), group);

      await assert.rejects(land.listener(balancer, await other.targetGroup()), /is in vpc-/);
      await assert.rejects(land.listener(balancer, await land.targetGroup(0, names)), {
        name: "IncompatibleProtocolsException",
      });
      await assert.rejects(land.listener(balancer, group), { name: "TargetGroupAssociationLimitException" });
    });

    it("and their target group is not deleted as long, but is once they are", async () => {
      const [balancer, TargetGroupArn] = [await land.loadBalancer(), await land.targetGroup()];
      await land.listener(balancer, TargetGroupArn);
      const removeGroup = () => land.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn }));

      await assert.rejects(removeGroup(), { name: "ResourceInUseException" });

      await remove(balancer);
      await removeGroup();
    });
  });

  describe("have target groups", () => {
    it("that keep clients' addresses and end connections only when told so", async () => {
      const TargetGroupArn = await land.targetGroup();
      const keys = ["preserve_client_ip.enabled", "deregistration_delay.connection_termination.enabled"];
      const values = async () => {
        const { Attributes: found = [] } = await land.elb.send(
          new DescribeTargetGroupAttributesCommand({ TargetGroupArn }),
        );
        return keys.map((key) => found.find((each) => each.Key === key)?.Value);
      };
      assert.deepEqual(await values(), ["false", "false"]);

      const Attributes = keys.map((Key) => ({ Key, Value: "true" }));
      await land.elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));

      assert.deepEqual(await values(), ["true", "true"]);
    });

    it("that refuse what they do not know, a delay over an hour, and health checks nobody makes", async () => {
      const modify = async (Key: string, Value: string) =>
        land.elb.send(
          new ModifyTargetGroupAttributesCommand({
            TargetGroupArn: await land.targetGroup(),
            Attributes: [{ Key, Value }],
          }),
        );

      await assert.rejects(modify("slow_start.duration_seconds", "30"), /'slow_start.duration_seconds' is not recog/);
      await assert.rejects(modify("deregistration_delay.timeout_seconds", "3601"), /must be between 0 and 3600/);
      await modify("deregistration_delay.timeout_seconds", "3600");
      await assert.rejects(land.targetGroup(0, { HealthCheckIntervalSeconds: 4 }), /must be between 5 and 300/);
      await assert.rejects(land.targetGroup(0, { HealthyThresholdCount: 1 }), /must be between 2 and 10/);
      await assert.rejects(land.targetGroup(0, { Port: 65_536 }), /must be between 1 and 65535/);
    });
  });

  it("give no two interfaces of a subnet the same address", async () => {
    const small = await Landscape.make(aws.client, "10.31");
    const found = await Promise.all(Array.from({ length: 120 }, () => small.databaseInterface("a")));

    assert.equal(new Set(found.map(({ ip }) => ip)).size, found.length);
    small.close();
  });

  it("are refused a security group that is gone", async () => {
    const { GroupId: group = "" } = await land.ec2.send(
      new CreateSecurityGroupCommand({ GroupName: "short", Description: "short", VpcId: land.vpcId }),
    );
    await assert.rejects(land.loadBalancer({ SecurityGroups: [`${group}0`] }), /security groups are invalid/);
  });
});
