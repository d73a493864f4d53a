import assert from "node:assert/strict";
import { DescribeVpcEndpointServicePermissionsCommand } from "@aws-sdk/client-ec2";
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Properties } from "../../../sandbox/aws/provider/wire";
import { makeGroup, makeNet, type Net } from "./networking";
import { type Made, type StandIn, standIn, text } from "./stand-in";

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const GROUP = "aws:lb/targetGroup:TargetGroup";
const LISTENER = "aws:lb/listener:Listener";
const SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService";

const attributeValue = (
  attributes: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
  key: string,
) => attributes?.find((each) => each.Key === key)?.Value;

describe("the front door's types in the AWS stand-in", () => {
  let on: StandIn;
  let net: Net;
  let securityGroup: string;
  let balancer: Properties;
  let targets: Properties;
  const standing: Made[] = [];
  before(async () => {
    on = await standIn();
    net = await makeNet(on, ["a", "b", "c"]);
    securityGroup = await makeGroup(on, net.vpcId, "front-door");
    balancer = {
      loadBalancerType: "network",
      internal: true,
      subnets: net.subnetIds.slice(0, 2),
      securityGroups: [securityGroup],
    };
    targets = { targetType: "ip", protocol: "TCP", port: 5432, vpcId: net.vpcId };
  });
  afterEach(async () => {
    for (const each of standing.splice(0).reverse()) await each.delete();
  });

  const make = async (type: string, name: string, inputs: Properties): Promise<Made> => {
    const made = await on.make(type, name, inputs);
    standing.push(made);
    return made;
  };
  const listenerOf = (loadBalancerArn: string, targetGroupArn: string, port = 5432): Properties => ({
    loadBalancerArn,
    protocol: "TCP",
    port,
    defaultActions: [{ type: "forward", targetGroupArn }],
  });
  const attribute = async (LoadBalancerArn: string, key: string) => {
    const request = new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn });
    return attributeValue((await on.aws.elb.send(request)).Attributes, key);
  };

  it("give a network load balancer its name, the end of its ARN and its DNS name as outputs", async () => {
    const made = await make(BALANCER, "door", { ...balancer, tags: { purpose: "test" } });

    assert.match(text(made, "name"), /^door-[0-9a-f]{7}$/);
    assert.equal(text(made, "arnSuffix"), `net/${text(made, "name")}/${made.id.split("/").at(-1)}`);
    assert.ok(text(made, "dnsName").endsWith(`.elb.${on.region}.amazonaws.com`));
    assert.deepEqual([made.outs["vpcId"], made.outs["zoneId"] !== undefined], [net.vpcId, true]);
    const { TagDescriptions: tags } = await on.aws.elb.send(new DescribeTagsCommand({ ResourceArns: [made.id] }));
    assert.deepEqual(tags?.[0]?.Tags, [{ Key: "purpose", Value: "test" }]);
  });

  it("set a load balancer's protection, cross-zone balancing and PrivateLink rules, and change them in place", async () => {
    const switches = { enableDeletionProtection: true, enableCrossZoneLoadBalancing: true };
    const enforce = "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic";
    const inputs = { ...balancer, ...switches, [enforce]: "on" };
    const made = await on.make(BALANCER, "door", inputs);
    assert.equal(await attribute(made.id, "load_balancing.cross_zone.enabled"), "true");
    await assert.rejects(made.delete(), /OperationNotPermitted.*deletion protection is enabled/);

    const wanted = { ...balancer, subnets: net.subnetIds, [enforce]: "off" };
    const changed = await on.change(made, BALANCER, "door", inputs, wanted);

    const request = new DescribeLoadBalancersCommand({ LoadBalancerArns: [made.id] });
    const [found] = (await on.aws.elb.send(request)).LoadBalancers ?? [];
    assert.equal(found?.AvailabilityZones?.length, 3);
    assert.equal(found?.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic, "off");
    assert.equal(changed.outs[enforce], "off");
    assert.equal(await attribute(made.id, "load_balancing.cross_zone.enabled"), "false");
    await changed.delete();
  });

  it("keep a security group and a subnet while a load balancer is in them", async () => {
    const own = await makeNet(on, []);
    const place = { vpcId: own.vpcId, cidrBlock: "10.9.9.0/24", availabilityZone: `${on.region}a` };
    const subnet = await on.make("aws:ec2/subnet:Subnet", "door", place);
    const group = await on.make("aws:ec2/securityGroup:SecurityGroup", "door", { vpcId: own.vpcId });
    const made = await on.make(BALANCER, "door", { ...balancer, subnets: [subnet.id], securityGroups: [group.id] });

    await assert.rejects(group.delete(), /DependencyViolation/);
    await assert.rejects(subnet.delete(), /DependencyViolation/);

    for (const each of [made, group, subnet]) await each.delete();
  });

  it("give a target group its attributes and health check, with the AWS provider's defaults", async () => {
    const inputs = {
      ...targets,
      deregistrationDelay: 0,
      connectionTermination: true,
      preserveClientIp: "true",
      healthCheck: { protocol: "TCP", interval: 5, timeout: 2, healthyThreshold: 2, unhealthyThreshold: 2 },
    };
    const made = await make(GROUP, "db", inputs);

    assert.match(text(made, "arnSuffix"), /^targetgroup\/db-[0-9a-f]{7}\//);
    const { Attributes: found } = await on.aws.elb.send(
      new DescribeTargetGroupAttributesCommand({ TargetGroupArn: made.id }),
    );
    const keys = ["timeout_seconds", "connection_termination.enabled"].map((each) => `deregistration_delay.${each}`);
    assert.deepEqual(
      [...keys, "preserve_client_ip.enabled"].map((key) => attributeValue(found, key)),
      ["0", "true", "true"],
    );
    const describe = async () => {
      const request = new DescribeTargetGroupsCommand({ TargetGroupArns: [made.id] });
      const [group] = (await on.aws.elb.send(request)).TargetGroups ?? [];
      return [group?.HealthCheckProtocol, group?.HealthCheckIntervalSeconds, group?.HealthyThresholdCount];
    };
    assert.deepEqual(await describe(), ["TCP", 5, 2]);
    await on.change(made, GROUP, "db", inputs, { ...inputs, healthCheck: { interval: 10 } });
    assert.deepEqual(await describe(), ["HTTP", 10, 3]);
  });

  it("let a listener forward, move to another port in place, and hold its target group until it goes", async () => {
    const door = await make(BALANCER, "door", balancer);
    const group = await make(GROUP, "db", targets);
    const inputs = listenerOf(door.id, group.id);
    const made = await on.make(LISTENER, "door", inputs);

    await assert.rejects(group.delete(), /ResourceInUse/);
    const moved = await on.change(made, LISTENER, "door", inputs, listenerOf(door.id, group.id, 6432));

    const { Listeners: found } = await on.aws.elb.send(new DescribeListenersCommand({ LoadBalancerArn: door.id }));
    assert.deepEqual([found?.[0]?.Port, found?.[0]?.DefaultActions?.[0]?.TargetGroupArn], [6432, group.id]);
    await moved.delete();
  });

  it("offer a load balancer through PrivateLink to named principals, and change who may come", async () => {
    const door = await make(BALANCER, "door", balancer);
    const [one, two] = ["111122223333", "444455556666"].map((each) => `arn:aws:iam::${each}:root`);
    const inputs = { acceptanceRequired: true, networkLoadBalancerArns: [door.id], allowedPrincipals: [one] };
    const made = await make(SERVICE, "door", inputs);
    assert.match(text(made, "serviceName"), new RegExp(`^com\\.amazonaws\\.vpce\\.${on.region}\\.vpce-svc-`));
    await assert.rejects(door.delete(), /ResourceInUse.*associated with another service/);

    await on.change(made, SERVICE, "door", inputs, { ...inputs, allowedPrincipals: [two] });

    const request = new DescribeVpcEndpointServicePermissionsCommand({ ServiceId: made.id });
    const { AllowedPrincipals: allowed = [] } = await on.aws.ec2.send(request);
    assert.deepEqual(
      allowed.map((each) => each.Principal),
      [two],
    );
  });

  it("allow a principal apart from the service, too", async () => {
    const door = await make(BALANCER, "door", balancer);
    const service = await make(SERVICE, "door", { acceptanceRequired: true, networkLoadBalancerArns: [door.id] });
    const token = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple";
    const principalArn = "arn:aws:iam::111122223333:role/reader";
    const made = await on.make(token, "reader", { vpcEndpointServiceId: service.id, principalArn });
    const request = new DescribeVpcEndpointServicePermissionsCommand({ ServiceId: service.id });
    assert.equal((await on.aws.ec2.send(request)).AllowedPrincipals?.[0]?.Principal, principalArn);

    await made.delete();

    assert.deepEqual((await on.aws.ec2.send(request)).AllowedPrincipals ?? [], []);
  });

  const refused: readonly (readonly [string, string, () => Properties, RegExp])[] = [
    [
      "a load balancer with a name over 32 characters",
      BALANCER,
      () => ({ ...balancer, name: "n".repeat(33) }),
      /is not valid: up to 32/,
    ],
    [
      "a load balancer with a long name prefix",
      BALANCER,
      () => ({ ...balancer, namePrefix: "sevenup" }),
      /6 are allowed/,
    ],
    [
      "a load balancer in an unknown subnet",
      BALANCER,
      () => ({ ...balancer, subnets: ["subnet-0"] }),
      /SubnetNotFound.*'subnet-0' is not found/,
    ],
    [
      "a public load balancer without an internet gateway",
      BALANCER,
      () => ({ ...balancer, internal: false }),
      /has no internet gateway/,
    ],
    [
      "an application load balancer",
      BALANCER,
      () => ({ ...balancer, loadBalancerType: "application" }),
      /plays load balancers of type "network"/,
    ],
    ["a target group in an unknown VPC", GROUP, () => ({ ...targets, vpcId: "vpc-0" }), /VPC ID 'vpc-0' is not found/],
    ["a target group on port 65536", GROUP, () => ({ ...targets, port: 65_536 }), /must be between 1 and 65535/],
    [
      "a target group of instances",
      GROUP,
      () => ({ ...targets, targetType: "instance" }),
      /target groups of type "ip"/,
    ],
    [
      "an endpoint service of no load balancer",
      SERVICE,
      () => ({ acceptanceRequired: true }),
      /at least one of networkLoadBalancerArns/,
    ],
    [
      "an endpoint service of a load balancer that is not there",
      SERVICE,
      () => ({
        acceptanceRequired: true,
        networkLoadBalancerArns: ["arn:aws:elasticloadbalancing:x:1:loadbalancer/net/a/1"],
      }),
      /InvalidLoadBalancerArn/,
    ],
  ];
  for (const [what, type, inputs, message] of refused) {
    it(`refuse ${what}`, async () => {
      await assert.rejects(on.make(type, "bad", inputs()), message);
    });
  }

  it("refuse a principal that is no ARN, a listener for a group of another VPC, and one that does not forward", async () => {
    const door = await make(BALANCER, "door", balancer);
    const other = await makeNet(on, []);
    const group = await make(GROUP, "elsewhere", { ...targets, vpcId: other.vpcId });
    const service = { acceptanceRequired: true, networkLoadBalancerArns: [door.id], allowedPrincipals: ["everybody"] };
    const redirect = { ...listenerOf(door.id, group.id), defaultActions: [{ type: "redirect" }] };

    await assert.rejects(on.make(SERVICE, "bad", service), /InvalidPrincipal: "everybody"/);
    await assert.rejects(on.make(LISTENER, "bad", listenerOf(door.id, group.id)), /not in the load balancer's vpc-/);
    await assert.rejects(on.make(LISTENER, "bad", redirect), /only forwards, got "redirect"/);
    await assert.rejects(on.make(LISTENER, "bad", { ...redirect, protocol: "TLS" }), /listeners of TCP, got "TLS"/);
  });
});
