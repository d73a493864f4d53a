import assert from "node:assert/strict";
import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  type NetworkInterface,
} from "@aws-sdk/client-ec2";
import { type DnsServer, resolver, startDns } from "../../../sandbox/aws/dns";
import type { BusEvent } from "../../../sandbox/aws/event-bus";
import { type FailoverOptions, failOver } from "../../../sandbox/aws/failover";
import { makeInterface, RDS_INTERFACE_DESCRIPTION } from "../../../sandbox/aws/provider/rds/interfaces";
import { type DatabaseRecord, readDatabase, writeDatabase } from "../../../sandbox/aws/registry";
import { EmulatedAws, REGION } from "../../support/emulated-aws";

const DNS_DELAY_MS = 150;
const LATE_MS = 100;
const ARN = `arn:aws:rds:${REGION}:123456789012:db:app`;

interface Told {
  readonly event: BusEvent;
  readonly at: number;
  /** What the name resolved to then. */
  readonly name: readonly string[];
}

describe("a failover", function () {
  this.timeout(30_000);
  let aws: EmulatedAws;
  let ec2: EC2Client;
  let dns: DnsServer;
  let run: string;
  let groupId: string;
  let subnetIds: readonly string[];
  let standing: DatabaseRecord;

  before(async () => {
    aws = await EmulatedAws.start();
    ec2 = new EC2Client(aws.client);
    const { Vpc: vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const subnets = ["10.0.1.0/28", "10.0.2.0/28"].map(async (CidrBlock, index) => {
      const AvailabilityZone = `${REGION}${"ab"[index]}`;
      return ec2.send(new CreateSubnetCommand({ VpcId: vpc?.VpcId, CidrBlock, AvailabilityZone }));
    });
    subnetIds = (await Promise.all(subnets)).map(({ Subnet: subnet }) => subnet?.SubnetId ?? "");
    const group = { VpcId: vpc?.VpcId, GroupName: "database", Description: "database" };
    groupId = (await ec2.send(new CreateSecurityGroupCommand(group))).GroupId ?? "";
    await aws.turnOnAccessControl([]);
  });
  beforeEach(async () => {
    run = await aws.runFolder();
    dns = await startDns();
    const [primary, standby] = await Promise.all(
      subnetIds.map((subnetId) => makeInterface({ aws: { ec2 } }, subnetId, [groupId])),
    );
    assert.ok(primary && standby);
    const address = "app.aaaaaaaaaa.eu-west-1.rds.amazonaws.com";
    standing = { identifier: "app", address, port: 5432, primary, standby };
    await writeDatabase(run, standing);
    dns.set(address, { a: [primary.ip] });
  });
  afterEach(() => dns.close());
  after(async () => {
    ec2.destroy();
    await aws.stop();
  });

  const addresses = (): Promise<string[]> => resolver(dns.port).resolve4(standing.address);
  const interfaceOf = async (ip: string): Promise<NetworkInterface | undefined> => {
    const Filters = [{ Name: "private-ip-address", Values: [ip] }];
    return (await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }))).NetworkInterfaces?.[0];
  };

  async function fail(events: FailoverOptions["events"], more: Partial<FailoverOptions> = {}) {
    const told: Told[] = [];
    const putEvent = async (event: BusEvent): Promise<void> => {
      told.push({ event, at: Date.now(), name: await addresses() });
    };
    const place = { run, endpoint: aws.moto.url, region: REGION, credentials: aws.admin, identifier: "app", dns };
    const done = await failOver({ ...place, putEvent, dnsDelayMs: DNS_DELAY_MS, events, lateMs: LATE_MS, ...more });
    return { done, told };
  }
  const ids = (told: readonly Told[]): unknown[] => told.map(({ event }) => event.detail["EventID"]);

  it("makes the standby the primary, and moves the name to it after the delay", async () => {
    const { primary, standby } = standing;

    const { done } = await fail("in time");

    assert.deepEqual([done.before, done.after], [[primary.ip], [standby?.ip]]);
    assert.deepEqual(await addresses(), [standby?.ip]);
    const delay = done.nameMovedAt.getTime() - done.failedAt.getTime();
    assert.ok(delay >= DNS_DELAY_MS - 1, `${delay} ms`);
    assert.deepEqual((await readDatabase(run, "app"))?.primary, standby);
  });

  it("builds a new standby with an address of its own in the failed primary's zone, and takes the old interface away", async () => {
    const { primary, standby: promoted } = standing;

    const { done } = await fail("never");

    const record = await readDatabase(run, "app");
    assert.equal(record?.standby?.ip, done.standby);
    assert.equal(record?.standby?.subnetId, primary.subnetId);
    assert.ok(![primary.ip, promoted?.ip].includes(done.standby));
    assert.equal(await interfaceOf(primary.ip), undefined);
    const made = await interfaceOf(done.standby);
    assert.equal(made?.Description, RDS_INTERFACE_DESCRIPTION);
    assert.deepEqual(
      made?.Groups?.map(({ GroupId }) => GroupId),
      [groupId],
    );
  });

  const REBUILDS = [
    { rebuild: "at once", stands: false },
    { rebuild: "when the name has moved", stands: true },
  ] as const;
  for (const { rebuild, stands } of REBUILDS) {
    it(`rebuilding "${rebuild}" leaves ${stands ? "an" : "no"} interface at the old address while the name points there`, async () => {
      let stood: boolean | undefined;

      await fail("in time", {
        rebuild,
        putEvent: async () => {
          stood ??= (await interfaceOf(standing.primary.ip)) !== undefined;
        },
      });

      assert.equal(stood, stands);
      assert.equal(await interfaceOf(standing.primary.ip), undefined);
    });
  }

  it("can be followed by another", async () => {
    const first = await fail("never");
    const second = await fail("never");

    assert.deepEqual(second.done.before, first.done.after);
    assert.deepEqual(second.done.after, [first.done.standby]);
    assert.deepEqual(await addresses(), [first.done.standby]);
  });

  it("tells of its start at once and of its end when the name has moved, in RDS's words", async () => {
    const { told, done } = await fail("in time");

    assert.deepEqual(ids(told), ["RDS-EVENT-0013", "RDS-EVENT-0049"]);
    assert.deepEqual(
      told.map(({ name }) => name),
      [done.before, done.after],
    );
    const [started] = told;
    assert.deepEqual(
      { ...started?.event, id: "" },
      {
        id: "",
        time: `${done.failedAt.toISOString().slice(0, 19)}Z`,
        source: "aws.rds",
        "detail-type": "RDS DB Instance Event",
        resources: [ARN],
        detail: {
          EventCategories: ["failover"],
          SourceType: "DB_INSTANCE",
          SourceArn: ARN,
          Date: done.failedAt.toISOString(),
          Message: "Multi-AZ instance failover started.",
          SourceIdentifier: "app",
          EventID: "RDS-EVENT-0013",
        },
      },
    );
  });

  it("tells late: of both after the name has moved, with the times when they happened", async () => {
    const { told, done } = await fail("late");

    assert.deepEqual(ids(told), ["RDS-EVENT-0013", "RDS-EVENT-0049"]);
    for (const { name, at } of told) {
      assert.deepEqual(name, done.after);
      assert.ok(at >= done.nameMovedAt.getTime() + LATE_MS - 5);
    }
    assert.equal(told[0]?.event.detail["Date"], done.failedAt.toISOString());
  });

  it("tells twice: the same events again", async () => {
    const { told } = await fail("twice");

    assert.deepEqual(ids(told), ["RDS-EVENT-0013", "RDS-EVENT-0013", "RDS-EVENT-0049", "RDS-EVENT-0049"]);
    assert.equal(new Set(told.map(({ event }) => event.id)).size, 2);
  });

  it("tells never", async () => {
    assert.deepEqual((await fail("never")).told, []);
  });

  it("is refused without a standby, and without a database", async () => {
    const { standby: _none, ...alone } = standing;
    await writeDatabase(run, alone);

    await assert.rejects(fail("never"), /app can not fail over: it has no standby; make it Multi-AZ/);
    await assert.rejects(fail("never", { identifier: "other" }), /other can not fail over: it is not deployed/);
    assert.deepEqual(await addresses(), [standing.primary.ip]);
  });
});
