import assert from "node:assert/strict";
import {
  connectStatements,
  operatorStatements,
  type PeopleScope,
  protectStatements,
  readOnlyStatements,
} from "../../components/people-policies";
import { policyDocument } from "../../components/policy-documents";
import { arnOf } from "../support/components";
import { decision, type IamRequest } from "../support/iam";
import { ACCOUNT } from "../support/plausible-outputs";

const TAGS = { "pulumi:project": "rds-sightline", "pulumi:stack": "dev" };
const SCOPE: PeopleScope = {
  account: ACCOUNT,
  identifier: "rds-sightline-dev-abcd",
  resourceId: "db-ABCDEFGHIJKL",
  tags: TAGS,
  parameterGroupName: "database-parameters-1a2b3c4",
  subnetGroupName: "database-subnets-1a2b3c4",
  keyArn: arnOf("kms", "key/data"),
  alarmPrefix: "rds-sightline-dev/",
  logGroupNames: ["/aws/rds/instance/rds-sightline-dev-abcd/postgresql"],
};
const POLICIES = {
  operators: policyDocument(operatorStatements(SCOPE)),
  readOnly: policyDocument(readOnlyStatements(SCOPE)),
  protect: policyDocument(protectStatements(SCOPE)),
  connect: policyDocument(connectStatements(SCOPE, "app")),
};
// what an administrator has, for what the explicit denials have to win against
const EVERYTHING = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

const context = Object.fromEntries(Object.entries(TAGS).map(([name, value]) => [`aws:ResourceTag/${name}`, value]));
const DATABASE = { resource: arnOf("rds", "db:rds-sightline-dev-abcd"), context };
const SNAPSHOT = { resource: arnOf("rds", "snapshot:rds-sightline-dev-abcd-before-upgrade"), context };
const DAILY = { resource: arnOf("rds", "snapshot:rds:rds-sightline-dev-abcd-2026-01-02-03-04"), context };
const NEW_SNAPSHOT = { resource: SNAPSHOT.resource };
const OTHER = { resource: arnOf("rds", "db:payments"), context };
const OTHER_TAGS = { ...DATABASE, context: { ...context, "aws:ResourceTag/pulumi:stack": "prod" } };
const UNTAGGED = { resource: DATABASE.resource };
const OTHER_SNAPSHOT = { resource: arnOf("rds", "snapshot:payments-final"), context };
const GROUP = { resource: arnOf("rds", "pg:database-parameters-1a2b3c4") };
const OTHER_GROUP = { resource: arnOf("rds", "pg:default.postgres17") };
const OPTIONS = { resource: arnOf("rds", "og:default") };
const KEY = { resource: SCOPE.keyArn };
const OTHER_KEY = { resource: arnOf("kms", "key/other") };
const RETAINED = { resource: arnOf("rds", "auto-backup:ab-0123456789") };
const LOG = { resource: arnOf("logs", "log-group:/aws/rds/instance/rds-sightline-dev-abcd/postgresql") };
const STREAM = { resource: `${LOG.resource}:log-stream:rds-sightline-dev-abcd.0` };
const OTHER_LOG = { resource: arnOf("logs", "log-group:/aws/rds/instance/payments/postgresql") };
const ANY = { resource: "*" };
const INSIGHTS = { resource: arnOf("pi", "metrics/rds/db-ABCDEFGHIJKL") };
const OTHER_INSIGHTS = { resource: arnOf("pi", "metrics/rds/db-ZZZZ") };
const AS_APP = { resource: arnOf("rds-db", "dbuser:db-ABCDEFGHIJKL/app") };
const AS_OTHER = { resource: arnOf("rds-db", "dbuser:db-ABCDEFGHIJKL/admin") };
const ELSEWHERE = { resource: arnOf("rds-db", "dbuser:db-ZZZZ/app") };
const SECRET = { resource: arnOf("secretsmanager", "secret:rds!db-0123-AbCdEf") };

