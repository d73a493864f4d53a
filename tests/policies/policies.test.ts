import assert from "node:assert/strict";
import { descriptionOf } from "../../policies/rule";
import { RULES } from "../../policies/rules";
import { recordStack, STACKS, type StackName } from "../support/program";
import type { RecordedResource } from "../support/pulumi-recorder";
import { judge, refusals } from "./judging";
import { WEAKENED_STACKS } from "./weakened-stacks";

describe("the policy pack", () => {
  let sound: readonly RecordedResource[];

  before(async () => {
    const { resources } = await recordStack("with an endpoint service");
    const withPce = await recordStack("with a PCE");
    sound = [...withPce.resources, ...resources.filter(({ type }) => /:(LoadBalancer|VpcEndpointService)$/.test(type))];
  });

  for (const stack of Object.keys(STACKS) as StackName[]) {
    it(`refuses nothing of the program ${stack}`, async () => {
      const { resources } = await recordStack(stack);

      assert.deepEqual(
        judge(resources).filter(({ level }) => level === "mandatory"),
        [],
      );
    });
  }

  it("has nothing at all to say of the default stack", async () => {
    const { resources } = await recordStack("with defaults only");

    assert.deepEqual(judge(resources), []);
  });

  it("advises against a public front door", async () => {
    const { resources } = await recordStack("with a public front door");

    assert.deepEqual(
      judge(resources).map(({ policy, level }) => [policy, level]),
      [["load-balancer-internal", "advisory"]],
    );
  });

  for (const [what, weakened, policy] of WEAKENED_STACKS) {
    it(`says of ${what}: ${policy}, and nothing else`, () => {
      assert.deepEqual(judge(sound), []);

      const found = judge(weakened(sound));

      assert.deepEqual([...new Set(found.map((each) => each.policy))], [policy]);
    });
  }

  it("refuses 30 weakened stacks and more, and every policy has one", () => {
    const refused = WEAKENED_STACKS.filter(([, weakened]) => refusals(weakened(sound)).length === 1);

    assert.ok(refused.length >= 30, `${refused.length}`);
    const names = RULES.map(({ name }) => name);
    assert.deepEqual([...new Set(WEAKENED_STACKS.map(([, , policy]) => policy))].sort(), [...names].sort());
    assert.equal(new Set(names).size, names.length);
  });

  it("says what is wrong, what to do and who asks for it", () => {
    const [, weakened] = WEAKENED_STACKS[0] ?? assert.fail("no weakened stack");

    const [rule] = RULES;
    assert.ok(rule?.name === "database-storage-encrypted");
    assert.equal(
      descriptionOf(rule),
      "A database's storage is encrypted [CKV_AWS_16, SH RDS.3, CIS3 2.3.1, AVD-AWS-0080, nag RDS2, awsguard rds-storage-encrypted]",
    );
    assert.equal(
      judge(weakened(sound))[0]?.message,
      "storageEncrypted is false. Set storageEncrypted to true; a database that has none is copied by an encrypted snapshot",
    );
  });
});
