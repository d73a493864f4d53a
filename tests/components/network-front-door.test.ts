import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { Network, type NetworkArgs } from "../../components/network";
import { comesBefore } from "../support/components";
import { record } from "../support/pulumi-recorder";

const ROUTE = "aws:ec2/route:Route";

// only inside a recording
const network = (args: Partial<NetworkArgs> = {}) =>
  new Network("net", {
    cidr: "10.0.0.0/16",
    zones: ["a", "b"],
    nat: "none",
    databasePort: 5432,
    hasPublicTier: false,
    ...args,
  });

const make = (args: Partial<NetworkArgs> = {}) => record(() => network(args));

describe("the database tier of a network with a front door", () => {
  const RULE = "aws:ec2/networkAclRule:NetworkAclRule";
  const allowedCidrs = ["203.0.113.0/24", "198.51.100.7/32"];
  const open = { exposure: "public", allowedCidrs, preserveClientIp: true } as const;

  it("lets in the clients by their own addresses and the health checks of the public tier, on the database's port", async () => {
    const made = await make({ hasPublicTier: true, frontDoor: open, databasePort: 6432 });

    const rules = made
      .all(RULE)
      .map(({ inputs }) => [
        inputs["egress"] === true ? "out" : "in",
        inputs["cidrBlock"],
        inputs["fromPort"],
        inputs["toPort"],
        inputs["ruleAction"],
        inputs["protocol"],
      ]);
    const networks = ["10.0.64.0/18", "10.0.0.0/18", ...allowedCidrs];
    const expected = networks.flatMap((cidr) => [
      ["in", cidr, 6432, 6432, "allow", "tcp"],
      ["out", cidr, 1024, 65535, "allow", "tcp"],
    ]);
    assert.deepEqual(rules.map(String).sort(), expected.map(String).sort());
  });

  it("has exactly those rules added, one by one, and each changed by letting go of the old one first", async () => {
    const closed = await make({ hasPublicTier: true });
    const made = await make({ hasPublicTier: true, frontDoor: open });

    for (const name of closed.names()) assert.deepEqual(made.named(name).inputs, closed.named(name).inputs, name);
    const added = made.names().filter((name) => !closed.names().includes(name));
    assert.deepEqual(added, [
      "net-database-acl-health-check-replies",
      "net-database-acl-health-checks",
      "net-database-acl-queries-from-198.51.100.7-32",
      "net-database-acl-queries-from-203.0.113.0-24",
      "net-database-acl-replies-to-198.51.100.7-32",
      "net-database-acl-replies-to-203.0.113.0-24",
    ]);
    for (const name of added) {
      assert.equal(made.named(name).deleteBeforeReplace, true, name);
      assert.ok(made.named("net-database-a-acl").dependencies.includes(name), name);
    }
  });

  it("needs no rule for the load balancer's own addresses when that is in the private tier", async () => {
    const internal = await make({
      frontDoor: { exposure: "internal", allowedCidrs: ["172.16.0.0/12"], preserveClientIp: true },
    });
    const service = await make({
      frontDoor: { exposure: "privatelink", allowedCidrs: ["172.16.0.0/12"], preserveClientIp: true },
    });

    assert.deepEqual(internal.names(RULE), [
      "net-database-acl-queries",
      "net-database-acl-queries-from-172.16.0.0-12",
      "net-database-acl-replies",
      "net-database-acl-replies-to-172.16.0.0-12",
    ]);
    assert.deepEqual(service.names(RULE), ["net-database-acl-queries", "net-database-acl-replies"]);
  });

  it("still has no route out", async () => {
    const made = await make({ hasPublicTier: true, frontDoor: open });

    const table = "routeTable-net-database-routes";
    assert.deepEqual(
      made.all(ROUTE).filter(({ inputs }) => inputs["routeTableId"] === table),
      [],
    );
  });
});

describe("the network's public subnets", () => {
  it("are known once they lead to the internet, so that what faces it comes after and goes before", async () => {
    const made = await record(() => {
      const { publicSubnetIds } = network({ hasPublicTier: true });
      return new aws.sns.Topic("facing", { displayName: publicSubnetIds[1] ?? "" });
    });

    for (const first of ["net-internet", "net-public-internet", "net-public-b-association", "net-public-b"]) {
      assert.ok(comesBefore(made, first, "facing"), first);
    }
  });
});