type Row = readonly [action: string, on: Omit<IamRequest, "action">];
const SEEN: readonly Row[] = [
  ["rds:DescribeDBInstances", DATABASE],
  ["rds:DescribeDBSnapshots", SNAPSHOT],
  ["rds:DescribeDBSnapshots", DAILY],
  ["rds:DescribeDBParameters", GROUP],
  ["rds:DescribeEvents", ANY],
  ["rds:DescribeDBLogFiles", DATABASE],
  ["rds:DownloadDBLogFilePortion", DATABASE],
  ["cloudwatch:GetMetricStatistics", ANY],
  ["cloudwatch:DescribeAlarms", { resource: arnOf("cloudwatch", "alarm:rds-sightline-dev/CPU") }],
  ["pi:GetResourceMetrics", INSIGHTS],
  ["logs:FilterLogEvents", LOG],
  ["logs:GetLogEvents", STREAM],
];
const OPERATED: readonly Row[] = [
  ["rds:ModifyDBInstance", DATABASE],
  ["rds:RebootDBInstance", DATABASE],
  ["rds:ApplyPendingMaintenanceAction", DATABASE],
  ["rds:CreateDBSnapshot", DATABASE],
  ["rds:CreateDBSnapshot", NEW_SNAPSHOT],
];
const NEVER: readonly Row[] = [
  ["rds:DeleteDBInstance", DATABASE],
  ["rds:StopDBInstance", DATABASE],
  ["rds:DeleteDBSnapshot", SNAPSHOT],
  ["rds:ModifyDBSnapshotAttribute", SNAPSHOT],
  ["rds:AddTagsToResource", DATABASE],
  ["rds:ModifyDBParameterGroup", GROUP],
  // another group of parameters or options could turn forced TLS off
  ["rds:ModifyDBInstance", OTHER_GROUP],
  ["rds:ModifyDBInstance", OPTIONS],
  ["rds:DescribeDBInstances", OTHER],
  ["rds:DescribeDBInstances", OTHER_TAGS],
  ["rds:ModifyDBInstance", OTHER],
  ["rds:ModifyDBInstance", OTHER_TAGS],
  ["rds:ModifyDBInstance", UNTAGGED],
  ["rds:RebootDBInstance", OTHER],
  ["rds:CreateDBSnapshot", OTHER],
  ["rds:CreateDBSnapshot", { resource: OTHER_SNAPSHOT.resource }],
  ["rds:DescribeDBSnapshots", OTHER_SNAPSHOT],
  ["logs:FilterLogEvents", OTHER_LOG],
  ["pi:GetResourceMetrics", OTHER_INSIGHTS],
  ["kms:Decrypt", KEY],
  ["kms:ScheduleKeyDeletion", KEY],
  ["secretsmanager:GetSecretValue", SECRET],
  ["rds-db:connect", AS_APP],
];
const DENIED: readonly Row[] = [
  ["rds:DeleteDBInstance", DATABASE],
  ["rds:DeleteDBInstance", UNTAGGED],
  ["rds:ModifyDBInstance", DATABASE],
  ["rds:DeleteDBSnapshot", SNAPSHOT],
  ["rds:DeleteDBSnapshot", DAILY],
  ["rds:ModifyDBSnapshotAttribute", SNAPSHOT],
  ["rds:DeleteDBInstanceAutomatedBackup", RETAINED],
  ["rds:AddTagsToResource", DATABASE],
  ["rds:RemoveTagsFromResource", SNAPSHOT],
  ["kms:ScheduleKeyDeletion", KEY],
  ["kms:DisableKey", KEY],
  ["kms:PutKeyPolicy", KEY],
  ["kms:RevokeGrant", KEY],
];
const LEFT: readonly Row[] = [
  ["rds:DescribeDBInstances", DATABASE],
  ["rds:RebootDBInstance", DATABASE],
  ["rds:CreateDBSnapshot", DATABASE],
  ["rds:DeleteDBInstance", OTHER],
  ["rds:ModifyDBInstance", OTHER],
  ["rds:DeleteDBSnapshot", OTHER_SNAPSHOT],
];
// whom a key lets in its own policy says, which is none of these
const LEFT_TO_KEY_POLICIES: readonly Row[] = [
  ["kms:ScheduleKeyDeletion", OTHER_KEY],
  ["kms:DescribeKey", KEY],
];

