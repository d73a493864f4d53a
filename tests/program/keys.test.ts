import assert from "node:assert/strict";
import { type SentStatement, statementsBySid, statementsOf } from "../support/components";
import { recordStack, STACKS, type StackName } from "../support/program";
import type { RecordedResource, Recording } from "../support/pulumi-recorder";

// AWS refuses a resource whose key does not let its service in, some of them minutes later and without a word. So each use of a key in
// the program must have its statement in that key's policy, and each statement must have a use.

const stacks = Object.keys(STACKS) as StackName[];

/** By type: the statements that a resource needs of the key that it names, by its input. */
const NEEDS: Readonly<Record<string, (resource: RecordedResource) => readonly [unknown, string][]>> = {
  "aws:rds/instance:Instance": ({ inputs }) => [
    // a replica's is its primary's
    ...(inputs["replicateSourceDb"] === undefined
      ? ([
          [inputs["kmsKeyId"], "Rds"],
          [inputs["kmsKeyId"], "RdsGrants"],
        ] as [unknown, string][])
      : []),
    [inputs["performanceInsightsKmsKeyId"], "Rds"],
    ...(inputs["masterUserSecretKmsKeyId"] === undefined
      ? []
      : ([
          [inputs["masterUserSecretKmsKeyId"], "SecretsManager"],
          [inputs["masterUserSecretKmsKeyId"], "SecretsManagerGrants"],
        ] as [unknown, string][])),
  ],
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": ({ inputs }) => [
    [inputs["kmsKeyId"], "Rds"],
    [inputs["kmsKeyId"], "RdsGrants"],
  ],
  "aws:rds/snapshotCopy:SnapshotCopy": ({ inputs }) => [[inputs["kmsKeyId"], "Rds"]],
  "aws:backup/vault:Vault": ({ inputs }) => [
    [inputs["kmsKeyArn"], "Backup"],
    [inputs["kmsKeyArn"], "BackupGrants"],
  ],
  "aws:secretsmanager/secret:Secret": ({ inputs }) => [[inputs["kmsKeyId"], "SecretsManager"]],
  "aws:cloudwatch/logGroup:LogGroup": ({ inputs }) => [[inputs["kmsKeyId"], "LogGroups"]],
  "aws:sns/topic:Topic": ({ inputs }) => [
    [inputs["kmsMasterKeyId"], "Alarms"],
    [inputs["kmsMasterKeyId"], "DatabaseEvents"],
  ],
  "aws:sqs/queue:Queue": ({ name, inputs }) => [
    ...(/^(target|workload)-sync/.test(name)
      ? ([[inputs["kmsMasterKeyId"], "EventRules"]] as [unknown, string][])
      : []),
    [inputs["kmsMasterKeyId"], "QueueUsers"],
  ],
  // what is sent to a queue of the forwarder's, which has the same key
  "aws:s3/bucketNotification:BucketNotification": () => [["key/key-messages-key-key", "BucketNotifications"]],
  "aws:lambda/function:Function": ({ inputs }) => [
    [inputs["kmsKeyArn"], "FunctionEnvironments"],
    [inputs["kmsKeyArn"], "FunctionEnvironmentsGrants"],
  ],
  "aws:sfn/stateMachine:StateMachine": ({ inputs }) => {
    const { kmsKeyId } = inputs["encryptionConfiguration"] as { kmsKeyId: string };
    return ["StateMachine", "StateMachineLog", "StateMachineLogDelivery"].map((sid) => [kmsKeyId, sid]);
  },
  "aws:ssm/document:Document": ({ inputs }) => {
    const { inputs: session } = JSON.parse(String(inputs["content"])) as { inputs?: { kmsKeyId: string } };
    return session === undefined ? [] : [[session.kmsKeyId, "Sessions"]];
  },
  "aws:iam/rolePolicy:RolePolicy": (policy) =>
    statementsOf(policy)
      .filter(({ Sid }) => Sid === "EncryptResults")
      .map(({ Resource }) => [Resource?.[0], "BackfillThroughS3"]),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ({ name, inputs }) => {
    const [rule] = inputs["rules"] as { applyServerSideEncryptionByDefault: { kmsMasterKeyId: string } }[];
    const keyArn = rule?.applyServerSideEncryptionByDefault.kmsMasterKeyId;
    const writers = name === "audit-trail-encryption" ? ["TrailEncrypts", "TrailChecks"] : ["FlowLogDelivery"];
    return [...writers, "ReadersThroughS3"].map((sid) => [keyArn, sid]);
  },
};

