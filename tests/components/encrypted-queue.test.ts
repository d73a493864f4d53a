import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { encryptedQueue } from "../../components/encrypted-queue";
import { arnOf, comesBefore, statementsOf } from "../support/components";
import { record } from "../support/pulumi-recorder";

const QUEUE = arnOf("sqs", "letters-1a2b3c4");

const recordQueue = () =>
  record(() => {
    const { arnForSenders } = encryptedQueue(
      "letters",
      {
        keyArn: "key-arn",
        messageRetentionSeconds: 1_209_600,
        senders: (queueArn) =>
          pulumi.output([
            {
              sid: "Sender",
              principal: { service: "events.amazonaws.com" },
              actions: ["sqs:SendMessage"],
              resources: [queueArn],
            },
          ]),
      },
      {},
    );
    return new aws.sns.Topic("sender", { displayName: arnForSenders });
  });

describe("an encrypted queue", () => {
  it("is encrypted with the key that it is given, and says nothing that it wasn't told", async () => {
    const made = await recordQueue();

    assert.deepEqual(made.names(), ["letters", "letters-policy", "sender"]);
    assert.deepEqual(made.named("letters").inputs, { kmsMasterKeyId: "key-arn", messageRetentionSeconds: 1_209_600 });
  });

  it("takes messages from its senders, and nothing from anybody without TLS", async () => {
    const [sender, ...others] = statementsOf((await recordQueue()).named("letters-policy"));

    assert.equal(sender?.Sid, "Sender");
    assert.deepEqual(sender?.Resource, [QUEUE]);
    assert.deepEqual(others, [
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: ["sqs:*"],
        Resource: [QUEUE],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("is given to its senders only once they may send", async () => {
    const made = await recordQueue();

    assert.equal(made.named("sender").inputs["displayName"], QUEUE);
    assert.ok(comesBefore(made, "letters-policy", "sender"));
  });
});
