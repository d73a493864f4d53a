import assert from "node:assert/strict";
import { AuditTrail } from "../../components/audit-trail";
import { arnOf, comesBefore, stackArgs, statementsBySid } from "../support/components";
import { record } from "../support/pulumi-recorder";

const TRAIL = arnOf("cloudtrail", "trail/rds-sightline-dev-audit");
const OF_TRAIL = {
  StringEquals: { "aws:SourceAccount": "111122223333" },
  ArnLike: { "aws:SourceArn": TRAIL },
};

const recordTrail = (exceptions: { keepAuditTrail?: string } = {}) =>
  record(() => new AuditTrail("trail", { ...stackArgs(), retentionDays: 400, exceptions }));

describe("an audit trail", () => {
  it("is of these parts", async () => {
    assert.deepEqual((await recordTrail()).names(), [
      "trail-bucket",
      "trail-bucket-policy",
      "trail-encryption",
      "trail-key-alias",
      "trail-key-key",
      "trail-lifecycle",
      "trail-log",
      "trail-ownership",
      "trail-public-access",
      "trail-role",
      "trail-role-policy",
      "trail-trail",
      "trail-versioning",
    ]);
  });

  it("records management events of all regions, encrypted, in files that tell whether they were changed", async () => {
    const { inputs } = (await recordTrail()).named("trail-trail");

    assert.deepEqual(inputs, {
      name: "rds-sightline-dev-audit",
      s3BucketName: "trail-bucket-1a2b3c4",
      kmsKeyId: arnOf("kms", "key/key-trail-key-key"),
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      cloudWatchLogsGroupArn: `${arnOf("logs", "log-group:rds-sightline-dev/audit-trail")}:*`,
      cloudWatchLogsRoleArn: "arn:aws:iam::111122223333:role/trail-role-1a2b3c4",
    });
  });

  it("lets CloudTrail use key, bucket and role for this trail only, and nobody come without TLS 1.2", async () => {
    const made = await recordTrail();
    const key = statementsBySid(made.named("trail-key-key"));
    const bucket = statementsBySid(made.named("trail-bucket-policy"));
    const trust = statementsBySid(made.named("trail-role"), "assumeRolePolicy");

    assert.deepEqual(key["TrailEncrypts"]?.Condition, {
      ...OF_TRAIL,
      StringLike: { "kms:EncryptionContext:aws:cloudtrail:arn": TRAIL },
    });
    assert.deepEqual(key["TrailChecks"]?.Condition, OF_TRAIL);
    assert.deepEqual(bucket["TrailWrites"]?.Condition, OF_TRAIL);
    assert.deepEqual(bucket["TrailWrites"]?.Resource, ["arn:aws:s3:::trail-bucket-1a2b3c4/AWSLogs/111122223333/*"]);
    assert.deepEqual(bucket["TrailChecks"]?.Condition, OF_TRAIL);
    assert.deepEqual(trust["Assume"]?.Condition, OF_TRAIL);
    assert.ok(bucket["DenyWithoutTls"] && bucket["DenyOldTls"]);
  });

  it("lets its role write into its own streams, and nothing else", async () => {
    const { WriteTrail, ...others } = statementsBySid((await recordTrail()).named("trail-role-policy"));

    assert.deepEqual(others, {});
    assert.deepEqual(WriteTrail?.Action, ["logs:CreateLogStream", "logs:PutLogEvents"]);
    assert.deepEqual(WriteTrail?.Resource, [
      `${arnOf("logs", "log-group:rds-sightline-dev/audit-trail")}:log-stream:111122223333_CloudTrail_*`,
    ]);
  });

  it("is made once CloudTrail may use all of it, which it tries then", async () => {
    const made = await recordTrail();

    for (const first of ["trail-bucket-policy", "trail-role-policy", "trail-key-key", "trail-log"])
      assert.ok(comesBefore(made, first, "trail-trail"), first);
    assert.ok(comesBefore(made, "trail-public-access", "trail-bucket-policy"));
  });

  it("is kept, and its key with it, unless a written reason gives it up", async () => {
    const kept = await recordTrail();
    const given = await recordTrail({ keepAuditTrail: "a throwaway stack" });
    const protection = (made: typeof kept) => {
      const { protect, inputs } = made.named("trail-bucket");
      return [protect, inputs["forceDestroy"], made.named("trail-key-key").retainOnDelete];
    };

    assert.deepEqual(protection(kept), [true, false, true]);
    assert.deepEqual(protection(given), [false, true, false]);
  });
});
