import assert from "node:assert/strict";
import { matchesPattern } from "../support/filter-patterns";
import { recordProgram, recordStack, STACKS, type StackName } from "../support/program";
import type { Recording } from "../support/pulumi-recorder";

const FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter";

const patternOf = (made: Recording<unknown>, name: string) => String(made.named(name).inputs["pattern"]);
const received = (client: string) => `LOG:  connection received: host=${client} port=50000`;

/** Which clients the program's own filters take for outside. */
async function outside(stack: StackName | object, ...clients: readonly string[]): Promise<readonly string[]> {
  const made = typeof stack === "string" ? await recordStack(stack) : await recordProgram({ ...stack });
  const patterns = made
    .all(FILTER)
    .filter(({ name }) => name.startsWith("audit-logins-filter-outside-clients"))
    .map(({ inputs }) => String(inputs["pattern"]));
  return clients.filter((client) => patterns.some((pattern) => matchesPattern(pattern, received(client))));
}

describe("the audit's wiring", () => {
  const CLIENTS = ["10.0.1.2", "10.1.1.2", "10.8.3.4", "203.0.113.7", "198.51.100.7", "198.51.100.8"];

  it("knows the VPC's clients, those of a front door that shows them, and those that a stack file names", async () => {
    assert.deepEqual(await outside("with defaults only", ...CLIENTS), CLIENTS.slice(1));
    assert.deepEqual(await outside("with a public front door", ...CLIENTS), ["10.1.1.2", "10.8.3.4", "198.51.100.8"]);
    assert.deepEqual(await outside("with an endpoint service", "10.8.3.4"), ["10.8.3.4"]);
    assert.deepEqual(await outside("with an audit trail", "10.8.3.4", "10.9.3.4"), ["10.9.3.4"]);
    assert.deepEqual(await outside({ network: { cidr: "172.16.32.0/20" } }, "172.16.47.9", "172.16.48.9"), [
      "172.16.48.9",
    ]);
  });

  it("reads the log that RDS exports, and the trail's own", async () => {
    const made = await recordStack("with an audit trail");
    const groupOf = (name: string) => made.named(name).inputs["logGroupName"];

    assert.equal(groupOf("audit-logins-filter-failed-logins"), made.named("database-log-postgresql").inputs["name"]);
    assert.equal(groupOf("audit-calls-filter-database-deleted"), made.named("audit-trail-log").inputs["name"]);
  });

  it("watches this database, every key of the stack, and the database's security group", async () => {
    const made = await recordStack("with an audit trail");

    assert.ok(patternOf(made, "audit-calls-filter-database-deleted").includes('"rds-sightline-dev-abcd"'));
    assert.ok(patternOf(made, "audit-calls-filter-group-changed").includes('"securityGroup-access-database"'));
    const keys = patternOf(made, "audit-calls-filter-key-disabled");
    for (const key of made.all("aws:kms/key:Key")) assert.ok(keys.includes(`"*key-${key.name}"`), key.name);
  });

  it("leaves out the rules that the enforcement makes, and nobody else's", async () => {
    const withEnforcement = await recordStack("with an audit of a trail that exists");
    const without = await recordStack("with an audit trail");

    assert.ok(
      patternOf(withEnforcement, "audit-calls-filter-group-changed").includes('!= "enforcement-lambda-role-1a2b3c4"'),
    );
    assert.ok(!patternOf(without, "audit-calls-filter-group-changed").includes("!="));
  });

  it("keeps the trail as long as it says, and its log as long as every other", async () => {
    const audit = { trail: "own", trailRetentionDays: 800 };
    const made = await recordProgram({ audit, logRetentionDays: 731 });

    const [rule] = made.named("audit-trail-lifecycle").inputs["rules"] as { expiration: { days: number } }[];
    assert.equal(rule?.expiration.days, 800);
    assert.equal(made.named("audit-trail-log").inputs["retentionInDays"], 731);
  });

  it("gives up the trail's protection for its own written reason, and no other", async () => {
    const { audit } = STACKS["with an audit trail"];
    const because = "a throwaway stack";
    const protectionOf = async (exceptions: object) => {
      const { protect, inputs } = (await recordProgram({ audit, exceptions })).named("audit-trail-bucket");
      return [protect, inputs["forceDestroy"]];
    };

    assert.deepEqual(await protectionOf({ keepAuditTrail: because }), [false, true]);
    assert.deepEqual(await protectionOf({ keepFlowLogs: because }), [true, false]);
  });
});
