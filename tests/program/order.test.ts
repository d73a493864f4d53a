import assert from "node:assert/strict";
import { comesBefore } from "../support/components";
import { recordStack } from "../support/program";

// What the emulator forgives and AWS does not: a permission that comes after what needs it.
const ORDER: readonly { first: string; second: string; because: string }[] = [
  {
    first: "flow-archive-policy",
    second: "flow-archive-subnet-a",
    because: "AWS tries the delivery, or writes its own policy",
  },
  {
    first: "flow-archive-policy",
    second: "flow-archive-subnet-b",
    because: "AWS tries the delivery, or writes its own policy",
  },
  {
    first: "flow-archive-encryption",
    second: "flow-archive-subnet-a",
    because: "the first object would have another key",
  },
  {
    first: "flow-archive-public-access",
    second: "flow-archive-policy",
    because: "S3 takes one change of access at a time",
  },
  {
    first: "flow-forwarder-objects-queue-policy",
    second: "flow-forwarder-notification",
    because: "S3 sends a test message",
  },
  { first: "messages-key-key", second: "flow-forwarder-notification", because: "S3 encrypts that message" },
  {
    first: "flow-forwarder-lambda-policy",
    second: "flow-forwarder-lambda-function",
    because: "Lambda tries the network",
  },
  { first: "flow-forwarder-lambda-policy", second: "flow-forwarder-mapping", because: "Lambda tries the queue" },
  {
    first: "flow-forwarder-lambda-log",
    second: "flow-forwarder-lambda-function",
    because: "Lambda would make its own group",
  },
  { first: "alarms-topic-policy", second: "flow-forwarder-alarm-errors", because: "an alarm may go off at once" },
  { first: "alarms-topic-policy", second: "flow-forwarder-alarm-dead-letters", because: "an alarm may go off at once" },
  {
    first: "alarms-topic-policy",
    second: "flow-forwarder-alarm-failed-messages",
    because: "an alarm may go off at once",
  },
  {
    first: "alarms-topic-policy",
    second: "flow-forwarder-alarm-failed-connections",
    because: "an alarm may go off at once",
  },
  { first: "alarms-topic-policy", second: "flow-forwarder-alarm-age", because: "an alarm may go off at once" },
  { first: "alarms-topic-policy", second: "audit-events-instance", because: "RDS tries the topic" },
  { first: "database-instance", second: "audit-events-instance", because: "RDS takes no source that isn't there" },
  {
    first: "database-log-postgresql",
    second: "audit-logins-filter-outside-clients",
    because: "a filter is of a group",
  },
  { first: "database-monitoring-policy", second: "database-instance", because: "RDS tries the role" },
  { first: "database-log-postgresql", second: "database-instance", because: "RDS would make its own group" },
  { first: "database-log-upgrade", second: "database-instance", because: "RDS would make its own group" },
  {
    first: "flow-forwarder-pce-secret-value",
    second: "flow-forwarder-lambda-function",
    because: "the function reads it",
  },
];

const FRONT_DOOR_ORDER: readonly { first: string; second: string; because: string }[] = [
  {
    first: "network-public-internet",
    second: "front-door-balancer",
    because: "AWS wants a gateway for what faces the internet",
  },
  {
    first: "network-internet",
    second: "front-door-balancer",
    because: "and refuses to take the gateway away before it",
  },
  { first: "network-public-a-association", second: "front-door-balancer", because: "its subnets are public ones" },
  { first: "front-door-listener", second: "target-sync-first-run", because: "no target is ever healthy before" },
  { first: "database-instance", second: "target-sync-first-run", because: "there would be no address to register" },
  { first: "alarms-topic-policy", second: "target-sync-alarm-healthy", because: "an alarm may go off at once" },
  { first: "messages-key-key", second: "target-sync-failures", because: "EventBridge encrypts what it can't deliver" },
];

const BACKFILL_ORDER: readonly { first: string; second: string; because: string }[] = [
  { first: "backfill-policy", second: "backfill-machine", because: "Step Functions tries the permission to log" },
  { first: "backfill-log", second: "backfill-machine", because: "and the log group" },
  { first: "messages-key-key", second: "backfill-machine", because: "it is encrypted with the key" },
  { first: "alarms-topic-policy", second: "backfill-alarm-failed", because: "an alarm may go off at once" },
];

const LOG_GROUP_ORDER: readonly { first: string; second: string; because: string }[] = [
  { first: "flow-log-group-policy", second: "flow-log-group-subnet-a", because: "what can't be delivered is lost" },
  { first: "flow-log-group-key-key", second: "flow-log-group-log", because: "CloudWatch Logs tries the key" },
  {
    first: "flow-forwarder-lambda-policy",
    second: "flow-forwarder-lambda-function",
    because: "Lambda tries the queue of dead letters",
  },
  {
    first: "flow-forwarder-subscription-permission",
    second: "flow-forwarder-subscription",
    because: "CloudWatch Logs tries the function",
  },
];

describe("what permits comes before what needs it", () => {
  for (const { first, second, because } of ORDER) {
    it(`${first} before ${second}: ${because}`, async () => {
      assert.ok(comesBefore(await recordStack("with a PCE"), first, second));
    });
  }

  for (const { first, second, because } of FRONT_DOOR_ORDER) {
    it(`${first} before ${second}: ${because}`, async () => {
      assert.ok(comesBefore(await recordStack("with a public front door"), first, second));
    });
  }

  for (const { first, second, because } of BACKFILL_ORDER) {
    it(`${first} before ${second}: ${because}`, async () => {
      assert.ok(comesBefore(await recordStack("with a backfill"), first, second));
    });
  }

  for (const { first, second, because } of LOG_GROUP_ORDER) {
    it(`${first} before ${second}: ${because}`, async () => {
      assert.ok(comesBefore(await recordStack("with flow logs in CloudWatch Logs"), first, second));
    });
  }

  it("and the interfaces' flow logs after the policy and the database", async () => {
    const made = await recordStack("with a forwarder in the VPC and a generated password");
    const logs = made.all("aws:ec2/flowLog:FlowLog");

    assert.ok(logs.length > 0);
    for (const { name } of logs) assert.ok(comesBefore(made, "flow-archive-policy", name), name);
  });
});
