import assert from "node:assert/strict";
import fc from "fast-check";
import { formatNetwork, parseNetwork } from "../../components/cidr";
import { type AclRule, clientRuleNumber, databaseAclRules } from "../../components/database-acl";

const network = fc
  .tuple(fc.nat(0xffffffff), fc.integer({ min: 8, max: 32 }))
  .map(([first, prefix]) => formatNetwork({ first: first - (first % 2 ** (32 - prefix)), prefix }));

/** Networks that the settings accept together: each once, and no two of one number. */
const networks = fc.uniqueArray(network, { maxLength: 16, selector: clientRuleNumber });

const rulesFor = (allowedCidrs: readonly string[], preserveClientIp = true): readonly AclRule[] =>
  databaseAclRules({
    networkCidr: "10.0.0.0/16",
    databasePort: 5432,
    frontDoor: { exposure: "public", allowedCidrs, preserveClientIp },
  });

describe("the database tier's ACL", () => {
  it("changes no rule when networks of clients come, go or are listed in another order", () => {
    const fewer = networks.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all)));
    fc.assert(
      fc.property(fewer, ([all, some]) => {
        const before = new Map(rulesFor(all).map((rule) => [rule.key, rule]));

        for (const rule of rulesFor(some)) assert.deepEqual(before.get(rule.key), rule);
        assert.equal(before.size - rulesFor(some).length, 2 * (all.length - some.length));
      }),
    );
  });

  it("lets no client in by its own address where the load balancer doesn't preserve it", () => {
    assert.deepEqual(rulesFor(["203.0.113.0/24"], false), rulesFor([]));
  });

  it("gives each rule a number of its own in its direction, and one that AWS takes", () => {
    fc.assert(
      fc.property(networks, (allowedCidrs) => {
        const rules = rulesFor(allowedCidrs);

        assert.ok(rules.every(({ number }) => Number.isInteger(number) && number >= 1 && number <= 32_766));
        const places = rules.map(({ direction, number }) => `${direction} ${number}`);
        assert.equal(new Set(places).size, rules.length);
        assert.equal(new Set(rules.map(({ key }) => key)).size, rules.length);
      }),
    );
  });

  it("opens each way in together with its replies, and no more ports than it must", () => {
    fc.assert(
      fc.property(networks, (allowedCidrs) => {
        const rules = rulesFor(allowedCidrs);

        const asking = rules.filter(({ direction }) => direction === "in");
        const replying = rules.filter(({ direction }) => direction === "out");
        assert.ok(asking.every(({ fromPort, toPort }) => fromPort === 5432 && toPort === 5432));
        assert.ok(replying.every(({ fromPort, toPort }) => fromPort === 1024 && toPort === 65_535));
        const cidrs = ["10.0.64.0/18", "10.0.0.0/18", ...allowedCidrs];
        assert.deepEqual(
          asking.map(({ cidr }) => cidr),
          cidrs,
        );
        assert.deepEqual(
          replying.map(({ cidr }) => cidr),
          cidrs,
        );
      }),
    );
  });
});

describe("the number of a client network's rules", () => {
  it("differs between neighbours of one size, however many", () => {
    for (const prefix of [16, 24, 29, 32]) {
      const first = parseNetwork("203.0.0.0/16")?.first ?? 0;
      const cidrs = Array.from({ length: 256 }, (_, index) =>
        formatNetwork({ first: first + index * 2 ** (32 - prefix), prefix }),
      );

      assert.equal(new Set(cidrs.map(clientRuleNumber)).size, 256, `/${prefix}`);
    }
  });

  it("is the same by chance for one pair of networks in 31,751, and no more often", () => {
    const addresses = fc.sample(fc.noBias(fc.integer({ min: 0, max: 0xffffffff })), { numRuns: 4_000, seed: 1 });
    const some = addresses.map((first) => formatNetwork({ first, prefix: 32 }));
    const numbers = new Set(some.map(clientRuleNumber));

    // 4,000 thrown into 31,751 fill 3,759 of them on average, give or take 15
    assert.ok(numbers.size > 3_650, `${numbers.size}`);
  });

  it("is asked of networks only", () => {
    for (const cidr of ["203.0.113.0", "::/0", "203.0.113.0/33"]) {
      assert.throws(() => clientRuleNumber(cidr), new RegExp(`got ${cidr}`));
    }
  });
});
