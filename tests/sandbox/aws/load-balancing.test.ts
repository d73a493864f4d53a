import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteNetworkInterfaceCommand, RevokeSecurityGroupIngressCommand } from "@aws-sdk/client-ec2";
import {
  DeleteListenerCommand,
  DeregisterTargetsCommand,
  RegisterTargetsCommand,
  type TargetDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { readTargetChanges } from "../../../sandbox/aws/target-changes";
import { EmulatedAws } from "../../support/emulated-aws";
import { Landscape } from "../../support/network-load-balancer";

const CHECKING = "initial Elb.InitialHealthChecking";
const DRAINING = "draining Target.DeregistrationInProgress";
const UNUSED = "unused Target.NotInUse";

describe("the targets of the emulator's load balancers", function () {
  this.timeout(60_000);
  let aws: EmulatedAws;
  let land: Landscape;
  before(async () => {
    aws = await EmulatedAws.start();
    land = await Landscape.make(aws.client);
  });
  after(async () => {
    land.close();
    await aws.stop();
  });

  const register = (TargetGroupArn: string, ...Targets: TargetDescription[]) =>
    land.elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
  const deregister = (TargetGroupArn: string, ...Targets: TargetDescription[]) =>
    land.elb.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }));
  const changesOf = async (group: string) =>
    (await readTargetChanges(aws.moto.url)).filter((each) => each.targetGroupArn === group);
  const becomes = async (group: string, wanted: readonly string[]): Promise<void> => {
    const deadline = Date.now() + 6000;
    let found = await land.health(group);
    while (found.join() !== wanted.join() && Date.now() < deadline) {
      await sleep(100);
      found = await land.health(group);
    }
    assert.deepEqual(found, wanted);
  };

  it("are checked first, then healthy when an interface has the address, else unhealthy", async () => {
    const group = await land.servedGroup();
    const { ip } = await land.databaseInterface("a");

    await register(group, { Id: ip, Port: 5432 }, { Id: "10.20.1.250", Port: 5432 });

    assert.deepEqual(await land.health(group), [`${ip}:5432 ${CHECKING}`, `10.20.1.250:5432 ${CHECKING}`]);
    await becomes(group, [`${ip}:5432 healthy`, "10.20.1.250:5432 unhealthy Target.FailedHealthChecks"]);
    const [registered, , healthy] = await changesOf(group);
    assert.deepEqual([registered?.change, healthy?.change, healthy?.ip], ["register", "healthy", ip]);
    const seconds = ((healthy?.at ?? 0) - (registered?.at ?? 0)) / 1000;
    assert.ok(seconds >= 2 && seconds < 2.5, `healthy after ${seconds} seconds`);
  });

  it("become unhealthy when their interface is gone, or the security group lets nothing in", async () => {
    const other = await Landscape.make(aws.client, "10.21");
    const group = await other.servedGroup();
    const [gone, shut] = [await other.databaseInterface("a"), await other.databaseInterface("b")];
    await register(group, { Id: gone.ip, Port: 5432 }, { Id: shut.ip, Port: 5433 });
    await becomes(group, [`${gone.ip}:5432 healthy`, `${shut.ip}:5433 healthy`]);

    await other.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: gone.id }));
    const IpPermissions = [
      { IpProtocol: "tcp", FromPort: 5432, ToPort: 5433, UserIdGroupPairs: [{ GroupId: other.balancerGroup }] },
    ];
    await other.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: other.databaseGroup, IpPermissions }));

    const failed = "unhealthy Target.FailedHealthChecks";
    await becomes(group, [`${gone.ip}:5432 ${failed}`, `${shut.ip}:5433 ${failed}`]);
    other.close();
  });

  it("are one target a port", async () => {
    const group = await land.targetGroup();
    await register(group, { Id: "10.20.0.100", Port: 5432 }, { Id: "10.20.0.100", Port: 5433 });

    await deregister(group, { Id: "10.20.0.100", Port: 5433 });

    assert.deepEqual(await land.health(group), [`10.20.0.100:5432 ${UNUSED}`]);
  });

  it("get the group's port when they are registered without one", async () => {
    const group = await land.targetGroup();

    await register(group, { Id: "10.20.0.100" });

    assert.deepEqual(await land.health(group), [`10.20.0.100:5432 ${UNUSED}`]);
    await deregister(group, { Id: "10.20.0.100" });
    assert.deepEqual(await land.health(group), []);
  });

  it("stay when one that was registered with a port is deregistered without, which succeeds all the same", async () => {
    const group = await land.targetGroup();
    await register(group, { Id: "10.20.0.100", Port: 5432 });

    await deregister(group, { Id: "10.20.0.100" });

    assert.deepEqual(await land.health(group), [`10.20.0.100:5432 ${UNUSED}`]);
  });

  it("need not be there to be deregistered", async () => {
    const group = await land.targetGroup();

    await deregister(group, { Id: "10.20.0.100", Port: 5432 });

    assert.deepEqual(await changesOf(group), []);
  });

  it("are told as not registered when they are asked for and not there", async () => {
    const group = await land.targetGroup();

    const found = await land.health(group, [{ Id: "10.20.0.100", Port: 5432 }]);

    assert.deepEqual(found, ["10.20.0.100:5432 unused Target.NotRegistered"]);
  });

  it("are registered again without a change", async () => {
    const group = await land.targetGroup();
    await register(group, { Id: "10.20.0.100", Port: 5432 });

    await register(group, { Id: "10.20.0.100", Port: 5432 });

    assert.deepEqual(
      (await changesOf(group)).map((each) => each.change),
      ["register"],
    );
  });

  it("drain for the deregistration delay, are listed as long, and then go", async () => {
    const group = await land.servedGroup(1);
    await register(group, { Id: "10.20.0.100", Port: 5432 });

    await deregister(group, { Id: "10.20.0.100", Port: 5432 });

    assert.deepEqual(await land.health(group), [`10.20.0.100:5432 ${DRAINING}`]);
    await becomes(group, []);
    const [, out, gone] = await changesOf(group);
    assert.deepEqual([out?.change, gone?.change, (gone?.at ?? 0) - (out?.at ?? 0)], ["deregister", "gone", 1000]);
  });

  it("are checked anew when they are registered again while they drain", async () => {
    const group = await land.servedGroup(30);
    await register(group, { Id: "10.20.0.100", Port: 5432 });
    await deregister(group, { Id: "10.20.0.100", Port: 5432 });

    await register(group, { Id: "10.20.0.100", Port: 5432 });

    assert.deepEqual(await land.health(group), [`10.20.0.100:5432 ${CHECKING}`]);
  });

  it("are unused in a zone without a subnet of the load balancer, and while no listener forwards to the group", async () => {
    const group = await land.targetGroup();
    const listener = await land.listener(await land.loadBalancer(), group);
    await register(group, { Id: "10.20.0.100", Port: 5432 }, { Id: "10.20.2.100", Port: 5432 });
    assert.deepEqual(await land.health(group), [`10.20.0.100:5432 ${CHECKING}`, `10.20.2.100:5432 ${UNUSED}`]);

    await land.elb.send(new DeleteListenerCommand({ ListenerArn: listener }));

    assert.deepEqual(await land.health(group), [`10.20.0.100:5432 ${UNUSED}`, `10.20.2.100:5432 ${UNUSED}`]);
  });

  const refusals: readonly (readonly [string, TargetDescription, RegExp])[] = [
    ["outside the VPC without a zone", { Id: "10.99.0.1" }, /Availability Zone is required for IP address '10.99.0.1'/],
    ["of the public internet", { Id: "8.8.8.8", AvailabilityZone: "all" }, /'8.8.8.8' is publicly routable/],
    ["of another family", { Id: "fd00::1" }, /'fd00::1' is not a valid ipv4 address/],
    ["that is none", { Id: "db.example.com" }, /'db.example.com' is not a valid IP address/],
    ["with a port that is none", { Id: "10.20.0.100", Port: 65_536 }, /Port '65536'/],
  ];
  for (const [what, target, says] of refusals) {
    it(`are refused for an address ${what}, and none of the same call is registered`, async () => {
      const group = await land.targetGroup();

      await assert.rejects(register(group, { Id: "10.20.0.101" }, target), says);

      assert.deepEqual(await land.health(group), []);
    });
  }

  it("may be outside the VPC when their zone is said to be all", async () => {
    const group = await land.targetGroup();

    await register(group, { Id: "10.99.0.1", AvailabilityZone: "all" });

    assert.deepEqual(await land.health(group), [`10.99.0.1:5432 ${UNUSED}`]);
  });

  it("are refused by a group that is not there", async () => {
    await assert.rejects(register("arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/no/0", { Id: "10.20.0.1" }), {
      name: "TargetGroupNotFoundException",
    });
  });
});
