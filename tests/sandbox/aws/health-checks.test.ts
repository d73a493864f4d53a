import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { RegisterTargetsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EmulatedAws } from "../../support/emulated-aws";
import { Landscape } from "../../support/network-load-balancer";
import { type AclEntry, setAcl, setEgress } from "../../support/network-rules";

const JUDGED = 2300;

const LETS_IN: AclEntry = { egress: false, cidr: "10.20.0.0/16", from: 5432, to: 5432 };
const LETS_OUT: AclEntry = { ...LETS_IN, egress: true };
const LETS_REPLIES_IN: AclEntry = { egress: false, cidr: "10.20.0.0/16", from: 1024, to: 65_535 };
const LETS_REPLIES_OUT: AclEntry = { egress: true, cidr: "10.20.0.0/16", from: 1024, to: 65_535 };

describe("the health checks of the emulator's load balancers", function () {
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

  /** The state of a database's target in zone c, behind a load balancer in a and c, after `change` was made. */
  const stateAfter = async (change: (land: Landscape) => Promise<unknown>): Promise<string> => {
    const land = await Landscape.make(aws.client);
    lands.push(land);
    const group = await land.targetGroup();
    const Subnets = [land.subnet("a"), land.subnet("c")];
    await land.listener(await land.loadBalancer({ Subnets }), group);
    const { ip } = await land.databaseInterface("c");
    await change(land);
    await land.elb.send(new RegisterTargetsCommand({ TargetGroupArn: group, Targets: [{ Id: ip, Port: 5432 }] }));
    await sleep(JUDGED);
    return (await land.health(group)).join().split(" ")[1] ?? "";
  };

  // each case waits for its verdict: all at once
  it("pass and fail with the security groups and network ACLs between load balancer and target, replies included", async () => {
    const toDatabase = (land: Landscape) => ({
      IpProtocol: "tcp",
      FromPort: 5432,
      ToPort: 5432,
      UserIdGroupPairs: [{ GroupId: land.databaseGroup }],
    });
    const cases: readonly (readonly [string, string, (land: Landscape) => Promise<unknown>])[] = [
      ["nothing is shut", "healthy", async () => undefined],
      ["the balancer's group lets it out to the database only", "healthy", (land) => setEgress(land, toDatabase(land))],
      ["the balancer's group lets nothing out", "unhealthy", (land) => setEgress(land)],
      [
        "the database's ACL lets it in and replies out",
        "healthy",
        (land) => setAcl(land, land.subnet("c"), LETS_IN, LETS_REPLIES_OUT),
      ],
      ["the database's ACL lets no reply out", "unhealthy", (land) => setAcl(land, land.subnet("c"), LETS_IN)],
      [
        "the database's ACL lets another port in",
        "unhealthy",
        (land) => setAcl(land, land.subnet("c"), { ...LETS_IN, from: 5433, to: 5433 }, LETS_REPLIES_OUT),
      ],
      [
        "the database's ACL lets one zone in",
        "unhealthy",
        (land) => setAcl(land, land.subnet("c"), { ...LETS_IN, cidr: "10.20.1.0/24" }, LETS_REPLIES_OUT),
      ],
      [
        "the balancer's ACL lets it out and replies in",
        "healthy",
        (land) => setAcl(land, land.subnet("a"), LETS_OUT, LETS_REPLIES_IN),
      ],
      ["the balancer's ACL lets no reply in", "unhealthy", (land) => setAcl(land, land.subnet("a"), LETS_OUT)],
      ["the balancer's ACL lets nothing out", "unhealthy", (land) => setAcl(land, land.subnet("a"), LETS_REPLIES_IN)],
    ];

    const states = await Promise.all(cases.map(async ([when, , change]) => [when, await stateAfter(change)]));

    assert.deepEqual(
      states,
      cases.map(([when, state]) => [when, state]),
    );
  });
});