async function said(policies: readonly string[], rows: readonly Row[]) {
  const each = rows.map(async ([action, on]) => [action, on.resource, await decision(policies, { action, ...on })]);
  return Promise.all(each);
}
const all = (rows: readonly Row[], verdict: string) =>
  rows.map(([action, { resource }]) => [action, resource, verdict]);

describe("the policy of read-only people", () => {
  it("allows to see the database, its snapshots, logs, metrics and insights", async () => {
    assert.deepEqual(await said([POLICIES.readOnly], SEEN), all(SEEN, "Allowed"));
  });

  it("allows nothing that changes it, and nothing of another database", async () => {
    const rows = [...OPERATED, ...NEVER];
    assert.deepEqual(await said([POLICIES.readOnly], rows), all(rows, "ImplicitlyDenied"));
  });
});

describe("the policy of operators", () => {
  it("allows to see, modify, reboot and snapshot the database", async () => {
    const rows = [...SEEN, ...OPERATED];
    assert.deepEqual(await said([POLICIES.operators], rows), all(rows, "Allowed"));
  });

  it("allows to delete, share or stop nothing, and nothing of another database", async () => {
    assert.deepEqual(await said([POLICIES.operators], NEVER), all(NEVER, "ImplicitlyDenied"));
  });
});

describe("the policy that protects", () => {
  it("denies an administrator to delete the database, its backups or key, to share them, and to turn protection off", async () => {
    assert.deepEqual(await said([EVERYTHING, POLICIES.protect], DENIED), all(DENIED, "ExplicitlyDenied"));
  });

  it("leaves an administrator everything else", async () => {
    assert.deepEqual(await said([EVERYTHING, POLICIES.protect], LEFT), all(LEFT, "Allowed"));
    assert.deepEqual(
      await said([EVERYTHING, POLICIES.protect], LEFT_TO_KEY_POLICIES),
      all(LEFT_TO_KEY_POLICIES, "ImplicitlyDenied"),
    );
  });

  it("allows nothing by itself", async () => {
    assert.deepEqual(await said([POLICIES.protect], LEFT), all(LEFT, "ImplicitlyDenied"));
  });
});

describe("the policy to connect", () => {
  it("allows to connect as its user to this database, and nothing else", async () => {
    assert.deepEqual(
      await said([POLICIES.connect], [["rds-db:connect", AS_APP]]),
      all([["rds-db:connect", AS_APP]], "Allowed"),
    );
    const others: readonly Row[] = [["rds-db:connect", AS_OTHER], ["rds-db:connect", ELSEWHERE], ...SEEN, ...OPERATED];
    assert.deepEqual(await said([POLICIES.connect], others), all(others, "ImplicitlyDenied"));
  });
});

describe("the policies of people", () => {
  it("fit a managed policy of IAM, also with the longest names", () => {
    const identifier = `rds-sightline-${"s".repeat(20)}-abcd`;
    const long = {
      ...SCOPE,
      identifier,
      logGroupNames: ["postgresql", "upgrade", "listener", "oemagent"].map(
        (log) => `/aws/rds/instance/${identifier}/${log}`,
      ),
    };
    for (const statements of [operatorStatements(long), readOnlyStatements(long), protectStatements(long)]) {
      const { length } = policyDocument(statements);
      assert.ok(length <= 6_144, `${length}`);
    }
  });
});