interface Use {
  readonly key: string;
  readonly sid: string;
  readonly by: string;
}

function usesIn(made: Recording<unknown>): Use[] {
  return made.resources.flatMap((resource) =>
    (NEEDS[resource.type]?.(resource) ?? []).map(([keyArn, sid]) => ({
      key: String(keyArn).replace(/^.*key\/key-/, ""),
      sid,
      by: resource.name,
    })),
  );
}

function statementOf(made: Recording<unknown>, key: string, sid: string): SentStatement | undefined {
  return statementsBySid(made.named(key))[sid];
}

describe("a key's policy", () => {
  for (const stack of stacks) {
    it(`lets in every service that uses the key, ${stack}`, async () => {
      const made = await recordStack(stack);
      const uses = usesIn(made);

      assert.ok(uses.length > 0);
      assert.deepEqual(
        uses.filter(({ key, sid }) => statementOf(made, key, sid) === undefined),
        [],
      );
    });

    it(`names every log group that the key encrypts, by its ARN, ${stack}`, async () => {
      const made = await recordStack(stack);

      for (const { key, by } of usesIn(made).filter(({ sid }) => sid === "LogGroups")) {
        const contexts = statementOf(made, key, "LogGroups")?.Condition?.["ArnEquals"]?.[
          "kms:EncryptionContext:aws:logs:arn"
        ];
        const arn = `arn:aws:logs:us-west-2:111122223333:log-group:${String(made.named(by).inputs["name"])}`;
        assert.ok((contexts as string[]).includes(arn), arn);
      }
    });
  }

  for (const stack of stacks) {
    it(`lets in nobody who has no use for the key, ${stack}`, async () => {
      const made = await recordStack(stack);
      const uses = usesIn(made);

      const statements = made
        .all("aws:kms/key:Key")
        .flatMap((key) => Object.keys(statementsBySid(key)).map((sid) => ({ key: key.name, sid })));
      const unused = statements.filter(({ key, sid }) => !uses.some((use) => use.key === key && use.sid === sid));
      assert.deepEqual(new Set(unused.map(({ sid }) => sid)), new Set(["AdministrationByIam"]));
    });
  }

  it("lets the bucket's notifications in by the ARN of the bucket that sends them", async () => {
    const made = await recordStack("with a PCE");
    const statement = statementOf(made, "messages-key-key", "BucketNotifications");

    const bucket = String(made.named("flow-forwarder-notification").inputs["bucket"]);
    assert.deepEqual(statement?.Condition?.["ArnLike"], { "aws:SourceArn": `arn:aws:s3:::${bucket}` });
  });

  it("lets in the rules whose undelivered events go to an encrypted queue, by their ARNs", async () => {
    const made = await recordStack("with an endpoint service");
    const statement = statementOf(made, "messages-key-key", "EventRules");

    const rules = made.all("aws:cloudwatch/eventRule:EventRule").map(({ inputs }) => String(inputs["name"]));
    assert.deepEqual(statement?.Condition?.["ArnLikeIfExists"], {
      "aws:SourceArn": rules.map((rule) => `arn:aws:events:us-west-2:111122223333:rule/${rule}`),
    });
  });

  it("lets in every alarm of the stack by its name, as the topic's policy does", async () => {
    const made = await recordStack("with a public front door");
    const inKey = statementOf(made, "messages-key-key", "Alarms")?.Condition;
    const inTopic = statementsBySid(made.named("alarms-topic-policy"))["AlarmsOfThisStack"]?.Condition;

    assert.deepEqual(inKey, inTopic);
    const pattern = String(inKey?.["ArnLike"]?.["aws:SourceArn"]).replace(/\*$/, "");
    for (const { inputs } of made.all("aws:cloudwatch/metricAlarm:MetricAlarm")) {
      const arn = `arn:aws:cloudwatch:us-west-2:111122223333:alarm:${String(inputs["name"])}`;
      assert.ok(arn.startsWith(pattern), arn);
    }
  });

  it("is of the key whose ARN the forwarder may decrypt with, of each that it needs", async () => {
    const made = await recordStack("with a PCE");
    const decrypt = statementsBySid(made.named("flow-forwarder-lambda-policy"))["Decrypt"];

    const keys = ["flow-archive-key-key", "messages-key-key"];
    assert.deepEqual(
      decrypt?.Resource,
      keys.map((key) => `arn:aws:kms:us-west-2:111122223333:key/key-${key}`),
    );
  });
});
