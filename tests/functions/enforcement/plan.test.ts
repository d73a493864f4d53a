import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AddressRange,
  blocksOf,
  cidrOf,
  isCovered,
  parseRange,
} from "../../../functions/enforcement/address-ranges";
import type { PolicyAnswer } from "../../../functions/enforcement/allowed-clients";
import { type GroupRule, type Plan, planRules } from "../../../functions/enforcement/plan";

const PORT = 5432;
const range = (text: string): AddressRange => parseRange(text) ?? assert.fail(text);

let ids = 0;
function rule(text: string | undefined, more: Partial<GroupRule> = {}): GroupRule {
  ids += 1;
  const tcp = { id: `sgr-${ids}`, protocol: "tcp", fromPort: PORT, toPort: PORT, isOwn: false };
  return { ...tcp, ...(text !== undefined && { range: range(text) }), ...more };
}
const own = (text: string, more: Partial<GroupRule> = {}) => rule(text, { isOwn: true, ...more });
/** Of the client group: in every stack. */
const CLIENT_GROUP = rule(undefined);

const allows = (...texts: readonly string[]): PolicyAnswer => ({
  ranges: texts.map(range),
  unusable: [],
  unresolved: [],
});

const plan = (policy: PolicyAnswer, rules: readonly GroupRule[], quota = 60) =>
  planRules({ policy, rules, port: PORT, quota });
const kinds = ({ refusals }: Plan) => refusals.map(({ kind }) => kind);
const textsOf = (rules: readonly GroupRule[]) => rules.map((each) => each.range && cidrOf(each.range));

describe("a plan of rules", () => {
  it("adds what is missing, in the fewest networks, and removes what was made and is asked for no more", () => {
    const [kept, gone] = [own("10.0.0.8"), own("10.0.0.9")];

    const made = plan(allows("10.0.0.8", "10.0.1.0", "10.0.1.1", "fd00::1"), [CLIENT_GROUP, kept, gone]);

    assert.deepEqual(made.add.map(cidrOf), ["10.0.1.0/31", "fd00::1/128"]);
    assert.deepEqual(made.remove, [gone]);
    assert.deepEqual(made.refusals, []);
  });

  for (const [what, foreign] of [
    ["the same", rule("10.0.0.1")],
    ["a wider network", rule("10.0.0.0/24")],
    ["more ports", rule("10.0.0.1", { fromPort: 0, toPort: 65_535 })],
    ["all of TCP", rule("10.0.0.1", { fromPort: -1, toPort: -1 })],
    ["every protocol", rule("10.0.0.1", { protocol: "-1", fromPort: -1, toPort: -1 })],
  ] as const) {
    it(`doubles no rule of somebody else that lets in ${what}`, () => {
      const { missing, add } = plan(allows("10.0.0.1"), [CLIENT_GROUP, foreign]);

      assert.deepEqual([missing, add], [[], []]);
    });
  }

  for (const [what, foreign] of [
    ["another port", rule("10.0.0.1", { fromPort: 5433, toPort: 5433 })],
    ["UDP", rule("10.0.0.1", { protocol: "udp" })],
    ["half of it", rule("10.0.0.0/32")],
    ["a group", CLIENT_GROUP],
  ] as const) {
    it(`adds a client beside a rule for ${what}`, () => {
      assert.deepEqual(plan(allows("10.0.0.0/31"), [foreign]).add.map(cidrOf), ["10.0.0.0/31"]);
    });
  }

  it("names rules of others that let in more than the policy, and leaves them", () => {
    const [wide, same, group] = [rule("10.0.0.0/8"), rule("10.0.0.1"), CLIENT_GROUP];

    const { others, remove } = plan(allows("10.0.0.1"), [wide, same, group, rule("10.0.0.0/8", { protocol: "udp" })]);

    assert.deepEqual([others, remove], [[wide], []]);
  });

  it("takes a rule for another port for its own old one", () => {
    const old = own("10.0.0.1", { fromPort: 5433, toPort: 5433 });

    const { add, remove } = plan(allows("10.0.0.1"), [CLIENT_GROUP, old]);

    assert.deepEqual([add.map(cidrOf), remove], [["10.0.0.1/32"], [old]]);
  });

  it("changes nothing on an answer without a policy", () => {
    const made = plan({ missing: "the rule set is not provisioned" }, [own("10.0.0.1")]);

    assert.deepEqual([made.add, made.remove, kinds(made)], [[], [], ["policy-missing"]]);
  });

  it("adds but removes nothing where a client could not be resolved", () => {
    const policy = { ...allows("10.0.0.2"), unresolved: ["a user group"] };

    const made = plan(policy, [CLIENT_GROUP, own("10.0.0.1")]);

    assert.deepEqual([made.add.map(cidrOf), made.remove, kinds(made)], [["10.0.0.2/32"], [], ["unresolved"]]);
    assert.deepEqual(kinds(plan(policy, [CLIENT_GROUP])), [], "with nothing to remove nothing is refused");
  });

  it("does not empty its own rules when the policy lets in nobody any more", () => {
    const made = plan(allows(), [CLIENT_GROUP, own("10.0.0.1")]);

    assert.deepEqual([made.remove, kinds(made)], [[], ["all-clients-gone"]]);
    assert.deepEqual(kinds(plan(allows(), [CLIENT_GROUP])), [], "a stack without clients yet");
  });

  it("does not leave the group without a rule", () => {
    const made = plan(allows(), [own("10.0.0.1")]);

    assert.deepEqual([made.remove, kinds(made)], [[], ["all-clients-gone", "last-rule"]]);
  });

  it("does nothing at all where there would be too many rules while old and new ones are there", () => {
    const there = [CLIENT_GROUP, own("10.0.0.1"), rule("fd00::9")];

    const over = plan(allows("10.0.0.4", "10.0.0.6"), there, 3);

    assert.deepEqual([over.add, over.remove, kinds(over)], [[], [], ["quota"]]);
    assert.match(over.refusals[0]?.why ?? "", /4 ingress rules of IPv4, and may have 3; .* raise the quota/);
    assert.deepEqual(kinds(plan(allows("10.0.0.4", "10.0.0.6"), there, 4)), []);
    assert.deepEqual(kinds(plan(allows("10.0.0.1", "fd00::2"), there, 2)), ["quota"], "IPv6 has its own");
  });
});

