import assert from "node:assert/strict";
import { withName } from "../../../sandbox/aws/provider/autoname";
import { difference } from "../../../sandbox/aws/provider/difference";
import type { ResourceType } from "../../../sandbox/aws/provider/resource-type";
import { RESOURCE_TYPES } from "../../../sandbox/aws/provider/resource-types";
import { decode } from "../../../sandbox/aws/provider/wire";

function typeOf(token: string): ResourceType {
  const type = RESOURCE_TYPES[token];
  assert.ok(type, `${token} is in the table`);
  return type;
}

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const hex = (digits: number): string => "0123456789".slice(0, digits);
const NAME = { property: "name", maxLength: 20 } as const;

const REPLACED = [
  ["aws:ec2/vpc:Vpc", "cidrBlock"],
  ["aws:ec2/subnet:Subnet", "cidrBlock"],
  ["aws:ec2/subnet:Subnet", "availabilityZone"],
  ["aws:ec2/securityGroup:SecurityGroup", "description"],
  ["aws:ec2/flowLog:FlowLog", "logFormat"],
  ["aws:ec2/flowLog:FlowLog", "maxAggregationInterval"],
  ["aws:rds/instance:Instance", "identifier"],
  ["aws:rds/instance:Instance", "username"],
  ["aws:rds/instance:Instance", "storageEncrypted"],
  ["aws:rds/instance:Instance", "kmsKeyId"],
  ["aws:sqs/queue:Queue", "name"],
  ["aws:lambda/function:Function", "name"],
  ["aws:s3/bucket:Bucket", "bucket"],
  ["aws:lb/loadBalancer:LoadBalancer", "internal"],
  ["aws:lb/targetGroup:TargetGroup", "port"],
  ["aws:lb/targetGroup:TargetGroup", "vpcId"],
  ["aws:lb/listener:Listener", "loadBalancerArn"],
  ["aws:cloudwatch/eventTarget:EventTarget", "rule"],
  ["aws:lambda/invocation:Invocation", "input"],
  ["aws:lambda/invocation:Invocation", "triggers"],
  ["aws:lambda/permission:Permission", "sourceArn"],
] as const;

