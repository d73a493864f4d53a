import assert from "node:assert/strict";
import fc from "fast-check";
import { contains, formatNetwork, type Ipv4Network, networkSize, parseNetwork } from "../../components/cidr";
import { type PlannedSubnet, planSubnets, tierCidr, ZONES, type Zone } from "../../components/cidr-plan";

const addresses = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const networks = fc
  .tuple(addresses, fc.integer({ min: 16, max: 24 }))
  .map(([address, prefix]) => formatNetwork({ first: address - (address % networkSize(prefix)), prefix }));
const zoneSets = fc.subarray([...ZONES], { minLength: 1 });
const shuffledZones = fc.shuffledSubarray([...ZONES], { minLength: 1 });

function network(cidr: string): Ipv4Network {
  return parseNetwork(cidr) ?? assert.fail(`${cidr} is not a network`);
}

function plan(cidr: string, zones: readonly Zone[]): Map<string, string> {
  return new Map(planSubnets(cidr, zones).map(({ tier, zone, cidr: block }) => [`${tier}-${zone}`, block]));
}

const overlap = (one: PlannedSubnet, other: PlannedSubnet) =>
  contains(network(one.cidr), network(other.cidr)) || contains(network(other.cidr), network(one.cidr));

describe("the subnet plan", () => {
  it("gives 10.0.0.0/16 these blocks", () => {
    assert.deepEqual(Object.fromEntries(plan("10.0.0.0/16", ["a", "b"])), {
      "public-a": "10.0.0.0/20",
      "public-b": "10.0.16.0/20",
      "private-a": "10.0.64.0/20",
      "private-b": "10.0.80.0/20",
      "database-a": "10.0.128.0/20",
      "database-b": "10.0.144.0/20",
      "reserved-a": "10.0.192.0/20",
      "reserved-b": "10.0.208.0/20",
    });
    assert.equal(plan("192.168.7.0/24", ["d"]).get("reserved-d"), "192.168.7.240/28");
  });

  it("never lets two subnets overlap", () => {
    fc.assert(
      fc.property(networks, zoneSets, (cidr, zones) => {
        const subnets = planSubnets(cidr, zones);
        for (const [index, subnet] of subnets.entries()) {
          assert.equal(
            subnets.slice(index + 1).find((other) => overlap(subnet, other)),
            undefined,
          );
        }
      }),
    );
  });

  it("never leaves the network, and fills all of it with four zones", () => {
    fc.assert(
      fc.property(networks, (cidr) => {
        const blocks = planSubnets(cidr, ZONES).map((subnet) => network(subnet.cidr));
        assert.ok(blocks.every((block) => contains(network(cidr), block)));
        assert.equal(
          blocks.reduce((sum, { prefix }) => sum + networkSize(prefix), 0),
          networkSize(network(cidr).prefix),
        );
      }),
    );
  });

  it("moves no subnet when a zone is added or removed, or the zones are listed in another order", () => {
    fc.assert(
      fc.property(networks, shuffledZones, shuffledZones, (cidr, before, after) => {
        const old = plan(cidr, before);
        for (const [key, block] of plan(cidr, after)) {
          if (old.has(key)) assert.equal(block, old.get(key));
        }
        assert.deepEqual([...plan(cidr, before)], [...plan(cidr, [...before].sort())]);
      }),
    );
  });

  it("keeps a tier's subnets of all zones in one block, apart from the other tiers", () => {
    fc.assert(
      fc.property(networks, (cidr) => {
        for (const subnet of planSubnets(cidr, ZONES)) {
          const tiers = (["public", "private", "database", "reserved"] as const).filter((tier) =>
            contains(network(tierCidr(cidr, tier)), network(subnet.cidr)),
          );
          assert.deepEqual(tiers, [subnet.tier]);
        }
      }),
    );
  });

  it("refuses a network that is too large, too small or not canonical", () => {
    for (const cidr of ["10.0.0.0/15", "10.0.0.0/25", "10.0.1.0/16", "fd00::/16", "10.0.0.0"]) {
      assert.throws(() => planSubnets(cidr, ["a"]), { name: "RangeError", message: new RegExp(`got ${cidr}$`) });
    }
  });
});

describe("reading a network", () => {
  it("turns back into the text it was read from, host bits cleared", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
        const { first } = network(`${address}/32`);
        const canonical = network(`${address}/${prefix}`);
        assert.equal(canonical.first, first - (first % networkSize(prefix)));
        assert.deepEqual(network(formatNetwork(canonical)), canonical);
      }),
    );
  });

  it("refuses everything that is not four plain decimal numbers and a prefix", () => {
    for (const text of [
      "",
      "10.0.0/16",
      "10.0.0.0/33",
      "10.0.0.256/16",
      "010.0.0.0/8",
      "10.0.0.0/08",
      "0x0a.0.0.0/8",
      " 10.0.0.0/8",
      "::/0",
    ]) {
      assert.equal(parseNetwork(text), undefined, text);
    }
  });
});
