import assert from "node:assert/strict";
import { Access, type AccessArgs } from "../../components/access";
import { accessRules, GROUP_DESCRIPTIONS, ruleKey } from "../../components/access-rules";
import { record, valueOfOutput } from "../support/pulumi-recorder";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const FORWARDER = { pcePort: 8443, pceCidrs: ["192.0.2.0/24", "198.51.100.7/32"], s3PrefixListId: "pl-0123" };

const PEOPLE = { hasBastion: true, hasClientVpn: true, endpointClients: "10.0.0.0/16" };
const FRONT_DOOR = { port: 15432, allowedCidrs: ["203.0.113.0/24", "198.51.100.7/32"], syncInVpc: true };

const make = (args: Partial<AccessArgs> = {}) =>
  record(() => new Access("access", { vpcId: "vpc-1", databasePort: 5432, ...args }));

describe("access", () => {
  it("is two groups and the one connection between them when the forwarder is outside", async () => {
    const made = await make();

    assert.deepEqual(made.names(), [
      "access-clients",
      "access-clients-to-database-5432-in",
      "access-clients-to-database-5432-out",
      "access-database",
    ]);
    assert.equal(made.result.groupIds.forwarder, undefined);
  });

  it("adds the forwarder's group and its ways to S3, its secret and the PCE, and no way in", async () => {
    const made = await make({ forwarder: FORWARDER });

    assert.deepEqual(
      made.names().filter((name) => name.includes("forwarder")),
      [
        "access-forwarder",
        "access-forwarder-to-0.0.0.0-0-443-out",
        "access-forwarder-to-192.0.2.0-24-8443-out",
        "access-forwarder-to-198.51.100.7-32-8443-out",
        "access-forwarder-to-s3-443-out",
      ],
    );
    assert.equal(
      made.result.groupIds.forwarder && (await valueOfOutput(made.result.groupIds.forwarder)),
      "securityGroup-access-forwarder",
    );
  });

  it("lets the clients' group, and nothing else, reach the database on its port", async () => {
    const made = await make({ databasePort: 6432, forwarder: FORWARDER });

    assert.deepEqual(made.one(INGRESS).inputs, {
      ipProtocol: "tcp",
      fromPort: 6432,
      toPort: 6432,
      description: "Queries of applications",
      securityGroupId: "securityGroup-access-database",
      referencedSecurityGroupId: "securityGroup-access-clients",
      tags: { Name: "access-clients-to-database-6432" },
    });
  });

  it("lets the database connect nowhere", async () => {
    const made = await make({ forwarder: FORWARDER, frontDoor: FRONT_DOOR });

    const out = made.all(EGRESS).filter(({ inputs }) => inputs["securityGroupId"] === "securityGroup-access-database");
    assert.deepEqual(out, []);
  });

  it("never opens a port to an address, all ports, or all protocols", async () => {
    const made = await make({ forwarder: FORWARDER });

    for (const { name, inputs } of [...made.all(INGRESS), ...made.all(EGRESS)]) {
      assert.equal(inputs["ipProtocol"], "tcp", name);
      assert.equal(inputs["fromPort"], inputs["toPort"], name);
    }
    for (const { inputs } of made.all(INGRESS)) assert.equal(inputs["cidrIpv4"] ?? inputs["cidrIpv6"], undefined);
  });

  it("points each way out at one peer", async () => {
    const made = await make({ forwarder: FORWARDER });

    const peers = made
      .all(EGRESS)
      .map(({ inputs }) => [inputs["referencedSecurityGroupId"], inputs["cidrIpv4"], inputs["prefixListId"]]);
    assert.deepEqual(peers, [
      ["securityGroup-access-database", undefined, undefined],
      [undefined, "0.0.0.0/0", undefined],
      [undefined, "192.0.2.0/24", undefined],
      [undefined, "198.51.100.7/32", undefined],
      [undefined, undefined, "pl-0123"],
    ]);
  });

  it("keeps rules out of the groups, which would fight over them, and lets groups go that name each other", async () => {
    const made = await make({ forwarder: FORWARDER, frontDoor: FRONT_DOOR });

    for (const { name, inputs, parent } of made.all(GROUP)) {
      assert.deepEqual(
        [inputs["ingress"], inputs["egress"], inputs["revokeRulesOnDelete"]],
        [undefined, undefined, true],
        name,
      );
      assert.equal(inputs["vpcId"], "vpc-1");
      assert.equal(parent, "access");
    }
  });

  it("says on every group and rule what it is for, in letters that AWS takes", async () => {
    const databaseUsers = { secretsThrough: "endpoint" } as const;
    const made = await make({ forwarder: FORWARDER, frontDoor: FRONT_DOOR, people: PEOPLE, databaseUsers });

    for (const { name, inputs } of [...made.all(GROUP), ...made.all(INGRESS), ...made.all(EGRESS)]) {
      assert.match(String(inputs["description"]), /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{10,255}$/, name);
    }
    assert.deepEqual(
      made
        .all(GROUP)
        .map(({ inputs }) => String(inputs["description"]))
        .sort(),
      Object.values(GROUP_DESCRIPTIONS).sort(),
    );
  });

  it("has no way to S3 for a forwarder that reads nothing there", async () => {
    const { s3PrefixListId: _, ...outsideOfS3 } = FORWARDER;
    const withS3 = await make({ forwarder: FORWARDER });
    const made = await make({ forwarder: outsideOfS3 });

    assert.deepEqual(
      withS3.names().filter((name) => !made.names().includes(name)),
      ["access-forwarder-to-s3-443-out"],
    );
  });

  it("asks AWS for no rule twice when the PCE is anywhere on port 443", async () => {
    const made = await make({ forwarder: { ...FORWARDER, pcePort: 443, pceCidrs: ["0.0.0.0/0"] } });

    assert.equal(made.all(EGRESS).filter(({ inputs }) => inputs["cidrIpv4"] === "0.0.0.0/0").length, 1);
  });
});

