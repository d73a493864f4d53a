import assert from "node:assert/strict";
import { bucketStatements } from "../../components/flow-archive";
import { policyDocument } from "../../components/policy-documents";
import { arnOf, comesBefore, statementsBySid, statementsOf } from "../support/components";
import { BUCKET, recordArchive } from "../support/flow-archive";
import { ACCOUNT } from "../support/plausible-outputs";
import { valueOfOutput } from "../support/pulumi-recorder";

describe("a flow archive", () => {
  it("is made of these and nothing else", async () => {
    const made = await recordArchive();

    assert.deepEqual(made.names(), [
      "archive-bucket",
      "archive-encryption",
      "archive-key-alias",
      "archive-key-key",
      "archive-lifecycle",
      "archive-ownership",
      "archive-policy",
      "archive-public-access",
      "archive-subnet-a",
      "archive-subnet-c",
      "archive-versioning",
      "database",
    ]);
  });

  it("says where its objects are and what decrypts them", async () => {
    const { result } = await recordArchive();

    assert.equal(await valueOfOutput(result.bucketName), "archive-bucket-1a2b3c4");
    assert.equal(await valueOfOutput(result.bucketArn), BUCKET);
    assert.equal(await valueOfOutput(result.keyArn), arnOf("kms", "key/key-archive-key-key"));
  });
});

describe("the archive's bucket", () => {
  const bucket = "archive-bucket-1a2b3c4";

  it("is closed to the public in all four ways", async () => {
    const made = await recordArchive();

    assert.deepEqual(made.named("archive-public-access").inputs, {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
  });

  it("encrypts with the archive's key, by ARN, which log delivery asks for", async () => {
    const made = await recordArchive();

    assert.deepEqual(made.named("archive-encryption").inputs, {
      bucket,
      rules: [
        {
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: "aws:kms",
            kmsMasterKeyId: arnOf("kms", "key/key-archive-key-key"),
          },
          bucketKeyEnabled: true,
        },
      ],
    });
  });

  it("owns every object, without ACLs, and keeps versions", async () => {
    const made = await recordArchive();

    assert.deepEqual(made.named("archive-ownership").inputs["rule"], { objectOwnership: "BucketOwnerEnforced" });
    assert.deepEqual(made.named("archive-versioning").inputs["versioningConfiguration"], { status: "Enabled" });
  });

  it("forgets objects, old versions, their delete markers and unfinished uploads", async () => {
    const made = await recordArchive({ retentionDays: 90 });

    assert.deepEqual(made.named("archive-lifecycle").inputs["rules"], [
      {
        id: "expire",
        filter: { prefix: "" },
        status: "Enabled",
        expiration: { days: 90 },
        noncurrentVersionExpiration: { noncurrentDays: 30 },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
      {
        id: "remove-delete-markers",
        filter: { prefix: "" },
        status: "Enabled",
        expiration: { expiredObjectDeleteMarker: true },
      },
    ]);
  });

  it("refuses to go while it holds flow logs, unless that is given up with a reason", async () => {
    const kept = await recordArchive();
    const given = await recordArchive({}, { keepFlowLogs: "a throwaway stack" });

    assert.equal(kept.named("archive-bucket").inputs["forceDestroy"], false);
    assert.equal(given.named("archive-bucket").inputs["forceDestroy"], true);
  });

  it("is protected with them, so that a destroy is refused before it deletes anything", async () => {
    const protectedIn = async (exceptions = {}) =>
      (await recordArchive({}, exceptions)).resources.filter(({ protect }) => protect === true).map(({ name }) => name);

    assert.deepEqual(await protectedIn(), ["archive-bucket"]);
    assert.deepEqual(await protectedIn({ keepFlowLogs: "a throwaway stack" }), []);
  });
});

describe("the archive's bucket policy", () => {
  const behalf = {
    StringEquals: { "aws:SourceAccount": ACCOUNT.accountId },
    ArnLike: { "aws:SourceArn": arnOf("logs", "*") },
  };
  const everything = [BUCKET, `${BUCKET}/*`];

  it("lets log delivery of this account write to the account's folder, and keeps out whoever has no TLS 1.2", async () => {
    const made = await recordArchive();

    assert.deepEqual(statementsOf(made.named("archive-policy")), [
      {
        Sid: "FlowLogDeliveryWrites",
        Effect: "Allow",
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Action: ["s3:PutObject"],
        Resource: [`${BUCKET}/AWSLogs/111122223333/*`],
        Condition: behalf,
      },
      {
        Sid: "FlowLogDeliveryChecks",
        Effect: "Allow",
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Action: ["s3:GetBucketAcl", "s3:ListBucket"],
        Resource: [BUCKET],
        Condition: behalf,
      },
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:*"],
        Resource: everything,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Sid: "DenyOldTls",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:*"],
        Resource: everything,
        Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
      },
    ]);
  });

  it("asks for no ACL header: a delivery to a bucket without ACLs may come without one", async () => {
    const policy = JSON.stringify(statementsOf((await recordArchive()).named("archive-policy")));

    assert.doesNotMatch(policy, /x-amz-acl/);
  });

  it("names the folder that Hive partitions have", () => {
    const document = policyDocument(bucketStatements(ACCOUNT, BUCKET, true));

    assert.match(document, /\/AWSLogs\/aws-account-id=111122223333\/\*"/);
    assert.doesNotMatch(document, /AWSLogs\/111122223333/);
  });

  it("comes after what else changes the bucket's access, since S3 takes one such change at a time", async () => {
    const made = await recordArchive();

    for (const before of ["archive-public-access", "archive-ownership"]) {
      assert.ok(comesBefore(made, before, "archive-policy"), before);
    }
    assert.ok(comesBefore(made, "archive-versioning", "archive-lifecycle"));
  });
});

describe("the archive's key", () => {
  it("outlives the stack with the flow logs, which nothing else can decrypt", async () => {
    const kept = await recordArchive();
    const given = await recordArchive({}, { keepFlowLogs: "a throwaway stack" });

    assert.equal(kept.named("archive-key-key").retainOnDelete, true);
    assert.equal(given.named("archive-key-key").retainOnDelete, false);
  });

  it("lets in flow-log delivery and nothing that the database or the messages need", async () => {
    const made = await recordArchive();

    assert.deepEqual(Object.keys(statementsBySid(made.named("archive-key-key"))), [
      "AdministrationByIam",
      "FlowLogDelivery",
      "ReadersThroughS3",
    ]);
  });
});
