import assert from "node:assert/strict";
import fc from "fast-check";
import { type Block, blocksOf, cidrOf, isCovered, parseRange } from "../../../functions/enforcement/address-ranges";
import type { PolicyAnswer } from "../../../functions/enforcement/allowed-clients";
import { createEnforcement } from "../../../functions/enforcement/enforcement";
import { NOTHING } from "../../../functions/enforcement/metrics";
import type { GroupRule } from "../../../functions/enforcement/plan";
import type { SecurityGroup } from "../../../functions/enforcement/security-group";

const PORT = 5432;
const range = (text: string) => parseRange(text) ?? assert.fail(text);

/** How a call of EC2 ends: well, refused before anything, half done and failed, or done with its answer lost. */
type Ending = "well" | "refused" | "half" | "lost";

/** A group with EC2's manners: no rule twice, no removal of what isn't there. It fails as told, and somebody else changes it meanwhile. */
class UnsteadyGroup implements SecurityGroup {
  readonly held: GroupRule[] = [];
  endings: Ending[] = [];
  /** Networks that somebody else lets in after the next look. */
  meanwhile: string[] = [];
  #made = 0;

  byHand(cidr: string | undefined): void {
    this.#make(cidr === undefined ? undefined : range(cidr), false);
  }

  async rules(): Promise<readonly GroupRule[]> {
    const seen = [...this.held];
    for (const cidr of this.meanwhile.splice(0)) this.byHand(cidr);
    return seen;
  }

  async authorize(blocks: readonly Block[]): Promise<void> {
    this.#call(blocks, (block) => {
      if (!this.#make(block, true)) throw named("InvalidPermission.Duplicate");
    });
  }

  async revoke(rules: readonly GroupRule[]): Promise<void> {
    this.#call(rules, (rule) => {
      const at = this.held.indexOf(rule);
      if (at < 0) throw named("InvalidPermission.NotFound");
      assert.ok(rule.isOwn, "a rule of somebody else was removed");
      this.held.splice(at, 1);
      assert.ok(this.held.length > 0, "the group was left without a rule");
    });
  }

  #call<T>(items: readonly T[], apply: (item: T) => void): void {
    const ending = this.endings.shift() ?? "well";
    if (ending === "refused") throw named("ServiceUnavailable");
    items.slice(0, ending === "half" ? items.length / 2 : undefined).forEach(apply);
    if (ending !== "well") throw named("RequestTimeout");
  }

  #make(block: Block | undefined, isOwn: boolean): boolean {
    if (block !== undefined && this.held.some((rule) => rule.range && cidrOf(rule.range) === cidrOf(block)))
      return false;
    this.#made += 1;
    const common = { id: `sgr-${this.#made}`, protocol: "tcp", fromPort: PORT, toPort: PORT, isOwn };
    this.held.push({ ...common, ...(block && { range: block }) });
    return true;
  }
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

const ignore = () => undefined;

function enforcementOf(group: SecurityGroup, readPolicy: () => Promise<PolicyAnswer>) {
  const enforce = createEnforcement({
    ...{ mode: "on", port: PORT, quota: 60, readPolicy, group },
    log: { info: ignore, warn: ignore, error: ignore },
    metrics: { addMetric: ignore, publishStoredMetrics: ignore },
    sleep: async () => undefined,
  });
  return (event: unknown = {}) => enforce(event, { remainingMs: () => 10_000 });
}

const allows = (texts: readonly string[]): PolicyAnswer => ({ ranges: texts.map(range), unusable: [], unresolved: [] });
const cidr = fc.constantFrom("10.0.0.0/32", "10.0.0.1/32", "10.0.0.2/31", "10.0.0.0/30", "10.0.0.4/32", "fd00::1/128");
const clients = fc.uniqueArray(cidr, { maxLength: 4 });
const ending = fc.constantFrom<Ending>("well", "well", "refused", "half", "lost");
const turn = fc.record({
  policy: fc.oneof(
    { weight: 5, arbitrary: clients.map(allows) },
    fc.constant<PolicyAnswer>({ missing: "no rule set" }),
  ),
  answers: fc.boolean(),
  endings: fc.array(ending, { maxLength: 3 }),
  meanwhile: fc.array(cidr, { maxLength: 2 }),
});

describe("runs of an enforcement while everything fails now and then", () => {
  it("touch nobody else's rules, never leave none, and the first one that is left in peace ends it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(turn, { maxLength: 6 }),
        fc.uniqueArray(cidr, { minLength: 1 }),
        async (turns, last) => {
          const group = new UnsteadyGroup();
          group.byHand(undefined);
          let policy: PolicyAnswer = allows([]);
          let answers = true;
          const run = enforcementOf(group, () => (answers ? Promise.resolve(policy) : Promise.reject(named("PCE"))));

          for (const { endings, meanwhile, ...now } of turns) {
            ({ policy, answers } = now);
            Object.assign(group, { endings: [...endings], meanwhile: [...meanwhile] });
            await run().catch((error: unknown) => assert.ok(!(error instanceof assert.AssertionError), String(error)));
          }
          const foreign = group.held.filter(({ isOwn }) => !isOwn);
          Object.assign(group, { endings: [], meanwhile: [] });
          [policy, answers] = [allows(last), true];
          await run();
          const again = await run();

          const letIn = group.held.flatMap((rule) => rule.range ?? []);
          const own = group.held.filter(({ isOwn }) => isOwn).flatMap((rule) => rule.range ?? []);
          assert.ok(last.every((text) => isCovered(range(text), letIn)));
          assert.ok(own.every((each) => isCovered(each, last.map(range))));
          assert.ok(own.length <= blocksOf(last.map(range)).length);
          assert.ok(foreign.every((rule) => group.held.includes(rule)));
          assert.deepEqual([again.added, again.removed, again.refusals, again.completed], [0, 0, 0, 1]);
          const { removed } = await run({ tf: { action: "delete" } });
          assert.equal(removed, own.length);
          assert.deepEqual(group.held, foreign);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("add before they remove: a client that moves is let in all the while, and the group never is without a rule", async () => {
    const group = new UnsteadyGroup();
    let policy = allows(["10.0.0.0/32"]);
    const run = enforcementOf(group, async () => policy);
    await run();

    policy = allows(["10.0.0.4/32"]);
    const { added, removed } = await run();

    assert.deepEqual([added, removed], [1, 1]);
  });

  it("ask the PCE nothing when the rules are to go", async () => {
    const group = new UnsteadyGroup();
    group.byHand(undefined);

    const counts = await enforcementOf(group, () => assert.fail("the PCE was asked"))({ tf: { action: "delete" } });

    assert.deepEqual(counts, { ...NOTHING, completed: 1 });
  });

  it("fail when somebody else changes the group at every look, and change nothing of it", async () => {
    const group = new UnsteadyGroup();
    group.authorize = () => Promise.reject(named("InvalidPermission.Duplicate"));

    await assert.rejects(enforcementOf(group, async () => allows(["10.0.0.1/32"]))(), { name: /Duplicate/ });
    assert.deepEqual(group.held, []);
  });
});
