import assert from "node:assert/strict";
import { DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
import {
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  DescribeDBSubnetGroupsCommand,
} from "@aws-sdk/client-rds";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import type { Properties } from "../../../sandbox/aws/provider/wire";
import { listDatabases } from "../../../sandbox/aws/registry";
import { makeGroup, makeNet } from "./networking";
import { type StandIn, standIn } from "./stand-in";

const TOKEN = "aws:rds/instance:Instance";

describe("RDS in the AWS stand-in", () => {
  let on: StandIn;
  let subnetIds: readonly string[];
  let inputs: Properties;
  before(async () => {
    on = await standIn();
    const net = await makeNet(on);
    subnetIds = net.subnetIds;
    const family = { family: "postgres17", parameters: [{ name: "rds.force_ssl", value: "1" }] };
    inputs = {
      engine: "postgres",
      engineVersion: "17",
      instanceClass: "db.m7g.large",
      allocatedStorage: 20,
      username: "uabc",
      manageMasterUserPassword: true,
      multiAz: true,
      dbSubnetGroupName: (await on.make("aws:rds/subnetGroup:SubnetGroup", "db", { subnetIds })).id,
      vpcSecurityGroupIds: [await makeGroup(on, net.vpcId, "db")],
      parameterGroupName: (await on.make("aws:rds/parameterGroup:ParameterGroup", "db", family)).id,
      skipFinalSnapshot: true,
    };
  });

  const interfaces = async () => {
    const Filters = [{ Name: "description", Values: ["RDSNetworkInterface"] }];
    const { NetworkInterfaces: found = [] } = await on.aws.ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
    return found;
  };

  it("plays the interfaces of a Multi-AZ database in two zones, writes them down, and takes them away with it", async () => {
    const database = await on.make(TOKEN, "db", { ...inputs, identifier: "two-zones" });

    const found = await interfaces();
    const [record] = await listDatabases(on.run);
    assert.deepEqual(new Set(found.map((each) => each.SubnetId)), new Set(subnetIds));
    assert.deepEqual(
      found[0]?.Groups?.map((each) => each.GroupId),
      inputs["vpcSecurityGroupIds"],
    );
    assert.equal(record?.identifier, "two-zones");
    assert.equal(record.address, database.outs["address"]);
    assert.equal(record.port, 5432);
    const addresses = new Set(found.map((each) => each.PrivateIpAddress));
    assert.deepEqual(new Set([record.primary.ip, record.standby?.ip]), addresses);
    await database.delete();
    assert.deepEqual([await interfaces(), await listDatabases(on.run)], [[], []]);
  });

  it("makes one interface for a single-AZ database", async () => {
    const database = await on.make(TOKEN, "db", { ...inputs, identifier: "one-zone", multiAz: false });

    const [record] = await listDatabases(on.run);
    assert.equal((await interfaces()).length, 1);
    assert.equal(record?.standby, undefined);
    await database.delete();
  });

  it("keeps a managed master password in Secrets Manager, and puts only its ARN into the outputs", async () => {
    const database = await on.make(TOKEN, "db", { ...inputs, identifier: "managed" });

    const [secret] = database.outs["masterUserSecrets"] as readonly { secretArn: string; secretStatus: string }[];
    assert.ok(secret);
    const { SecretString = "{}" } = await on.aws.secrets.send(
      new GetSecretValueCommand({ SecretId: secret.secretArn }),
    );
    const { password } = JSON.parse(SecretString) as { password: string };
    assert.ok(password.length >= 8);
    assert.ok(!JSON.stringify(database.outs).includes(password));
    await database.delete();
  });

  it("changes a database in place", async () => {
    const before = { ...inputs, identifier: "changing" };
    const database = await on.make(TOKEN, "db", before);

    const changed = await on.change(database, TOKEN, "db", before, { ...before, instanceClass: "db.m7g.xlarge" });

    const { DBInstances } = await on.aws.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: "changing" }));
    assert.equal(DBInstances?.[0]?.DBInstanceClass, "db.m7g.xlarge");
    assert.equal(changed.outs["address"], database.outs["address"]);
    await changed.delete();
  });

  it("makes the standby's interface when Multi-AZ is turned on, and removes it when it is turned off", async () => {
    const single = { ...inputs, identifier: "toggled", multiAz: false };
    const database = await on.make(TOKEN, "db", single);

    const doubled = await on.change(database, TOKEN, "db", single, { ...single, multiAz: true });
    const [record] = await listDatabases(on.run);
    assert.equal((await interfaces()).length, 2);
    assert.ok(record?.standby && record.standby.subnetId !== record.primary.subnetId);

    const halved = await on.change(doubled, TOKEN, "db", { ...single, multiAz: true }, single);
    assert.deepEqual(
      (await interfaces()).map((each) => each.PrivateIpAddress),
      [record.primary.ip],
    );
    await halved.delete();
  });

  it("does not delete a protected database", async () => {
    const before = { ...inputs, identifier: "shielded", deletionProtection: true };
    const database = await on.make(TOKEN, "db", before);

    await assert.rejects(database.delete(), /Cannot delete protected DB Instance/);

    await (await on.change(database, TOKEN, "db", before, { ...before, deletionProtection: false })).delete();
  });

  it("does not delete a database without its final snapshot's name, and makes the snapshot with it", async () => {
    const before = { ...inputs, identifier: "last", skipFinalSnapshot: false };
    const database = await on.make(TOKEN, "db", before);

    await assert.rejects(database.delete(), /finalSnapshotIdentifier is required/);

    const after = { ...before, finalSnapshotIdentifier: "last-final" };
    await (await on.change(database, TOKEN, "db", before, after)).delete();
    const { DBSnapshots = [] } = await on.aws.rds.send(new DescribeDBSnapshotsCommand({}));
    assert.ok(DBSnapshots.some((each) => each.DBSnapshotIdentifier === "last-final"));
  });

  it("gives a subnet group another zone in place, and keeps it", async () => {
    const { subnetIds: three } = await makeNet(on, ["a", "b", "c"]);
    const token = "aws:rds/subnetGroup:SubnetGroup";
    const before = { subnetIds: three.slice(0, 2) };
    const group = await on.make(token, "grows", before);

    const grown = await on.change(group, token, "grows", before, { subnetIds: three });

    const { DBSubnetGroups } = await on.aws.rds.send(
      new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: group.id }),
    );
    assert.deepEqual(DBSubnetGroups?.[0]?.Subnets?.map((each) => each.SubnetIdentifier).sort(), [...three].sort());
    await grown.delete();
  });

  it("refuses a parameter group of another family", async () => {
    const old = await on.make("aws:rds/parameterGroup:ParameterGroup", "old", { family: "postgres16" });
    const mixed = { ...inputs, identifier: "mixed", parameterGroupName: old.id };

    await assert.rejects(on.make(TOKEN, "db", mixed), /its family has to be postgres17/);
  });

  it("refuses a KMS key that does not exist", async () => {
    const kmsKeyId = `arn:aws:kms:${on.region}:123456789012:key/00000000-0000-0000-0000-000000000000`;
    const sealed = { ...inputs, identifier: "sealed", storageEncrypted: true, kmsKeyId };

    await assert.rejects(on.make(TOKEN, "db", sealed), /KMSKeyNotAccessibleFault: KMS key \S+ does not exist/);
  });

  it("refuses a subnet group in one zone, and static parameters applied at once", async () => {
    const one = on.make("aws:rds/subnetGroup:SubnetGroup", "one", { subnetIds: subnetIds.slice(0, 1) });
    const parameters = [{ name: "shared_preload_libraries", value: "pg_stat_statements" }];

    await assert.rejects(one, /DBSubnetGroupDoesNotCoverEnoughAZs/);
    await assert.rejects(
      on.make("aws:rds/parameterGroup:ParameterGroup", "p", { family: "postgres17", parameters }),
      /shared_preload_libraries; use applyMethod: "pending-reboot"/,
    );
  });
});
