import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { backfillName } from "../../components/backfill-definition";
import { checkName, NAME_RULES, StackNames } from "../../components/names";
import { targetSyncRuleNames } from "../../components/target-sync-triggers";
import { workloadSyncRuleNames } from "../../components/workload-sync-triggers";
import { MAX_STACK_NAME_LENGTH } from "../../settings";

// one for each shape that a stack's name may have, at its longest
const LONGEST = [
  "s".repeat(MAX_STACK_NAME_LENGTH),
  `s${"-1".repeat(MAX_STACK_NAME_LENGTH)}`.slice(0, MAX_STACK_NAME_LENGTH - 1).concat("9"),
];

const FUNCTIONS = join(__dirname, "../../functions");
const folders = readdirSync(FUNCTIONS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "shared")
  .map(({ name }) => name);

function namesOf(stack: string): [keyof typeof NAME_RULES, string][] {
  const names = new StackNames(stack);
  const identifier = names.databaseIdentifier("0a1b");
  return [
    ["database identifier", identifier],
    ["final snapshot", names.finalSnapshot(identifier)],
    ["log group", names.databaseLogGroup(identifier, "postgresql")],
    ["log group", names.flowLogGroup],
    ["key alias", names.keyAlias("flow-logs")],
    ["alarm", names.alarm("flow-forwarder-dead-letters")],
    ["state machine", backfillName(names)],
    ["log group", names.stateMachineLogGroup(backfillName(names))],
    ...[...Object.values(targetSyncRuleNames(names)), ...Object.values(workloadSyncRuleNames(names))].map(
      (rule): [keyof typeof NAME_RULES, string] => ["event rule", rule],
    ),
    ...folders.flatMap((folder): [keyof typeof NAME_RULES, string][] => {
      const functionName = names.lambdaFunction(folder);
      return [
        ["function", functionName],
        ["log group", names.functionLogGroup(functionName)],
      ];
    }),
  ];
}

describe("a physical name", () => {
  for (const stack of ["s", "dev", ...LONGEST]) {
    for (const [kind, name] of namesOf(stack)) {
      it(`fits AWS's limits: ${kind} ${name}`, () => {
        assert.equal(checkName(kind, name), name);
      });
    }
  }

  it("is of another stack when the stack is another, even one whose name begins the same", () => {
    const dev = new StackNames("dev");
    const dev2 = new StackNames("dev2");

    assert.ok(dev.alarm("x").startsWith(dev.alarmPrefix));
    assert.ok(!dev2.alarm("x").startsWith(dev.alarmPrefix));
    assert.notEqual(dev.flowLogGroup, dev2.flowLogGroup);
    assert.notEqual(dev.lambdaFunction("f"), dev2.lambdaFunction("f"));
    assert.notEqual(dev.eventRule("r"), dev2.eventRule("r"));
    assert.notEqual(dev.stateMachine("m"), dev2.stateMachine("m"));
  });

  it("is refused one character over the limit, with the limit and what to do", () => {
    for (const [kind, { longest }] of Object.entries(NAME_RULES)) {
      const start = kind === "key alias" ? "alias/" : "";
      const longestName = start.padEnd(longest, "a");
      const tooLong = start.padEnd(longest + 1, "a");

      assert.equal(checkName(kind as keyof typeof NAME_RULES, longestName), longestName);
      assert.throws(
        () => checkName(kind as keyof typeof NAME_RULES, tooLong),
        new RegExp(`the ${kind} .*\\(${longest + 1} characters\\) must be at most ${longest} .*shorten`),
      );
    }
  });

  const ALPHABETS: readonly [keyof typeof NAME_RULES, string][] = [
    ["database identifier", "a--b"],
    ["database identifier", "ab-"],
    ["database identifier", "1a"],
    ["database identifier", "aB"],
    ["final snapshot", "a_b"],
    ["log group", "a b"],
    ["function", "a.b"],
    ["event rule", "a b"],
    ["state machine", "a.b"],
    ["event rule", "a/b"],
    ["key alias", "data"],
    ["key alias", "alias/aws/data"],
    ["alarm", "löschen"],
  ];
  for (const [kind, name] of ALPHABETS) {
    it(`is refused outside of AWS's alphabet: ${kind} "${name}"`, () => {
      assert.throws(() => checkName(kind, name), new RegExp(`the ${kind} `));
    });
  }
});
