import assert from "node:assert/strict";
import { statementsBySid } from "../support/components";
import { recordDatabase } from "../support/database";
import { recordProgram, recordStack } from "../support/program";

const BACKED_UP = "with backups elsewhere and replicas";
const REPLICATION = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";

describe("backups in another region", () => {
  it("are encrypted there, with a key of that region that RDS alone may use", async () => {
    const made = await recordStack(BACKED_UP);

    const { inputs } = made.one(REPLICATION);
    assert.equal(inputs["region"], "eu-central-1");
    assert.equal(inputs["retentionPeriod"], 14);
    assert.match(String(inputs["kmsKeyId"]), /key-replicated-backups-key-key$/);
    const key = made.named("replicated-backups-key-key");
    assert.equal(key.inputs["region"], "eu-central-1");
    assert.equal(key.retainOnDelete, true);
    const { Rds } = statementsBySid(key);
    assert.equal(Rds?.Condition?.["StringEquals"]?.["kms:ViaService"], "rds.eu-central-1.amazonaws.com");
  });

  it("are refused where they would be in the stack's own", async () => {
    await assert.rejects(
      recordProgram({ backups: { crossRegion: { region: "us-west-2" } } }),
      /backups\.crossRegion\.region is us-west-2, which is the stack's own; name another region/,
    );
  });
});

describe("a plan of AWS Backup", () => {
  it("has the database in it: a snapshot a day, clear of RDS's windows, for as long as the stack file says", async () => {
    const made = await recordStack(BACKED_UP);

    assert.deepEqual(made.one("aws:backup/plan:Plan").inputs["rules"], [
      {
        ruleName: "daily",
        targetVaultName: made.named("backup-plan-vault").inputs["name"] ?? "backup-plan-vault-1a2b3c4",
        schedule: "cron(0 4 * * ? *)",
        startWindow: 60,
        completionWindow: 720,
        lifecycle: { deleteAfter: 35 },
      },
    ]);
    const { resources } = made.one("aws:backup/selection:Selection").inputs as { resources: string[] };
    assert.deepEqual(resources, ["arn:aws:rds:us-west-2:111122223333:db:rds-sightline-dev-abcd"]);
  });

  it("has a vault that outlives the stack, with its lock", async () => {
    const made = await recordStack(BACKED_UP);

    assert.equal(made.named("backup-plan-vault").inputs["forceDestroy"], false);
    assert.deepEqual(made.named("backup-plan-lock").inputs["changeableForDays"], 3);
    assert.equal(made.named("backup-plan-lock").inputs["maxRetentionDays"], 90);
    for (const name of ["backup-plan-vault", "backup-plan-lock"]) assert.equal(made.named(name).retainOnDelete, true);
  });

  it("has a lock that can be taken away again unless the stack file says compliance", async () => {
    const made = await recordProgram({ backups: { plan: { lock: {} } } });

    assert.ok(!("changeableForDays" in made.named("backup-plan-lock").inputs));
    const unlocked = await recordProgram({ backups: { plan: { retentionDays: 10 } } });
    assert.ok(!unlocked.names().includes("backup-plan-lock"));
  });

  it("has a role of AWS Backup's, for this database and its snapshots", async () => {
    const made = await recordStack(BACKED_UP);

    const { Snapshots } = statementsBySid(made.named("backup-plan-policy"));
    assert.deepEqual(Snapshots?.Resource, [
      "arn:aws:rds:us-west-2:111122223333:db:rds-sightline-dev-abcd",
      "arn:aws:rds:us-west-2:111122223333:snapshot:awsbackup:*",
    ]);
  });
});

describe("a read replica", () => {
  it("is a database of its primary's, in the same subnets, with its own logs and none of its own backups", async () => {
    const made = await recordStack(BACKED_UP);

    const { inputs, protect } = made.named("database-replica-2-instance");
    assert.equal(inputs["identifier"], "rds-sightline-dev-abcd-r2");
    assert.equal(inputs["replicateSourceDb"], "rds-sightline-dev-abcd");
    assert.equal(inputs["instanceClass"], "db.r7g.large");
    for (const absent of ["engine", "username", "password", "dbName", "dbSubnetGroupName", "kmsKeyId"]) {
      assert.ok(!(absent in inputs), absent);
    }
    assert.deepEqual([inputs["backupRetentionPeriod"], inputs["skipFinalSnapshot"]], [0, true]);
    assert.equal(protect, false);
    assert.equal(
      made.named("database-replica-2-log-upgrade").inputs["name"],
      "/aws/rds/instance/rds-sightline-dev-abcd-r2/upgrade",
    );
  });

  it("keeps its name when another comes", async () => {
    const one = await recordProgram({ replicas: { count: 1 } });
    const two = await recordProgram({ replicas: { count: 2 } });

    const { inputs } = one.named("database-replica-1-instance");
    assert.deepEqual(two.named("database-replica-1-instance").inputs, inputs);
  });
});

describe("a restored database", () => {
  it("is made of a copy of the snapshot, which has the new database's key", async () => {
    const made = await recordStack("with a database restored from a snapshot");

    const copy = made.named("database-restored").inputs;
    const { inputs } = made.named("database-instance");
    assert.equal(copy["sourceDbSnapshotIdentifier"], "orders-before-the-upgrade");
    assert.equal(copy["kmsKeyId"], inputs["kmsKeyId"]);
    assert.equal(inputs["snapshotIdentifier"], copy["targetDbSnapshotIdentifier"]);
    assert.deepEqual(
      ["username", "dbName"].filter((key) => key in inputs),
      [],
    );
  });

  it("of a point in time has the source's key, which can't change", async () => {
    const keyArn = "arn:aws:kms:us-west-2:111122223333:key/of-the-source";
    const from = { resourceId: "db-ABC", keyArn };
    const at = async (time: string) =>
      (await recordDatabase({ restoreFrom: { ...from, time } })).named("database-instance").inputs;

    const latest = await at("latest");
    assert.equal(latest["kmsKeyId"], keyArn);
    assert.deepEqual(latest["restoreToPointInTime"], { sourceDbiResourceId: "db-ABC", useLatestRestorableTime: true });
    assert.deepEqual((await at("2026-03-01T12:00:00Z"))["restoreToPointInTime"], {
      sourceDbiResourceId: "db-ABC",
      restoreTime: "2026-03-01T12:00:00Z",
    });
  });
});

describe("a database that is updated blue/green", () => {
  it("says so, and keeps its protections", async () => {
    const { inputs, protect } = (await recordStack("with blue/green updates")).named("database-instance");

    assert.deepEqual(inputs["blueGreenUpdate"], { enabled: true });
    assert.equal(inputs["deletionProtection"], true);
    assert.equal(protect, true);
  });
});
