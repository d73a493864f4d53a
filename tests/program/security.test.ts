import assert from "node:assert/strict";
import { policiesOf, serviceOf } from "../support/policies";
import { recordStack, STACKS, type StackName } from "../support/program";
import type { RecordedResource } from "../support/pulumi-recorder";

const WITH_TRAIL = "with an audit trail";
const IN_CLOUDWATCH = "with flow logs in CloudWatch Logs";
const stacks = Object.keys(STACKS) as StackName[];
const isKeyArn = (value: unknown) => /^arn:aws:kms:us-west-2:111122223333:key\/key-[\w-]+-key$/.test(String(value));

// what keeps data, and the inputs that must name one of the stack's keys
const STORES: Readonly<Record<string, readonly string[]>> = {
  "aws:cloudwatch/logGroup:LogGroup": ["kmsKeyId"],
  "aws:lambda/function:Function": ["kmsKeyArn"],
  "aws:backup/vault:Vault": ["kmsKeyArn"],
  "aws:rds/instance:Instance": ["performanceInsightsKmsKeyId"],
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": ["kmsKeyId"],
  "aws:rds/snapshotCopy:SnapshotCopy": ["kmsKeyId"],
  "aws:secretsmanager/secret:Secret": ["kmsKeyId"],
  "aws:sfn/stateMachine:StateMachine": ["encryptionConfiguration.kmsKeyId"],
  "aws:sns/topic:Topic": ["kmsMasterKeyId"],
  "aws:sqs/queue:Queue": ["kmsMasterKeyId"],
};

// Every statement with * as its resource. A new one is a decision: it needs its reason in the code, and a row here
const STARS: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/vpcEndpoint:VpcEndpoint": ["OwnBuckets", "OwnIdentities", "ReadOthers"],
  "aws:iam/policy:Policy": ["FindBastion", "ReadResultsOfQueries", "SeeEventsAndMetrics"],
  "aws:iam/rolePolicy:RolePolicy": [
    "DeliverLog",
    ...["LearnFormats", "NetworkInterfaces", "NotFromTheCode", "ReadInterfaces", "ReadRules", "ReadTargets", "Traces"],
    ...["HoldSessions", "ReadDatabases", "ReadInventory"],
  ],
  "aws:kms/key:Key": [
    "AdministrationByIam",
    "Alarms",
    "Backup",
    "BackupGrants",
    "BackfillThroughS3",
    "BucketNotifications",
    "DatabaseEvents",
    "EventRules",
    "FlowLogDelivery",
    "FunctionEnvironments",
    "FunctionEnvironmentsGrants",
    "LogGroups",
    "QueueUsers",
    "Rds",
    "RdsGrants",
    "ReadersThroughS3",
    "SecretsManager",
    "SecretsManagerGrants",
    "Sessions",
    "StateMachine",
    "StateMachineLog",
    "StateMachineLogDelivery",
    "TrailChecks",
    "TrailEncrypts",
  ],
};

/** The networks that a stack file lets in, if it has a front door. */
function allowedCidrs(stack: StackName): readonly string[] {
  const file = STACKS[stack];
  return "frontDoor" in file ? file.frontDoor.allowedCidrs : [];
}

const inside = (inputs: object, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], inputs);

const names = (resources: readonly RecordedResource[]) => resources.map(({ name }) => name);

