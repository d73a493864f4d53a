import assert from "node:assert/strict";
import { recordProgram, recordStack, STACKS, type StackName } from "../support/program";

const stacks = Object.keys(STACKS) as StackName[];

// Everything else must have tags: a type that is new to the program has to be put here on purpose
const TYPES_WITHOUT_TAGS = [
  "aws:ec2/networkAclAssociation:NetworkAclAssociation",
  "aws:ec2/networkAclRule:NetworkAclRule",
  "aws:ec2/route:Route",
  "aws:ec2/routeTableAssociation:RouteTableAssociation",
  "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:kms/alias:Alias",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketNotification:BucketNotification",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:secretsmanager/secretVersion:SecretVersion",
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

describe("the program's parts", () => {
  it("come in the order in which data flows", async () => {
    const made = await recordStack("with a PCE");
    const top = made.resources.filter(({ parent }) => parent === undefined).map(({ name }) => name);

    assert.deepEqual(top, [
      "network",
      "access",
      "database",
      "flow-archive",
      "messages-key",
      "alarms",
      "flow-forwarder",
    ]);
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

  it("carry the stack file's own tags, which win", async () => {
    const made = await recordProgram({ tags: { team: "payments", "pulumi:stack": "mine" } });

    assert.deepEqual(made.named("flow-archive-bucket").inputs["tags"], {
      "pulumi:project": "rds-sightline",
      "pulumi:stack": "mine",
      team: "payments",
    });
  });

  it("keep their names when a zone is added: nothing that exists is replaced", async () => {
    const two = await recordProgram({ network: { zones: ["a", "b"] } });
    const three = await recordProgram({ network: { zones: ["a", "b", "c"] } });

    for (const { name, inputs } of two.resources) {
      // the one list of subnets, which RDS extends in place
      if (name === "database-subnets") continue;
      assert.deepEqual(three.named(name).inputs, inputs, name);
    }
  });
});