describe("access with a front door", () => {
  it("adds its group, a rule for each network that may come in, and the one way to the database", async () => {
    const closed = await make();
    const made = await make({ frontDoor: { ...FRONT_DOOR, syncInVpc: false } });

    const added = made.names().filter((name) => !closed.names().includes(name));
    assert.deepEqual(added, [
      "access-198.51.100.7-32-to-front-door-15432-in",
      "access-203.0.113.0-24-to-front-door-15432-in",
      "access-front-door",
      "access-front-door-to-database-5432-in",
      "access-front-door-to-database-5432-out",
    ]);
    for (const name of closed.names()) assert.deepEqual(made.named(name).inputs, closed.named(name).inputs, name);
    assert.equal(
      made.result.groupIds["front-door"] && (await valueOfOutput(made.result.groupIds["front-door"])),
      "securityGroup-access-front-door",
    );
    assert.equal(made.result.groupIds["target-sync"], undefined);
    assert.equal(closed.result.groupIds["front-door"], undefined);
  });

  it("lets each network in on the front door's port, by its address", async () => {
    const made = await make({ frontDoor: FRONT_DOOR });

    assert.deepEqual(made.named("access-203.0.113.0-24-to-front-door-15432-in").inputs, {
      ipProtocol: "tcp",
      fromPort: 15432,
      toPort: 15432,
      description: "Clients of the front door",
      securityGroupId: "securityGroup-access-front-door",
      cidrIpv4: "203.0.113.0/24",
      tags: { Name: "access-203.0.113.0-24-to-front-door-15432" },
    });
  });

  it("lets nobody into the database by an address: only the two groups", async () => {
    const made = await make({ frontDoor: FRONT_DOOR });

    const into = made
      .all(INGRESS)
      .filter(({ inputs }) => inputs["securityGroupId"] === "securityGroup-access-database");
    assert.deepEqual(
      into.map(({ inputs }) => [inputs["referencedSecurityGroupId"], inputs["cidrIpv4"], inputs["fromPort"]]),
      [
        ["securityGroup-access-clients", undefined, 5432],
        ["securityGroup-access-front-door", undefined, 5432],
      ],
    );
  });

  it("lets the front door reach the database on its port, as its health checks need, and nothing else", async () => {
    const made = await make({ frontDoor: FRONT_DOOR });

    const out = made
      .all(EGRESS)
      .filter(({ inputs }) => inputs["securityGroupId"] === "securityGroup-access-front-door");
    assert.deepEqual(
      out.map(({ inputs }) => [inputs["referencedSecurityGroupId"], inputs["cidrIpv4"], inputs["fromPort"]]),
      [["securityGroup-access-database", undefined, 5432]],
    );
  });

  it("lets a target sync inside the VPC reach AWS through NAT, and nobody reach it", async () => {
    const made = await make({ frontDoor: FRONT_DOOR });

    const names = made.names().filter((name) => name.includes("target-sync"));
    assert.deepEqual(names, ["access-target-sync", "access-target-sync-to-0.0.0.0-0-443-out"]);
    const { securityGroupId, cidrIpv4, fromPort } = made.named("access-target-sync-to-0.0.0.0-0-443-out").inputs;
    assert.deepEqual([securityGroupId, cidrIpv4, fromPort], ["securityGroup-access-target-sync", "0.0.0.0/0", 443]);
    assert.equal(
      made.result.groupIds["target-sync"] && (await valueOfOutput(made.result.groupIds["target-sync"])),
      "securityGroup-access-target-sync",
    );
  });

  it("changes nothing about other networks when one comes or goes", async () => {
    const one = await make({ frontDoor: { ...FRONT_DOOR, allowedCidrs: ["203.0.113.0/24"] } });
    const two = await make({ frontDoor: { ...FRONT_DOOR, allowedCidrs: ["198.51.100.7/32", "203.0.113.0/24"] } });

    for (const name of one.names()) assert.deepEqual(two.named(name).inputs, one.named(name).inputs, name);
  });
});