const CHANGED = [
  ["aws:ec2/vpc:Vpc", "tags"],
  ["aws:ec2/flowLog:FlowLog", "tags"],
  ["aws:rds/instance:Instance", "instanceClass"],
  ["aws:rds/instance:Instance", "deletionProtection"],
  ["aws:sqs/queue:Queue", "visibilityTimeoutSeconds"],
  ["aws:lambda/function:Function", "code"],
  ["aws:s3/bucketPolicy:BucketPolicy", "policy"],
  ["aws:lb/loadBalancer:LoadBalancer", "enableDeletionProtection"],
  ["aws:lb/targetGroup:TargetGroup", "deregistrationDelay"],
  ["aws:lb/listener:Listener", "port"],
  ["aws:ec2/vpcEndpointService:VpcEndpointService", "allowedPrincipals"],
  ["aws:cloudwatch/eventRule:EventRule", "scheduleExpression"],
  ["aws:cloudwatch/eventTarget:EventTarget", "arn"],
  ["aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "maximumRetryAttempts"],
] as const;

describe("difference", () => {
  for (const [token, input] of REPLACED) {
    it(`replaces ${token} when ${input} changes`, () => {
      const found = difference(typeOf(token), { [input]: "a" }, decode({ [input]: "b" }));

      assert.deepEqual([found.changes, found.replaces], [true, [input]]);
    });
  }

  for (const [token, input] of CHANGED) {
    it(`updates ${token} in place when ${input} changes`, () => {
      const found = difference(typeOf(token), { [input]: "a" }, decode({ [input]: "b" }));

      assert.deepEqual([found.changes, found.replaces], [true, []]);
    });
  }

  it("sees no change in equal inputs, whatever their order, nor in its own bookkeeping", () => {
    const before = { tags: { a: "1", b: "2" }, name: "q" };
    const wanted = decode({ name: "q", tags: { b: "2", a: "1" }, __defaults: ["name"] });

    assert.equal(difference(typeOf("aws:sqs/queue:Queue"), before, wanted).changes, false);
  });

  it("sees an input that was taken away", () => {
    assert.equal(difference(typeOf("aws:sqs/queue:Queue"), { tags: { a: "1" } }, decode({})).changes, true);
  });

  it("takes a value that is not known yet for a change", () => {
    const found = difference(typeOf("aws:ec2/subnet:Subnet"), { vpcId: "vpc-1" }, decode({ vpcId: UNKNOWN }));

    assert.deepEqual(found.replaces, ["vpcId"]);
  });

  it("takes a new input that has no value yet for a change", () => {
    const pending = { "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4" };

    assert.equal(difference(typeOf("aws:sqs/queue:Queue"), {}, decode({ policy: pending })).changes, true);
  });

  it("deletes first when the replacement keeps a given name, and not when the name is made", () => {
    const group = typeOf("aws:ec2/securityGroup:SecurityGroup");
    const given = difference(group, { name: "g", description: "a" }, decode({ name: "g", description: "b" }));
    const made = difference(
      group,
      { name: "g", description: "a" },
      decode({ name: "g", description: "b", __defaults: ["name"] }),
    );

    assert.deepEqual([given.deleteBeforeReplace, made.deleteBeforeReplace], [true, false]);
  });

  const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
  const replacesFor = (token: string, before: Record<string, unknown>, wanted: Record<string, unknown>) =>
    difference(typeOf(token), before, decode(wanted)).replaces;

  it("replaces a network load balancer that loses a subnet or swaps one, and not one that gains some", () => {
    const subnets = (...ids: string[]) => ({ subnets: ids });

    assert.deepEqual(replacesFor(LOAD_BALANCER, subnets("a", "b"), subnets("a", "b", "c")), []);
    assert.deepEqual(replacesFor(LOAD_BALANCER, subnets("a", "b"), subnets("a")), ["subnets"]);
    assert.deepEqual(replacesFor(LOAD_BALANCER, subnets("a", "b"), subnets("a", "c")), ["subnets"]);
  });

  it("replaces a network load balancer for its first or last security group, and not while groups are not known yet", () => {
    const groups = (...ids: string[]) => ({ securityGroups: ids });

    assert.deepEqual(replacesFor(LOAD_BALANCER, groups("a"), groups("b")), []);
    assert.deepEqual(replacesFor(LOAD_BALANCER, {}, groups("a")), ["securityGroups"]);
    assert.deepEqual(replacesFor(LOAD_BALANCER, groups("a"), {}), ["securityGroups"]);
    assert.deepEqual(replacesFor(LOAD_BALANCER, {}, { securityGroups: UNKNOWN }), []);
  });

  it("invokes anew for a changed input, in place of the old invocation or in its lifecycle", () => {
    const scoped = (input: string) => ({ input, lifecycleScope: "CRUD" });

    assert.deepEqual(replacesFor("aws:lambda/invocation:Invocation", scoped("{}"), scoped('{"a":1}')), []);
  });

  it("never deletes a database first, though its name is given, nor a network ACL's rule, though its number is", () => {
    const database = difference(
      typeOf("aws:rds/instance:Instance"),
      { identifier: "orders", dbName: "app" },
      decode({ identifier: "orders", dbName: "other" }),
    );
    const rule = difference(
      typeOf("aws:ec2/networkAclRule:NetworkAclRule"),
      { fromPort: 5432 },
      decode({ fromPort: 5433 }),
    );

    assert.deepEqual([database.replaces, database.deleteBeforeReplace], [["dbName"], false]);
    assert.deepEqual([rule.replaces, rule.deleteBeforeReplace], [["fromPort"], false]);
  });
});

describe("autonaming", () => {
  it("gives the logical name and 7 hex digits", () => {
    assert.equal(withName(NAME, "queue", {}, {}, hex)["name"], "queue-0123456");
  });

  it("keeps the name it made, over updates", () => {
    const first = withName(NAME, "queue", {}, {}, hex);
    const second = withName(NAME, "queue", first, { tags: {} }, () => "fffffff");

    assert.equal(second["name"], "queue-0123456");
  });

  it("makes a new name when a given one is taken away", () => {
    assert.equal(withName(NAME, "queue", { name: "given" }, {}, hex)["name"], "queue-0123456");
  });

  it("leaves a given name alone, and puts a given prefix in front", () => {
    assert.deepEqual(withName(NAME, "queue", {}, { name: "mine" }, hex), { name: "mine" });
    assert.equal(withName(NAME, "queue", {}, { namePrefix: "pre-" }, hex)["name"], "pre-0123456");
  });

  it("refuses a name over the field's limit", () => {
    assert.throws(() => withName(NAME, "a-long-logical-name", {}, {}, hex), /27 characters; 20 are allowed/);
  });

  it("writes a name in lower case where the service wants it", () => {
    assert.equal(withName({ ...NAME, lowerCase: true }, "Queue", {}, {}, hex)["name"], "queue-0123456");
  });
});