// a small world: eight addresses of each family, so that rules of everybody meet
const text = fc.oneof(
  fc.nat(7).map((at) => `10.0.0.${at}`),
  fc.constantFrom("10.0.0.0/31", "10.0.0.4/30", "10.0.0.0/29", "10.0.0.0/8"),
  fc.nat(3).map((at) => `fd00::${at}`),
);
const clients = fc.array(text, { maxLength: 8 });
const ofOthers = fc.array(fc.oneof(text, fc.constant(undefined)), { maxLength: 4 });
const answer: fc.Arbitrary<PolicyAnswer> = fc.oneof(
  { weight: 6, arbitrary: clients.map((texts) => allows(...texts)) },
  { weight: 1, arbitrary: clients.map((texts) => ({ ...allows(...texts), unresolved: ["a user group"] })) },
  { weight: 1, arbitrary: fc.constant({ missing: "the rule set is not there" }) },
);
/** Where a run ends: before anything, after so many rules of the additions (none, or all, in AWS), before the removals. */
const fault = fc.constantFrom("none", "before", "after-add", "half-add", "half-remove");

describe("runs of plans, one after another", () => {
  it("never remove what others made, are never without a rule, and after faults come to what the policy says", () => {
    fc.assert(
      fc.property(ofOthers, fc.array(fc.tuple(answer, fault), { minLength: 1, maxLength: 8 }), (others, runs) => {
        const foreign = others.map((each) => rule(each));
        let group: readonly GroupRule[] = foreign;
        const hadRule = () => group.length > 0;

        for (const [policy, failed] of runs) {
          const had = hadRule();
          const made = plan(policy, group);
          const added = made.add.map((block) => own(cidrOf(block)));
          const steps = [
            ...(failed === "before" ? [] : failed === "half-add" ? added.slice(0, added.length / 2) : added),
          ];
          for (const each of steps) {
            group = [...group, each];
            assert.ok(hadRule());
          }
          const removing = failed === "none" || failed === "half-remove";
          const gone = removing ? made.remove.slice(0, failed === "none" ? undefined : made.remove.length / 2) : [];
          for (const each of gone) {
            assert.ok(each.isOwn, "a rule of somebody else was to be removed");
            group = group.filter((other) => other !== each);
            assert.ok(hadRule(), "a step left the group without a rule");
          }
          assert.ok(!had || hadRule());
          assert.ok(foreign.every((each) => group.includes(each)));
          const cidrs = textsOf(group.filter(({ isOwn }) => isOwn));
          assert.equal(new Set(cidrs).size, cidrs.length, "a rule was doubled");
          if (failed === "none" && "ranges" in policy) promiseConverged(policy.ranges, group, made);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

function promiseConverged(ranges: readonly AddressRange[], group: readonly GroupRule[], made: Plan): void {
  const letIn = group.flatMap((each) => each.range ?? []);
  for (const each of ranges) assert.ok(isCovered(each, letIn), "a client is not let in");
  const ofOwn = group.filter(({ isOwn }) => isOwn);
  if (made.refusals.length === 0)
    for (const each of ofOwn) assert.ok(isCovered(each.range ?? assert.fail(), ranges), "a rule is too wide");
  assert.ok(made.refusals.length > 0 || ofOwn.length <= blocksOf(ranges).length);
  const again = plan({ ranges, unusable: [], unresolved: [] }, group);
  assert.deepEqual(again.add, [], "a second run had something to add");
  if (made.refusals.length === 0) assert.deepEqual(again.remove, [], "a second run had something to remove");
}
