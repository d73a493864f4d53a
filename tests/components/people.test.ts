import assert from "node:assert/strict";
import { People } from "../../components/people";
import { connectStatements } from "../../components/people-policies";
import { policyDocument } from "../../components/policy-documents";
import { arnOf, stackArgs, statementsOf } from "../support/components";
import { ACCOUNT } from "../support/plausible-outputs";
import { type Recording, record, valueOfOutput } from "../support/pulumi-recorder";

const SCOPE = {
  identifier: "rds-sightline-dev-abcd",
  resourceId: "db-ABCDEFGHIJKL",
  tags: { "pulumi:stack": "dev" },
  parameterGroupName: "parameters",
  subnetGroupName: "subnets",
  keyArn: arnOf("kms", "key/data"),
  logGroupNames: ["/aws/rds/instance/rds-sightline-dev-abcd/postgresql"],
};
const SETTINGS = {
  operators: ["role/database-team"],
  readOnly: ["group/support", "user/ann"],
  protect: [],
  connect: { app: ["role/shop"], report: [] },
};

let recording: Promise<Recording<People>> | undefined;

function recordPeople(): Promise<Recording<People>> {
  recording ??= record(() => new People("people", { ...stackArgs(), settings: SETTINGS, scope: SCOPE }));
  return recording;
}

describe("the policies for people", () => {
  it("are attached to those that the settings name, and to nobody else", async () => {
    const made = await recordPeople();

    assert.deepEqual(
      made.names(),
      [
        "people-operators",
        "people-operators-role-database-team",
        "people-read-only",
        "people-read-only-group-support",
        "people-read-only-user-ann",
        "people-protect",
        "people-connect-app",
        "people-connect-app-role-shop",
        "people-connect-report",
      ].sort(),
    );
    const arns = made.result.policyArns;
    assert.deepEqual(made.named("people-operators-role-database-team").inputs, {
      role: "database-team",
      policyArn: await valueOfOutput(arns["operators"] as never),
    });
    assert.equal(made.named("people-read-only-group-support").inputs["group"], "support");
    assert.equal(made.named("people-read-only-user-ann").inputs["user"], "ann");
  });

  it("have names that a permission set can name, the same in each account", async () => {
    const made = await recordPeople();

    assert.deepEqual(
      made
        .all("aws:iam/policy:Policy")
        .map(({ inputs }) => inputs["name"])
        .sort(),
      ["connect-app", "connect-report", "operators", "protect", "read-only"].map((what) => `rds-sightline-dev-${what}`),
    );
    assert.deepEqual(Object.keys(made.result.policyArns), [
      ...["operators", "read-only", "protect"],
      ...["connect-app", "connect-report"],
    ]);
  });

  it("are about this database: its names, its tags, its key", async () => {
    const made = await recordPeople();
    const text = (name: string) => JSON.stringify(statementsOf(made.named(name)));

    assert.equal(
      made.named("people-connect-app").inputs["policy"],
      policyDocument(connectStatements({ ...SCOPE, account: ACCOUNT, alarmPrefix: "rds-sightline-dev/" }, "app")),
    );
    assert.ok(text("people-operators").includes(arnOf("rds", "db:rds-sightline-dev-abcd")));
    assert.ok(text("people-operators").includes('"aws:ResourceTag/pulumi:stack":"dev"'));
    assert.ok(text("people-read-only").includes(arnOf("cloudwatch", "alarm:rds-sightline-dev/*")));
    assert.ok(text("people-protect").includes(arnOf("kms", "key/data")));
    assert.ok(made.named("people-protect").inputs["description"]);
  });
});