for (const stack of stacks) {
  describe(`the program ${stack}`, () => {
    it("keeps nothing unencrypted, and everything with a key of its own", async () => {
      const made = await recordStack(stack);

      for (const [type, inputs] of Object.entries(STORES)) {
        for (const store of made.all(type)) {
          for (const input of inputs) assert.ok(isKeyArn(inside(store.inputs, input)), `${store.name}.${input}`);
        }
      }
      // a replica's key is its primary's
      const primaries = made.all("aws:rds/instance:Instance").filter(({ inputs }) => !("replicateSourceDb" in inputs));
      for (const { name, inputs } of primaries) assert.ok(isKeyArn(inputs["kmsKeyId"]), name);
      assert.ok(made.all("aws:rds/instance:Instance").every(({ inputs }) => inputs["storageEncrypted"] === true));
      const encryption = made.all(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      );
      assert.equal(encryption.length, made.all("aws:s3/bucket:Bucket").length);
    });

    it("lets in by their addresses the networks that the stack file names, at the front door, and nobody else", async () => {
      const made = await recordStack(stack);

      const groupRules = made
        .all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .filter(({ inputs }) => "cidrIpv4" in inputs || "cidrIpv6" in inputs || "prefixListId" in inputs);
      assert.deepEqual(groupRules.map(({ inputs }) => [inputs["securityGroupId"], inputs["cidrIpv4"]]).sort(), [
        // the VPC's own, where AWS's services have addresses in it
        ...(made.names().includes("access-endpoints") ? [["securityGroup-access-endpoints", "10.0.0.0/16"]] : []),
        ...[...allowedCidrs(stack)].sort().map((cidr) => ["securityGroup-access-front-door", cidr]),
      ]);
      const insideOrAllowed = [...allowedCidrs(stack), "10.0.0.0/18", "10.0.64.0/18"];
      const aclRules = made
        .all("aws:ec2/networkAclRule:NetworkAclRule")
        .filter(({ inputs }) => !insideOrAllowed.includes(String(inputs["cidrBlock"])));
      const subnets = made.all("aws:ec2/subnet:Subnet").filter(({ inputs }) => inputs["mapPublicIpOnLaunch"] !== false);
      assert.deepEqual([...names(aclRules), ...names(subnets)], []);
      const databases = made.all("aws:rds/instance:Instance");
      assert.ok(databases.every(({ inputs }) => inputs["publiclyAccessible"] === false));
    });

    it("closes every bucket to the public, and keeps what must not be lost", async () => {
      const made = await recordStack(stack);

      const blocks = made.all("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
      assert.equal(blocks.length, made.all("aws:s3/bucket:Bucket").length);
      for (const { inputs } of blocks) {
        const { bucket, ...flags } = inputs;
        assert.deepEqual(new Set(Object.values(flags)), new Set([true]), String(bucket));
      }
      assert.equal(made.all("aws:s3/bucket:Bucket").length, stack === IN_CLOUDWATCH ? 0 : stack === WITH_TRAIL ? 2 : 1);
      assert.ok(made.all("aws:s3/bucket:Bucket").every(({ inputs }) => inputs["forceDestroy"] === false));
      assert.equal(made.named("database-instance").inputs["deletionProtection"], true);
      // refused by the engine, before it has deleted anything else
      assert.deepEqual(names(made.resources.filter(({ protect }) => protect === true)).sort(), [
        ...(stack === WITH_TRAIL ? ["audit-trail-bucket"] : []),
        "database-instance",
        ...names(made.all("aws:s3/bucket:Bucket")).filter((name) => name !== "audit-trail-bucket"),
        ...(stack === IN_CLOUDWATCH ? ["flow-log-group-log"] : []),
        ...names(made.all("aws:lb/loadBalancer:LoadBalancer")),
      ]);
    });

    it("refuses whatever comes without TLS to its bucket, queues and topic", async () => {
      const made = await recordStack(stack);
      const policies = policiesOf(made).filter(({ type }) => /:(Bucket|Queue|Topic)Policy$/.test(type));

      for (const { resource, statements } of policies) {
        assert.ok(
          statements.some(({ Effect, Condition }) => {
            return Effect === "Deny" && Condition?.["Bool"]?.["aws:SecureTransport"] === "false";
          }),
          resource,
        );
      }
      const count = (type: string) => made.all(type).length;
      assert.equal(
        policies.length,
        count("aws:s3/bucket:Bucket") + count("aws:sqs/queue:Queue") + count("aws:sns/topic:Topic"),
      );
    });

    it("lets a service in only for this account and for a named source", async () => {
      const policies = policiesOf(await recordStack(stack)).filter(({ type }) => type !== "aws:iam/role:Role");

      for (const { resource, statements } of policies) {
        for (const statement of statements) {
          const service = serviceOf(statement);
          if (service === undefined) continue;
          const text = JSON.stringify(statement.Condition ?? {});
          // log groups are told apart by their encryption context, which holds account and ARN
          const guards = service.startsWith("logs.")
            ? ["kms:EncryptionContext:aws:logs:arn"]
            : ["aws:SourceAccount", "aws:SourceArn"];
          for (const guard of guards) assert.ok(text.includes(`"${guard}"`), `${resource} ${statement.Sid} ${guard}`);
          assert.ok(text.includes("111122223333"), `${resource} ${statement.Sid}`);
        }
      }
    });

    it("names every resource of a policy, but for these, each with its reason in the code", async () => {
      const policies = policiesOf(await recordStack(stack));

      const stars = policies.flatMap(({ type, statements }) =>
        statements.filter(({ Resource }) => Resource === "*" || Resource?.includes("*")).map(({ Sid }) => [type, Sid]),
      );
      assert.deepEqual(
        stars.filter(([type = "", sid = ""]) => !STARS[type]?.includes(sid)),
        [],
      );
    });

    it("allows no role every action of a service, and attaches no policy that AWS may change", async () => {
      const made = await recordStack(stack);
      const ofRoles = policiesOf(made).filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy");

      const actions = ofRoles.flatMap(({ statements }) => statements.flatMap(({ Action }) => Action));
      assert.deepEqual(
        actions.filter((action) => action.includes("*")),
        [],
      );
      const attached = ["group", "role", "user"].flatMap((kind) => {
        const kindName = `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
        return made.all(`aws:iam/${kind}PolicyAttachment:${kindName}PolicyAttachment`);
      });
      const own = /^arn:aws:iam::111122223333:policy\/rds-sightline-dev-/;
      assert.deepEqual(names(attached.filter(({ inputs }) => !own.test(String(inputs["policyArn"])))), []);
      assert.deepEqual(
        made.all("aws:iam/role:Role").filter(({ inputs }) => "managedPolicyArns" in inputs),
        [],
      );
    });
  });
}
