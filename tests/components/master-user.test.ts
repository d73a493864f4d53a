import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { managedSecretArn } from "../../components/master-user";
import { arnOf, comesBefore } from "../support/components";
import { DATA_KEY, INSTANCE, newDatabase, recordDatabase } from "../support/database";
import { record, valueOfOutput } from "../support/pulumi-recorder";

describe("a database's master password", () => {
  it("is RDS's own, and nowhere in the stack", async () => {
    const made = await recordDatabase();
    const { inputs } = made.one(INSTANCE);

    assert.ok(!("password" in inputs));
    assert.deepEqual(made.names("random:index/randomPassword:RandomPassword"), []);
    assert.deepEqual(made.names("aws:secretsmanager/secret:Secret"), []);
  });

  it("is one that the stack made, a secret wherever it goes, when the settings say so", async () => {
    const made = await recordDatabase({ masterPassword: "generated" });
    const instance = made.one(INSTANCE);
    const value = made.named("database-user-secret-value");

    assert.match(String(instance.inputs["password"]), /^p[a-z0-9]{38}$/i);
    assert.deepEqual(instance.secretInputs, ["password"]);
    assert.deepEqual(value.secretInputs, ["secretString"]);
    assert.deepEqual(JSON.parse(String(value.inputs["secretString"])), {
      username: instance.inputs["username"],
      password: instance.inputs["password"],
    });
  });

  it("is never given and managed at once, not even as false, which RDS refuses", async () => {
    const generated = (await recordDatabase({ masterPassword: "generated" })).one(INSTANCE).inputs;

    assert.ok(!("manageMasterUserPassword" in generated));
    assert.ok(!("masterUserSecretKmsKeyId" in generated));
  });

  it("is kept encrypted, with time to undo a deletion, and found by the same output", async () => {
    const made = await recordDatabase({ masterPassword: "generated" });
    const { inputs } = made.named("database-user-secret");

    assert.equal(inputs["kmsKeyId"], DATA_KEY);
    assert.equal(inputs["recoveryWindowInDays"], 30);
    assert.equal(
      await valueOfOutput(made.result.secretArn),
      arnOf("secretsmanager", "secret:database-user-secret-AbCdEf"),
    );
  });

  it("is saved before the instance is given it, or a failed save would lose it", async () => {
    const made = await recordDatabase({ masterPassword: "generated" });

    assert.ok(comesBefore(made, "database-user-secret-value", "database-instance"));
  });
});

describe("the ARN of RDS's own secret", () => {
  const arnFrom = async (secrets: { secretArn?: string }[], preview: boolean) => {
    const { result } = await record(() => managedSecretArn(pulumi.output(secrets)), { preview });
    return valueOfOutput(result);
  };

  it("is unknown, and no made-up text, in the preview of a change to it", async () => {
    assert.equal(await arnFrom([], true), undefined);
    assert.equal(await arnFrom([{ secretArn: "arn:of:the-secret" }], true), "arn:of:the-secret");
  });

  it("must be there after an update", async () => {
    assert.equal(await arnFrom([{ secretArn: "arn:of:the-secret" }], false), "arn:of:the-secret");
    await assert.rejects(arnFrom([], false), /RDS names no secret/);
  });
});

describe("a preview of a database", () => {
  for (const masterPassword of ["managed", "generated"] as const) {
    it(`trips over no unknown value, password ${masterPassword}`, async () => {
      const made = await record(() => newDatabase({ masterPassword }), { preview: true });

      assert.equal(made.one(INSTANCE).inputs["publiclyAccessible"], false);
    });
  }
});
