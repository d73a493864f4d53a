import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  type CreateRouteCommandInput,
  CreateSubnetCommand,
  CreateVpcEndpointServiceConfigurationCommand,
  DeleteNetworkInterfaceCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import {
  DeleteListenerCommand,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
  SetSecurityGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { readClientPath } from "../../../sandbox/aws/client-path";
import { EmulatedAws, REGION } from "../../support/emulated-aws";
import { Landscape } from "../../support/network-load-balancer";
import { type AclEntry, setAcl, setEgress } from "../../support/network-rules";

const CLIENT = "203.0.113.7";
const STRANGER = "198.51.100.7";
const [CLIENTS, BALANCER] = ["203.0.113.0/24", "10.20.0.0/16"];
const [LISTENER_PORT, DATABASE_PORT] = [6432, 5432];

const into = (cidr: string, port: number): AclEntry => ({ egress: false, cidr, from: port, to: port });
const out = (cidr: string, port: number): AclEntry => ({ ...into(cidr, port), egress: true });
const repliesIn = (cidr: string): AclEntry => ({ egress: false, cidr, from: 1024, to: 65_535 });
const repliesOut = (cidr: string): AclEntry => ({ ...repliesIn(cidr), egress: true });

const TO_AND_FROM_BALANCER = [into(BALANCER, DATABASE_PORT), repliesOut(BALANCER)];
const TO_AND_FROM_CLIENTS = [into(CLIENTS, DATABASE_PORT), repliesOut(CLIENTS)];

/** A load balancer in zones a and b before a database in a subnet of its own in zone b. */
interface Opened {
  readonly land: Landscape;
  readonly group: string;
  readonly balancer: string;
  readonly listener: string;
  readonly target: { readonly id: string; readonly ip: string; readonly subnetId: string };
}

/** What of it is not as everywhere: internal, addresses not preserved, a target that is healthy. */
interface Opening {
  readonly from?: string;
  readonly isPublic?: boolean;
  readonly isPreserved?: boolean;
  readonly isEmpty?: boolean;
}

type Case = readonly [when: string, stop: RegExp | "gets through", change: (opened: Opened) => unknown, how?: Opening];

/** Adds a route to the VPC's table: to the internet, unless told another. */
const route = async ({ land }: Opened, other?: Partial<CreateRouteCommandInput>): Promise<void> => {
  const ofVpc = (Name: string) => ({ Filters: [{ Name, Values: [land.vpcId] }] });
  const { RouteTables: tables } = await land.ec2.send(new DescribeRouteTablesCommand(ofVpc("vpc-id")));
  const found = await land.ec2.send(new DescribeInternetGatewaysCommand(ofVpc("attachment.vpc-id")));
  const internet = {
    DestinationCidrBlock: "0.0.0.0/0",
    GatewayId: found.InternetGateways?.[0]?.InternetGatewayId,
  };
  await land.ec2.send(new CreateRouteCommand({ RouteTableId: tables?.[0]?.RouteTableId, ...(other ?? internet) }));
};
const serve = ({ land, balancer }: Opened) =>
  land.ec2.send(new CreateVpcEndpointServiceConfigurationCommand({ NetworkLoadBalancerArns: [balancer] }));

describe("the path of a client through the emulator's load balancers", function () {
  this.timeout(60_000);
  let aws: EmulatedAws;
  const lands: Landscape[] = [];
  before(async () => {
    aws = await EmulatedAws.start();
  });
  after(async () => {
    for (const land of lands) land.close();
    await aws.stop();
  });

  const open = async ({ isPublic = false, isPreserved = false, isEmpty = false }: Opening): Promise<Opened> => {
    const land = await Landscape.make(aws.client);
    lands.push(land);
    if (isPublic) await land.internetGateway();
    const group = await land.targetGroup();
    const balancer = await land.loadBalancer({ Scheme: isPublic ? "internet-facing" : "internal" });
    const listener = await land.listener(balancer, group, LISTENER_PORT);
    const Attributes = [{ Key: "preserve_client_ip.enabled", Value: `${isPreserved}` }];
    await land.elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: group, Attributes }));
    const clients = { IpProtocol: "tcp", FromPort: LISTENER_PORT, ToPort: LISTENER_PORT };
    await land.ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: land.balancerGroup,
        IpPermissions: [{ ...clients, IpRanges: [{ CidrIp: CLIENTS }] }],
      }),
    );
    const { Subnet: subnet } = await land.ec2.send(
      new CreateSubnetCommand({ VpcId: land.vpcId, CidrBlock: "10.20.9.0/24", AvailabilityZone: `${REGION}b` }),
    );
    const subnetId = subnet?.SubnetId ?? "";
    const { NetworkInterface: made } = await land.ec2.send(
      new CreateNetworkInterfaceCommand({ SubnetId: subnetId, Groups: [land.databaseGroup] }),
    );
    const target = { id: made?.NetworkInterfaceId ?? "", ip: made?.PrivateIpAddress ?? "", subnetId };
    if (!isEmpty) {
      const Targets = [{ Id: target.ip, Port: DATABASE_PORT }];
      await land.elb.send(new RegisterTargetsCommand({ TargetGroupArn: group, Targets }));
      while (!(await land.health(group)).join().endsWith(" healthy")) await sleep(100);
    }
    return { land, group, balancer, listener, target };
  };

  // Each case waits for its target to be healthy: all at once. What it then shuts is found out before health checks notice
  const follow = async (cases: readonly Case[]): Promise<void> => {
    const found = await Promise.all(
      cases.map(async ([when, stop, change, how = {}]) => {
        const opened = await open(how);
        await change(opened);
        const from = how.from ?? CLIENT;
        const path = await readClientPath(aws.moto.url, { from, targetGroupArn: opened.group });
        const told = path.getsThrough ? "gets through" : path.stop;
        return { when, told, isRight: typeof stop === "string" ? told === stop : stop.test(told) };
      }),
    );

    assert.deepEqual(
      found.filter(({ isRight }) => !isRight),
      [],
    );
  };

  it("ends where the load balancer does not let it in", async () => {
    const balancersGroup = /^the load balancer's security group does not let 198.51.100.7 in on port 6432$/;
    await follow([
      ["nothing is shut", "gets through", () => undefined],
      ["no security group lets the address in", balancersGroup, () => undefined, { from: STRANGER }],
      [
        "there is no listener",
        /^no listener forwards to the target group$/,
        ({ land, listener }) => land.elb.send(new DeleteListenerCommand({ ListenerArn: listener })),
      ],
      [
        "a public load balancer's subnets have no route",
        /^subnet-\w+ of the load balancer does not route 203.0.113.7 to an internet gateway$/,
        () => undefined,
        { isPublic: true },
      ],
      ["a public load balancer's subnets have one", "gets through", (opened) => route(opened), { isPublic: true }],
      [
        "they have one, and a narrower one to elsewhere",
        /^subnet-\w+ of the load balancer does not route 203.0.113.7 to an internet gateway$/,
        async (opened) => {
          await route(opened);
          await route(opened, { DestinationCidrBlock: CLIENTS, NetworkInterfaceId: opened.target.id });
        },
        { isPublic: true },
      ],
      [
        "the ACL of one of its subnets lets the client in and replies out",
        "gets through",
        ({ land }) =>
          setAcl(
            land,
            land.subnet("b"),
            ...[into(CLIENTS, LISTENER_PORT), repliesOut(CLIENTS)],
            ...[out(BALANCER, DATABASE_PORT), repliesIn(BALANCER)],
          ),
      ],
      [
        "the ACL of one of its subnets lets no client in",
        /^the network ACL of subnet-\w+ does not let 203.0.113.7 in on port 6432$/,
        ({ land }) =>
          setAcl(land, land.subnet("b"), repliesOut(CLIENTS), out(BALANCER, DATABASE_PORT), repliesIn(BALANCER)),
      ],
      [
        "the ACL of another lets no reply out",
        /^the network ACL of subnet-\w+ does not let replies out to 203.0.113.7$/,
        ({ land }) =>
          setAcl(
            land,
            land.subnet("a"),
            into(CLIENTS, LISTENER_PORT),
            out(BALANCER, DATABASE_PORT),
            repliesIn(BALANCER),
          ),
      ],
    ]);
  });

  it("ends where the load balancer does not get to a healthy target", async () => {
    const inAndOut = [into(CLIENTS, LISTENER_PORT), repliesOut(CLIENTS)];
    await follow([
      ["there is none", /^no target of the group is healthy$/, () => undefined, { isEmpty: true }],
      [
        "its interface is gone",
        /^nothing has the address 10.20.9.\d+ of the target any more$/,
        ({ land, target }) => land.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: target.id })),
      ],
      [
        "the load balancer's group lets nothing out",
        /^the load balancer's security group does not let it out to 10.20.9.\d+ on port 5432$/,
        ({ land }) => setEgress(land),
      ],
      [
        "the target's groups let the load balancer's in no more",
        /^the security groups of 10.20.9.\d+ let neither the load balancer's group nor 10.20.\d.\d+ in on port 5432$/,
        ({ land }) =>
          land.ec2.send(
            new RevokeSecurityGroupIngressCommand({
              GroupId: land.databaseGroup,
              IpPermissions: [
                {
                  IpProtocol: "tcp",
                  FromPort: 5432,
                  ToPort: 5433,
                  UserIdGroupPairs: [{ GroupId: land.balancerGroup }],
                },
              ],
            }),
          ),
      ],
      [
        "the load balancer's ACL lets it not out",
        /^the network ACL of subnet-\w+ does not let anything out to 10.20.9.\d+ on port 5432$/,
        ({ land }) => setAcl(land, land.subnet("a"), ...inAndOut, repliesIn(BALANCER)),
      ],
      [
        "the load balancer's ACL lets no reply in",
        /^the network ACL of subnet-\w+ does not let replies in from 10.20.9.\d+$/,
        ({ land }) => setAcl(land, land.subnet("a"), ...inAndOut, out(BALANCER, DATABASE_PORT)),
      ],
    ]);
  });

  it("asks the target's ACL about the client's address where it is preserved, and the load balancer's otherwise", async () => {
    const isPreserved = true;
    const toDatabase = (...entries: readonly AclEntry[]) => {
      return ({ land, target }: Opened) => setAcl(land, target.subnetId, ...entries);
    };
    const both = toDatabase(...TO_AND_FROM_BALANCER, ...TO_AND_FROM_CLIENTS);
    const noClients = /^the network ACL of subnet-\w+ does not let 203.0.113.7 in on port 5432$/;
    const noReplies = /^the network ACL of subnet-\w+ does not let replies out to 203.0.113.7$/;
    const noBalancer = /^the network ACL of subnet-\w+ does not let 10.20.\d.\d+ in on port 5432$/;
    await follow([
      ["hidden, and the balancer is let in", "gets through", toDatabase(...TO_AND_FROM_BALANCER)],
      ["hidden, and clients are let in", noBalancer, toDatabase(...TO_AND_FROM_CLIENTS)],
      ["preserved, and both are let in", "gets through", both, { isPreserved }],
      ["preserved, and the balancer is let in", noClients, toDatabase(...TO_AND_FROM_BALANCER), { isPreserved }],
      [
        "preserved, and replies go to the balancer only",
        noReplies,
        toDatabase(...TO_AND_FROM_BALANCER, into(CLIENTS, DATABASE_PORT)),
        { isPreserved },
      ],
    ]);
  });

  it("shows the target no client of an endpoint service, and asks the load balancer's group unless told not to", async () => {
    const asService: Case["2"] = async (opened) => {
      await serve(opened);
      await setAcl(opened.land, opened.target.subnetId, ...TO_AND_FROM_BALANCER);
    };
    const unasked: Case["2"] = async (opened) => {
      await serve(opened);
      await opened.land.elb.send(
        new SetSecurityGroupsCommand({
          LoadBalancerArn: opened.balancer,
          SecurityGroups: [opened.land.balancerGroup],
          EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "off",
        }),
      );
    };
    const stranger = { from: STRANGER, isPreserved: true };
    await follow([
      ["an endpoint's client", "gets through", asService, { isPreserved: true }],
      ["an endpoint's client that is not allowed", /security group does not let 198.51.100.7 in/, serve, stranger],
      ["the same, and the group is not asked", "gets through", unasked, stranger],
    ]);
  });

  it("is not followed from what is no address, nor to a group that is not there", async () => {
    const { group } = await open({ isEmpty: true });
    const from = (address: string, targetGroupArn: string) =>
      readClientPath(aws.moto.url, { from: address, targetGroupArn });

    await assert.rejects(
      from("203.0.113.0/24", group),
      /status 400, from must be an IP address, got '203.0.113.0\/24'/,
    );
    await assert.rejects(from(CLIENT, "arn:none"), /status 400, targetGroupArn must be .*, got 'arn:none'/);
  });
});
