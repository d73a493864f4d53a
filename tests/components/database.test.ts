import assert from "node:assert/strict";
import { POSTGRES_MAJORS } from "../../components/engines/postgres";
import { arnOf, statementsBySid } from "../support/components";
import { DATA_KEY, IDENTIFIER, INSTANCE, recordDatabase } from "../support/database";
import { valueOfOutput } from "../support/pulumi-recorder";

describe("a database", () => {
  it("is made of these and nothing else", async () => {
    const made = await recordDatabase();

    assert.deepEqual(made.names(), [
      "database-instance",
      "database-key-alias",
      "database-key-key",
      "database-log-postgresql",
      "database-log-upgrade",
      "database-monitoring-policy",
      "database-monitoring-role",
      "database-parameters",
      "database-subnets",
      "database-suffix",
      "database-user-name",
    ]);
  });

  it("is an instance of exactly these inputs", async () => {
    const { inputs } = (await recordDatabase()).one(INSTANCE);

    assert.deepEqual(inputs, {
      identifier: IDENTIFIER,
      engine: "postgres",
      engineVersion: "17",
      engineLifecycleSupport: "open-source-rds-extended-support-disabled",
      instanceClass: "db.m7g.large",
      dbName: "app",
      port: 5432,
      multiAz: true,
      storageType: "gp3",
      allocatedStorage: 100,
      maxAllocatedStorage: 200,
      storageEncrypted: true,
      kmsKeyId: DATA_KEY,
      dbSubnetGroupName: "database-subnets-1a2b3c4",
      vpcSecurityGroupIds: ["sg-database"],
      publiclyAccessible: false,
      username: "uabcdefghijkl",
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: DATA_KEY,
      iamDatabaseAuthenticationEnabled: true,
      caCertIdentifier: "rds-ca-rsa2048-g1",
      parameterGroupName: "database-parameters-1a2b3c4",
      backupRetentionPeriod: 14,
      backupWindow: "03:00-04:00",
      copyTagsToSnapshot: true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: `${IDENTIFIER}-final`,
      maintenanceWindow: "sat:00:00-sat:02:00",
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: false,
      applyImmediately: false,
      deletionProtection: true,
      enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
      monitoringInterval: 60,
      monitoringRoleArn: "arn:aws:iam::111122223333:role/database-monitoring-role-1a2b3c4",
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: DATA_KEY,
      performanceInsightsRetentionPeriod: 7,
    });
  });

  it("says who may log in, where, and where the password is", async () => {
    const { result } = await recordDatabase();

    assert.equal(await valueOfOutput(result.username), "uabcdefghijkl");
    assert.equal(await valueOfOutput(result.secretArn), arnOf("secretsmanager", "secret:rds!db-0123-AbCdEf"));
    assert.equal(await valueOfOutput(result.address), `${IDENTIFIER}.abcdefghijkl.us-west-2.rds.amazonaws.com`);
    assert.equal(await valueOfOutput(result.port), 5432);
    assert.equal(await valueOfOutput(result.identifier), IDENTIFIER);
  });

  it("has 4 small letters and digits behind its name, and a user that nobody can guess", async () => {
    const made = await recordDatabase();

    assert.deepEqual(made.named("database-suffix").inputs, { length: 4, upper: false, special: false });
    assert.deepEqual(made.named("database-user-name").inputs, { length: 12, upper: false, special: false });
  });

  it("lies in the database tier", async () => {
    const { inputs } = (await recordDatabase()).named("database-subnets");

    assert.deepEqual(inputs["subnetIds"], ["subnet-a", "subnet-b"]);
  });

  it("is protected itself, and never deleted to make room for another", async () => {
    const made = await recordDatabase();

    const isProtected = made.resources.filter(({ protect }) => protect === true).map(({ name }) => name);
    assert.deepEqual(isProtected, ["database-instance"]);
    assert.equal(made.one(INSTANCE).deleteBeforeReplace, false);
  });

  it("stays as large as it is when the two sizes are one", async () => {
    const { inputs } = (await recordDatabase({ storageGb: 50, maxStorageGb: 50 })).one(INSTANCE);

    assert.equal(inputs["allocatedStorage"], 50);
    assert.ok(!("maxAllocatedStorage" in inputs));
  });
});

