import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
  CreateNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  type NetworkInterface,
} from "@aws-sdk/client-ec2";
import { makeInterface, RDS_INTERFACE_DESCRIPTION } from "../../../sandbox/aws/provider/rds/interfaces";
import { EmulatedAws } from "../../support/emulated-aws";
import { Landscape } from "../../support/network-load-balancer";

describe("the interfaces of the emulator's databases", function () {
  this.timeout(60_000);
  let aws: EmulatedAws;
  let land: Landscape;
  let guest: EC2Client;
  before(async () => {
    aws = await EmulatedAws.start();
    land = await Landscape.make(aws.client);
    const role = await aws.role("guest", [{ Action: "ec2:CreateNetworkInterface", Resource: "*" }]);
    await aws.turnOnAccessControl([role]);
    guest = new EC2Client(aws.as(role));
  });
  after(async () => {
    guest.destroy();
    land.close();
    await aws.stop();
  });

  const shown = async (id: string | undefined): Promise<NetworkInterface | undefined> => {
    const request = { NetworkInterfaceIds: [id ?? ""] };
    return (await land.ec2.send(new DescribeNetworkInterfacesCommand(request))).NetworkInterfaces?.[0];
  };
  const lookAlike = async (client: EC2Client, more: { readonly ClientToken?: string }) => {
    const look = { SubnetId: land.subnet("a"), Groups: [land.databaseGroup], Description: RDS_INTERFACE_DESCRIPTION };
    const { NetworkInterface: made } = await client.send(new CreateNetworkInterfaceCommand({ ...look, ...more }));
    return shown(made?.NetworkInterfaceId);
  };

  it("are RDS's own: managed by their requester, in use, and attached to what is not this account's", async () => {
    const made = await makeInterface({ aws: { ec2: land.ec2 } }, land.subnet("a"), [land.databaseGroup]);

    const found = await shown(made.interfaceId);
    assert.deepEqual([found?.RequesterManaged, found?.RequesterId, found?.Status], [true, "amazon-rds", "in-use"]);
    const { InstanceOwnerId, InstanceId, Status } = found?.Attachment ?? {};
    assert.deepEqual([InstanceOwnerId, InstanceId, Status], ["amazon-rds", undefined, "attached"]);
    assert.deepEqual([found?.PrivateIpAddress, found?.Description], [made.ip, RDS_INTERFACE_DESCRIPTION]);
  });

  it("are not faked by the description, not even by the administrator", async () => {
    const found = await lookAlike(land.ec2, {});

    assert.deepEqual([found?.RequesterManaged, found?.Attachment], [false, undefined]);
    assert.notEqual(found?.RequesterId, "amazon-rds");
  });

  it("are not faked by a role that sends what RDS sends", async () => {
    const found = await lookAlike(guest, { ClientToken: `amazon-rds-${randomUUID()}` });

    assert.deepEqual([found?.RequesterManaged, found?.Attachment], [false, undefined]);
    assert.notEqual(found?.RequesterId, "amazon-rds");
  });
});
