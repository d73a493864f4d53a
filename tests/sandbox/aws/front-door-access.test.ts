import assert from "node:assert/strict";
import { DescribeNetworkInterfacesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { EmulatedAws } from "../../support/emulated-aws";
import { Landscape } from "../../support/network-load-balancer";

const Targets = [{ Id: "10.20.0.100", Port: 5432 }];

describe("access control of the calls that a front door is kept with", function () {
  this.timeout(60_000);
  let aws: EmulatedAws;
  let land: Landscape;
  let own: string;
  let foreign: string;
  const roles = new Map<string, string>();
  before(async () => {
    aws = await EmulatedAws.start();
    land = await Landscape.make(aws.client);
    [own, foreign] = [await land.targetGroup(), await land.targetGroup()];
    const write = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"];
    const look = ["elasticloadbalancing:DescribeTargetHealth", "ec2:DescribeNetworkInterfaces"];
    roles.set(
      "exact",
      await aws.role("exact", [
        { Action: write, Resource: own },
        { Action: look, Resource: "*" },
      ]),
    );
    roles.set("narrow", await aws.role("narrow", [{ Action: look, Resource: own }]));
    await aws.turnOnAccessControl([...roles.values()]);
  });
  after(async () => {
    land.close();
    await aws.stop();
  });

  const as = async <T>(name: string, call: (elb: ElasticLoadBalancingV2Client, ec2: EC2Client) => Promise<T>) => {
    const caller = aws.as(roles.get(name) ?? "");
    const [elb, ec2] = [new ElasticLoadBalancingV2Client(caller), new EC2Client(caller)];
    try {
      return await call(elb, ec2);
    } finally {
      elb.destroy();
      ec2.destroy();
    }
  };

  it("lets a role register and deregister in the target group that its policy names, and in no other", async () => {
    await as("exact", async (elb) => {
      await elb.send(new RegisterTargetsCommand({ TargetGroupArn: own, Targets }));
      await elb.send(new DeregisterTargetsCommand({ TargetGroupArn: own, Targets }));
    });

    const denied = /not authorized to perform: elasticloadbalancing:RegisterTargets/;
    const register = new RegisterTargetsCommand({ TargetGroupArn: foreign, Targets });
    await assert.rejects(
      as("exact", (elb) => elb.send(register)),
      denied,
    );
    const deregister = new DeregisterTargetsCommand({ TargetGroupArn: foreign, Targets });
    await assert.rejects(
      as("exact", (elb) => elb.send(deregister)),
      /DeregisterTargets/,
    );
    assert.deepEqual(await land.health(foreign), []);
  });

  it("lets a role look at targets and interfaces only with a policy for every resource, as AWS does", async () => {
    const targets = new DescribeTargetHealthCommand({ TargetGroupArn: own });
    const interfaces = new DescribeNetworkInterfacesCommand({});

    await as("exact", async (elb, ec2) => {
      await elb.send(targets);
      await ec2.send(interfaces);
    });

    await assert.rejects(
      as("narrow", (elb) => elb.send(targets)),
      /elasticloadbalancing:DescribeTargetHealth/,
    );
    await assert.rejects(
      as("narrow", (_elb, ec2) => ec2.send(interfaces)),
      /ec2:DescribeNetworkInterfaces/,
    );
  });
});