describe("access with ways in for people", () => {
  it("lets nothing connect to the bastion, which reaches the database and AWS's endpoints", async () => {
    const closed = await make();
    const made = await make({ people: { hasBastion: true, endpointClients: "10.0.0.0/16" } });

    assert.deepEqual(
      made.names().filter((name) => !closed.names().includes(name)),
      [
        "access-10.0.0.0-16-to-endpoints-443-in",
        "access-bastion",
        "access-bastion-to-database-5432-in",
        "access-bastion-to-database-5432-out",
        "access-bastion-to-endpoints-443-in",
        "access-bastion-to-endpoints-443-out",
        "access-endpoints",
      ],
    );
    for (const name of closed.names()) assert.deepEqual(made.named(name).inputs, closed.named(name).inputs, name);
  });

  it("lets people on the VPN reach the database on its port, and nothing else", async () => {
    const closed = await make();
    const made = await make({ people: { hasClientVpn: true } });

    assert.deepEqual(
      made.names().filter((name) => !closed.names().includes(name)),
      ["access-client-vpn", "access-client-vpn-to-database-5432-in", "access-client-vpn-to-database-5432-out"],
    );
  });
});

describe("the table of access rules", () => {
  it("names each rule by what it allows, so that a new row renames none", () => {
    const few = accessRules({ databasePort: 5432 }).map(ruleKey);
    const more = accessRules({
      databasePort: 5432,
      forwarder: { pcePort: 8443, pceCidrs: ["192.0.2.0/24"], readsS3: true },
    }).map(ruleKey);

    assert.deepEqual(
      few.filter((key) => !more.includes(key)),
      [],
    );
    assert.equal(new Set(more).size, more.length);
  });
});
