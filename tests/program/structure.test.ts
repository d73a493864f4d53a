import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { recordProgram, recordStack, STACKS, type StackName } from "../support/program";

const stacks = Object.keys(STACKS) as StackName[];

// Everything else must have tags: a type that is new to the program has to be put here on purpose
const TYPES_WITHOUT_TAGS = [
  "aws:backup/selection:Selection",
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  "aws:lambda/functionRecursionConfig:FunctionRecursionConfig",
  "aws:cloudwatch/dashboard:Dashboard",
  "aws:cloudwatch/eventTarget:EventTarget",
  "aws:cloudwatch/logStream:LogStream",
  "aws:cloudwatch/logMetricFilter:LogMetricFilter",
  "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
  "aws:ec2/networkAclAssociation:NetworkAclAssociation",
  "aws:ec2/networkAclRule:NetworkAclRule",
  "aws:ec2/route:Route",
  "aws:ec2/routeTableAssociation:RouteTableAssociation",
  "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation",
  "aws:ec2clientvpn/authorizationRule:AuthorizationRule",
  "aws:ec2clientvpn/networkAssociation:NetworkAssociation",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
  "aws:guardduty/detectorFeature:DetectorFeature",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  "aws:kms/alias:Alias",
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  "aws:lambda/invocation:Invocation",
  "aws:lambda/permission:Permission",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketNotification:BucketNotification",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:secretsmanager/secretRotation:SecretRotation",
  "aws:secretsmanager/secretVersion:SecretVersion",
  "aws:securityhub/account:Account",
  "aws:securityhub/standardsSubscription:StandardsSubscription",
  "aws:sns/topicPolicy:TopicPolicy",
  "aws:sns/topicSubscription:TopicSubscription",
  "aws:sqs/queuePolicy:QueuePolicy",
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
];

for (const stack of stacks) {
  describe(`the program ${stack}`, () => {
    it("has only components at the top", async () => {
      const made = await recordStack(stack);

      const loose = made.resources.filter(({ parent, isComponent }) => parent === undefined && !isComponent);
      assert.deepEqual(
        loose.map(({ name }) => name),
        [],
      );
    });

    it("names each child after its parent, so that two of a kind never clash", async () => {
      const made = await recordStack(stack);

      const odd = made.resources.filter(({ name, parent }) => parent !== undefined && !name.startsWith(`${parent}-`));
      assert.deepEqual(
        odd.map(({ name }) => name),
        [],
      );
    });

    it("gives no name twice", async () => {
      const names = (await recordStack(stack)).names();

      assert.deepEqual(names, [...new Set(names)]);
    });

    it("tags whatever takes tags with its project and stack", async () => {
      const made = await recordStack(stack);
      const taggable = made.resources.filter(
        ({ type, isComponent }) => !isComponent && type.startsWith("aws:") && !TYPES_WITHOUT_TAGS.includes(type),
      );

      const untagged = taggable.filter(({ inputs }) => {
        const tags = (inputs["tags"] ?? {}) as Record<string, string>;
        return tags["pulumi:project"] !== "rds-sightline" || tags["pulumi:stack"] !== "dev";
      });
      assert.deepEqual(
        untagged.map(({ name }) => name),
        [],
      );
    });

    it("previews without tripping over what is not known yet", async () => {
      const made = await recordProgram(STACKS[stack], { preview: true });

      assert.ok(made.names().includes("database-instance"));
    });
  });
}

/** Filters of the database's log that know a front door's clients: those behind endpoints come by the load balancer's address. */
const watchedWith = (stack: StackName) =>
  stack === "with an endpoint service" ? [] : ["audit-logins-filter-outside-clients"];

