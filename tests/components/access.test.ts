import assert from "node:assert/strict";
import { Access, type AccessArgs } from "../../components/access";
import { accessRules, GROUP_DESCRIPTIONS, ruleKey } from "../../components/access-rules";
import { record, valueOfOutput } from "../support/pulumi-recorder";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const FORWARDER = { pcePort: 8443, pceCidrs: ["192.0.2.0/24", "198.51.100.7/32"], s3PrefixListId: "pl-0123" };

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
    assert.equal(made.result.forwarderGroupId, undefined);
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
      made.result.forwarderGroupId && (await valueOfOutput(made.result.forwarderGroupId)),
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
    const made = await make({ forwarder: FORWARDER });

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
    const made = await make({ forwarder: FORWARDER });

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
    const made = await make({ forwarder: FORWARDER });

    for (const { name, inputs } of [...made.all(GROUP), ...made.all(INGRESS), ...made.all(EGRESS)]) {
      assert.match(String(inputs["description"]), /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{10,255}$/, name);
    }
    assert.equal(Object.keys(GROUP_DESCRIPTIONS).length, made.all(GROUP).length);
  });

  it("asks AWS for no rule twice when the PCE is anywhere on port 443", async () => {
    const made = await make({ forwarder: { ...FORWARDER, pcePort: 443, pceCidrs: ["0.0.0.0/0"] } });

    assert.equal(made.all(EGRESS).filter(({ inputs }) => inputs["cidrIpv4"] === "0.0.0.0/0").length, 1);
  });
});

describe("the table of access rules", () => {
  it("names each rule by what it allows, so that a new row renames none", () => {
    const few = accessRules({ databasePort: 5432 }).map(ruleKey);
    const more = accessRules({ databasePort: 5432, forwarder: { pcePort: 8443, pceCidrs: ["192.0.2.0/24"] } }).map(
      ruleKey,
    );

    assert.deepEqual(
      few.filter((key) => !more.includes(key)),
      [],
    );
    assert.equal(new Set(more).size, more.length);
  });
});