describe("a database's parameter group", () => {
  for (const major of POSTGRES_MAJORS) {
    it(`is of the family of its instance's version ${major}`, async () => {
      const made = await recordDatabase({ engineVersion: major });

      assert.equal(made.one(INSTANCE).inputs["engineVersion"], major);
      assert.equal(made.named("database-parameters").inputs["family"], `postgres${major}`);
    });
  }

  it("has a name of its own each time it is replaced, so that a major upgrade never finds it in use", async () => {
    const { inputs } = (await recordDatabase()).named("database-parameters");

    assert.ok(!("name" in inputs));
  });

  it("holds the stack's parameters and the caller's", async () => {
    const { inputs } = (await recordDatabase({ parameters: { work_mem: "65536" } })).named("database-parameters");
    const parameters = inputs["parameters"] as { name: string }[];

    assert.deepEqual(parameters.at(-1), { name: "work_mem", value: "65536", applyMethod: "immediate" });
    assert.ok(parameters.some(({ name }) => name === "rds.force_ssl"));
  });
});

describe("a database's key", () => {
  it("lets in the database's own two log groups, by the names that RDS will use", async () => {
    const made = await recordDatabase();
    const { LogGroups } = statementsBySid(made.named("database-key-key"));

    assert.deepEqual(LogGroups?.Condition?.["ArnEquals"], {
      "kms:EncryptionContext:aws:logs:arn": [
        arnOf("logs", `log-group:/aws/rds/instance/${IDENTIFIER}/postgresql`),
        arnOf("logs", `log-group:/aws/rds/instance/${IDENTIFIER}/upgrade`),
      ],
    });
  });

  it("outlives the stack with the final snapshot, which nothing else can decrypt", async () => {
    const kept = await recordDatabase();
    const given = await recordDatabase({}, { finalSnapshot: "a throwaway stack" });

    assert.equal(kept.named("database-key-key").retainOnDelete, true);
    assert.equal(given.named("database-key-key").retainOnDelete, false);
  });
});

describe("a database's logs", () => {
  it("go to encrypted groups with an end, which are there before the instance", async () => {
    const made = await recordDatabase();

    for (const log of ["postgresql", "upgrade"]) {
      assert.deepEqual(made.named(`database-log-${log}`).inputs, {
        name: `/aws/rds/instance/${IDENTIFIER}/${log}`,
        kmsKeyId: DATA_KEY,
        retentionInDays: 365,
      });
      assert.ok(made.one(INSTANCE).dependencies.includes(`database-log-${log}`));
    }
  });

  it("have a group for each that is exported", async () => {
    const made = await recordDatabase();

    assert.deepEqual(
      made.one(INSTANCE).inputs["enabledCloudwatchLogsExports"],
      made.names("aws:cloudwatch/logGroup:LogGroup").map((name) => name.replace("database-log-", "")),
    );
  });
});

describe("a database without a protection", () => {
  const because = "a throwaway stack";

  it("may be deleted", async () => {
    const { inputs, protect } = (await recordDatabase({}, { deletionProtection: because })).one(INSTANCE);

    assert.equal(inputs["deletionProtection"], false);
    assert.equal(protect, false);
    assert.equal(inputs["multiAz"], true);
    assert.equal(inputs["skipFinalSnapshot"], false);
  });

  it("has no standby", async () => {
    const { inputs, protect } = (await recordDatabase({}, { multiAz: because })).one(INSTANCE);

    assert.equal(inputs["multiAz"], false);
    assert.equal(inputs["deletionProtection"], true);
    assert.equal(protect, true);
  });

  it("leaves no final snapshot", async () => {
    const { inputs, protect } = (await recordDatabase({}, { finalSnapshot: because })).one(INSTANCE);

    assert.equal(inputs["skipFinalSnapshot"], true);
    assert.ok(!("finalSnapshotIdentifier" in inputs));
    assert.equal(inputs["deletionProtection"], true);
    assert.equal(protect, true);
  });
});