describe("the program's parts", () => {
  it("come in the order in which data flows", async () => {
    const made = await recordStack("with a public front door");
    const top = made.resources.filter(({ parent }) => parent === undefined).map(({ name }) => name);

    assert.deepEqual(top, [
      "network",
      "access",
      "database",
      "front-door",
      "flow-archive",
      "messages-key",
      "alarms",
      "target-sync",
      "flow-forwarder",
      "audit",
      "dashboard",
    ]);
  });

  it("put the backfill after the forwarder, which it needs, and end with the audit", async () => {
    const made = await recordStack("with a backfill");
    const top = made.resources.filter(({ parent }) => parent === undefined).map(({ name }) => name);

    assert.deepEqual(top.slice(-4), ["flow-forwarder", "backfill", "audit", "dashboard"]);
  });

  it("are all there but the forwarder where there is no PCE", async () => {
    const without = (await recordStack("with defaults only")).names();
    const withPce = (await recordStack("with a PCE")).names();

    const more = withPce.filter((name) => !without.includes(name));
    assert.deepEqual(
      without.filter((name) => !withPce.includes(name)),
      [],
    );
    assert.deepEqual(
      more.filter((name) => !name.startsWith("flow-forwarder-")),
      ["alarms-email-team@example.com"],
    );
    assert.ok(!without.some((name) => name.startsWith("flow-forwarder")));
  });

  for (const stack of [
    "with a public front door",
    "with an internal front door",
    "with an endpoint service",
  ] as const) {
    it(`stay as they are when a front door comes or goes, but for who may use the messages key, and what is watched, ${stack}`, async () => {
      const { frontDoor: _, ...closed } = STACKS[stack];
      const without = await recordProgram(closed);
      const withDoor = await recordStack(stack);

      const changed = without.resources.filter(({ name, type, inputs, ...rest }) => {
        const now = withDoor.named(name);
        const same = isDeepStrictEqual([now.type, now.inputs, now.parent], [type, inputs, rest.parent]);
        return !same;
      });
      assert.deepEqual(changed.map(({ name }) => name).sort(), [
        ...watchedWith(stack),
        "dashboard-page",
        "messages-key-key",
      ]);
      const { policy: _before, ...before } = without.named("messages-key-key").inputs;
      const { policy: _after, ...after } = withDoor.named("messages-key-key").inputs;
      assert.deepEqual(after, before);
      const added = withDoor.names().filter((name) => !without.names().includes(name));
      assert.ok(added.includes("front-door-balancer") && added.includes("target-sync-first-run"));
      assert.deepEqual(
        added.filter((name) => !/^(front-door|target-sync|endpoint-service|access|network)-/.test(name)),
        [],
      );
    });
  }

  it("stay as they are when a backfill comes or goes, but for the keys that it uses and the PCE's requests that it shares", async () => {
    const { backfill: _, ...off } = STACKS["with a backfill"];
    const without = await recordProgram(off);
    const withBackfill = await recordStack("with a backfill");

    const changed = without.resources.filter(({ name, type, inputs, parent }) => {
      const now = withBackfill.named(name);
      return !isDeepStrictEqual([now.type, now.inputs, now.parent], [type, inputs, parent]);
    });
    assert.deepEqual(
      changed.map(({ name }) => name),
      ["flow-archive-key-key", "messages-key-key", "flow-forwarder-lambda-function"],
    );
    assert.deepEqual(
      withBackfill.names().filter((name) => !without.names().includes(name)),
      ["backfill-alarm-failed", "backfill-log", "backfill-machine", "backfill-policy", "backfill-role"],
    );
  });

  it("stay as they are when flow logs move to CloudWatch Logs, but for flow logs, forwarder, and who may use the messages key", async () => {
    const { flowLogs: _, ...inS3 } = STACKS["with flow logs in CloudWatch Logs"];
    const before = await recordProgram(inS3);
    const after = await recordStack("with flow logs in CloudWatch Logs");
    const areOfFlowLogs = (name: string) => /^flow-(archive|log-group|forwarder)(-|$)/.test(name);

    const gone = before.names().filter((name) => !after.names().includes(name));
    const added = after.names().filter((name) => !before.names().includes(name));
    assert.deepEqual(
      [...gone, ...added].filter((name) => !areOfFlowLogs(name)),
      ["access-forwarder-to-s3-443-out"],
    );
    const changed = before.resources.filter(
      ({ name, inputs, isComponent }) =>
        !isComponent && !gone.includes(name) && !isDeepStrictEqual(after.named(name).inputs, inputs),
    );
    assert.deepEqual(changed.map(({ name }) => name).sort(), [
      "flow-forwarder-alarm-age",
      "flow-forwarder-alarm-dead-letters",
      "flow-forwarder-alarm-errors",
      "flow-forwarder-alarm-failed-connections",
      "flow-forwarder-alarm-failed-messages",
      "flow-forwarder-lambda-function",
      "flow-forwarder-lambda-policy",
      "flow-forwarder-mapping",
      "flow-forwarder-objects-dead-letters",
      "flow-forwarder-objects-queue",
      "flow-forwarder-objects-queue-policy",
      "messages-key-key",
    ]);
  });

  it("are the same whether a stack file says s3 or leaves the destination out", async () => {
    const said = await recordProgram({ ...STACKS["with a PCE"], flowLogs: { destination: "s3" } });
    const plain = ({ resources }: typeof said) =>
      resources.map(({ name, type, parent, inputs }) => {
        const { code: _, ...others } = inputs;
        return { name, type, parent, others };
      });

    assert.deepEqual(plain(said), plain(await recordStack("with a PCE")));
  });

  it("carry the stack file's own tags, which win", async () => {
    const made = await recordProgram({ tags: { team: "payments", "pulumi:stack": "mine" } });

    assert.deepEqual(made.named("flow-archive-bucket").inputs["tags"], {
      "pulumi:project": "rds-sightline",
      "pulumi:stack": "mine",
      team: "payments",
    });
  });

  it("keep their names when a zone is added: nothing that exists is replaced", async () => {
    const { frontDoor } = STACKS["with a public front door"];
    const two = await recordProgram({ network: { zones: ["a", "b"] }, frontDoor });
    const three = await recordProgram({ network: { zones: ["a", "b", "c"] }, frontDoor });

    // lists of subnets, which AWS extends in place, and what is told them
    const extended = [
      "database-subnets",
      "front-door-balancer",
      "target-sync-lambda-function",
      "target-sync-first-run",
    ];
    for (const { name, inputs } of two.resources) {
      if (extended.includes(name)) continue;
      assert.deepEqual(three.named(name).inputs, inputs, name);
    }
  });
});
