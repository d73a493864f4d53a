import assert from "node:assert/strict";
import { EncryptionKey, type EncryptionKeyArgs } from "../../components/encryption-key";
import { flowLogsKeyUses } from "../../components/key-uses";
import { stackArgs, statementsOf } from "../support/components";
import { record } from "../support/pulumi-recorder";

const recordKey = (changes: Partial<EncryptionKeyArgs> = {}) =>
  record(() => {
    const { account } = stackArgs();
    const uses = account.apply((place) => flowLogsKeyUses(place, { hasQuarantine: false, hasBackfill: false }));
    return new EncryptionKey("key", {
      account,
      description: "Flow logs",
      alias: "alias/dev/flow-logs",
      uses,
      ...changes,
    });
  });

describe("an encryption key", () => {
  it("is a key and its name for people", async () => {
    const made = await recordKey();

    assert.deepEqual(made.names(), ["key-alias", "key-key"]);
    assert.deepEqual(made.named("key-alias").inputs, { name: "alias/dev/flow-logs", targetKeyId: "key-key-key" });
  });

  it("rotates, and can be got back for 30 days", async () => {
    const { inputs } = (await recordKey()).named("key-key");
    const { policy, ...rest } = inputs;

    assert.ok(policy);
    assert.deepEqual(rest, { description: "Flow logs", enableKeyRotation: true, deletionWindowInDays: 30 });
  });

  it("has a policy of the account's administration and the given uses, in that order", async () => {
    const made = await recordKey();

    assert.deepEqual(
      statementsOf(made.named("key-key")).map(({ Sid }) => Sid),
      ["AdministrationByIam", "FlowLogDelivery", "ReadersThroughS3"],
    );
  });

  it("goes with its stack unless something that stays needs it", async () => {
    assert.equal((await recordKey()).named("key-key").retainOnDelete, false);
    assert.equal((await recordKey({ outlivesStack: true })).named("key-key").retainOnDelete, true);
  });
});
