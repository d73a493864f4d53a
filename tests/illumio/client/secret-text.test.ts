import assert from "node:assert/strict";
import { format, inspect } from "node:util";
import { describeFailure } from "../../../functions/shared/log";
import { CachedCredentials } from "../../../functions/shared/pce-credentials";
import { SecretText } from "../../../illumio/client/secret-text";

const LONG = { remainingMs: () => 60_000 };

describe("secret text", () => {
  it("is shown by reveal and by nothing else", () => {
    const secret = new SecretText("hunter2");
    const held = { secret, list: [secret] };

    const shown = [
      String(secret),
      JSON.stringify(held),
      inspect(held, { depth: 9, showHidden: true }),
      format("%s %o %O %j", secret, secret, secret, secret),
      String(Object.entries(secret)),
    ].join();

    assert.equal(secret.reveal(), "hunter2");
    assert.doesNotMatch(shown, /hunter2/);
    assert.match(shown, /\[secret\]/);
  });
});

describe("cached credentials", () => {
  for (const text of [
    "hunter2",
    '{"apiKeyId":"api_1"}',
    '{"apiKeyId":"","apiSecret":"hunter2"}',
    '["hunter2"]',
    "null",
  ]) {
    it(`refuse a secret that is ${text.length} characters of something else, without showing it`, async () => {
      const error = await new CachedCredentials(async () => text).get(LONG).catch((failure: unknown) => failure);

      assert.equal((error as Error).name, "CredentialsError");
      assert.doesNotMatch(inspect(error, { showHidden: true }), /hunter2/);
    });
  }

  it("read again after a read that failed", async () => {
    const texts = [Promise.reject(new Error("throttled")), Promise.resolve('{"apiKeyId":"api_1","apiSecret":"x"}')];
    const credentials = new CachedCredentials(() => texts.shift() ?? Promise.reject(new Error("read too often")));

    await assert.rejects(credentials.get(LONG), /throttled/);
    assert.equal((await credentials.get(LONG)).apiKeyId, "api_1");
    assert.equal((await credentials.get(LONG)).apiSecret.reveal(), "x");
  });
});

describe("describing a failure", () => {
  it("keeps messages, causes, status and request id, and drops every other field", () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED"), {
      code: "ECONNREFUSED",
      request: { body: "10.0.1.5" },
    });
    const failure = Object.assign(new Error("no upload", { cause }), {
      status: 503,
      requestId: "r-1",
      $response: { body: "10.0.1.5" },
    });

    const { stack, cause: described, ...rest } = describeFailure(failure);

    assert.ok(Array.isArray(stack));
    assert.deepEqual(rest, { name: "Error", message: "no upload", status: 503, requestId: "r-1" });
    assert.doesNotMatch(JSON.stringify([described, rest]), /10\.0\.1\.5/);
    assert.match(JSON.stringify(described), /ECONNREFUSED/);
  });

  it("comes to an end when causes go round in a circle", () => {
    const failure = new Error("round");
    failure.cause = failure;

    assert.ok(JSON.stringify(describeFailure(failure)).length < 20_000);
  });
});
