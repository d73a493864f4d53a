import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { PceCredentials } from "../../components/pce-credentials";
import { arnOf, comesBefore } from "../support/components";
import { record, valueOfOutput } from "../support/pulumi-recorder";

const GIVEN = arnOf("secretsmanager", "secret:given-AbCdEf");

describe("the PCE's credentials", () => {
  it("are a secret made here of the key's id and secret, encrypted, as the forwarder reads it", async () => {
    const credentials = { apiKeyId: "api_1234", apiSecret: pulumi.secret("hush") };
    const made = await record(() => new PceCredentials("pce", { credentials, keyArn: "key-arn" }));
    const value = made.named("pce-secret-value");

    assert.deepEqual(made.names(), ["pce-secret", "pce-secret-value"]);
    assert.equal(made.named("pce-secret").inputs["kmsKeyId"], "key-arn");
    assert.deepEqual(value.secretInputs, ["secretString"]);
    assert.deepEqual(JSON.parse(String(value.inputs["secretString"])), { apiKeyId: "api_1234", apiSecret: "hush" });
    assert.equal(await valueOfOutput(made.result.secretArn), arnOf("secretsmanager", "secret:pce-secret-AbCdEf"));
  });

  it("stay secret even when the key's secret came as plain text", async () => {
    const credentials = { apiKeyId: "api_1234", apiSecret: pulumi.output("hush") };
    const made = await record(() => new PceCredentials("pce", { credentials, keyArn: "key-arn" }));

    assert.deepEqual(made.named("pce-secret-value").secretInputs, ["secretString"]);
  });

  it("are handed on once there is something in the secret", async () => {
    const credentials = { apiKeyId: "api_1234", apiSecret: pulumi.secret("hush") };
    const made = await record(() => {
      const { secretArn } = new PceCredentials("pce", { credentials, keyArn: "key-arn" });
      return new PceCredentials("reader", { credentials, keyArn: secretArn });
    });

    assert.ok(comesBefore(made, "pce-secret-value", "reader-secret"));
  });

  it("are a secret that exists, and then nothing is made", async () => {
    const made = await record(
      () => new PceCredentials("pce", { credentials: { secretArn: GIVEN }, keyArn: "key-arn" }),
    );

    assert.deepEqual(made.names(), []);
    assert.equal(await valueOfOutput(made.result.secretArn), GIVEN);
  });
});
