import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { WorkQueue } from "../../components/work-queue";
import { arnOf, comesBefore, statementsOf } from "../support/components";
import { record } from "../support/pulumi-recorder";

const QUEUE = arnOf("sqs", "work-queue-1a2b3c4");
const DEAD_LETTERS = arnOf("sqs", "work-dead-letters-1a2b3c4");

const recordQueue = () =>
  record(() => {
    const queue = new WorkQueue("work", {
      keyArn: "key-arn",
      visibilityTimeoutSeconds: 720,
      maxReceiveCount: 10,
      senders: (queueArn) => [
        {
          sid: "Sender",
          principal: { service: "s3.amazonaws.com" },
          actions: ["sqs:SendMessage"],
          resources: [queueArn],
        },
      ],
    });
    new aws.sns.Topic("sender", { displayName: queue.arnForSenders });
    return queue;
  });

describe("a work queue", () => {
  it("is made of these and nothing else", async () => {
    const made = await recordQueue();

    assert.deepEqual(made.names(), [
      "sender",
      "work-dead-letters",
      "work-dead-letters-policy",
      "work-queue",
      "work-queue-policy",
      "work-redrive-allow",
    ]);
  });

  it("is encrypted, and tries each message as often as told before it gives it up", async () => {
    const { inputs } = (await recordQueue()).named("work-queue");
    const { redrivePolicy, ...rest } = inputs;

    assert.deepEqual(rest, {
      kmsMasterKeyId: "key-arn",
      visibilityTimeoutSeconds: 720,
      messageRetentionSeconds: 345_600,
    });
    assert.deepEqual(JSON.parse(String(redrivePolicy)), { deadLetterTargetArn: DEAD_LETTERS, maxReceiveCount: 10 });
  });

  it("keeps what it gave up encrypted for 14 days, longer than it keeps messages itself", async () => {
    const { inputs } = (await recordQueue()).named("work-dead-letters");

    assert.deepEqual(inputs, { kmsMasterKeyId: "key-arn", messageRetentionSeconds: 1_209_600 });
  });

  it("takes dead letters from its own queue only", async () => {
    const { inputs } = (await recordQueue()).named("work-redrive-allow");

    assert.deepEqual(JSON.parse(String(inputs["redriveAllowPolicy"])), {
      redrivePermission: "byQueue",
      sourceQueueArns: [QUEUE],
    });
  });

  it("lets its senders send, and nobody do anything without TLS, on both queues", async () => {
    const made = await recordQueue();
    const denial = (arn: string) => ({
      Sid: "DenyWithoutTls",
      Effect: "Deny",
      Principal: "*",
      Action: ["sqs:*"],
      Resource: [arn],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });

    const [sender, ...others] = statementsOf(made.named("work-queue-policy"));
    assert.equal(sender?.Sid, "Sender");
    assert.deepEqual(sender?.Resource, [QUEUE]);
    assert.deepEqual(others, [denial(QUEUE)]);
    assert.deepEqual(statementsOf(made.named("work-dead-letters-policy")), [denial(DEAD_LETTERS)]);
  });

  it("is given to its senders only once they may send", async () => {
    const made = await recordQueue();

    assert.equal(made.named("sender").inputs["displayName"], QUEUE);
    assert.ok(comesBefore(made, "work-queue-policy", "sender"));
  });
});
