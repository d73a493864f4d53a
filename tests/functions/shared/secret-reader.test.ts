import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { OutOfTimeError } from "../../../functions/shared/deadline";
import { CachedCredentials } from "../../../functions/shared/pce-credentials";
import { type SecretTimeouts, secretReader } from "../../../functions/shared/secret-reader";

const ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pce-AbCdEf";
const LONG = { remainingMs: () => 60_000 };
const SILENT: RequestListener = () => undefined;

describe("the secret reader", () => {
  const cleanups: (() => void)[] = [];
  afterEach(() => {
    for (const cleanup of cleanups.splice(0)) cleanup();
  });

  /** The real SDK, of a server on this machine that plays Secrets Manager. */
  async function given(
    respond: RequestListener,
    timeouts?: SecretTimeouts,
  ): Promise<{ credentials: CachedCredentials; asked: () => number }> {
    let asked = 0;
    const server = createServer((request, response) => {
      asked += 1;
      respond(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    environment({
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
    const { readSecret, close } = secretReader(ARN, timeouts);
    cleanups.push(close, () => {
      server.closeAllConnections();
      server.close();
    });
    return { credentials: new CachedCredentials(readSecret), asked: () => asked };
  }

  function environment(variables: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(variables)) {
      const before = process.env[name];
      process.env[name] = value;
      cleanups.push(() => {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      });
    }
  }

  it("reads the secret's text", async () => {
    const secret = JSON.stringify({ apiKeyId: "api_1a2b", apiSecret: "s3cr3t" });
    const { credentials } = await given((_request, response) => {
      response.end(JSON.stringify({ ARN, Name: "pce", SecretString: secret }));
    });

    const { apiKeyId, apiSecret } = await credentials.get(LONG);

    assert.deepEqual([apiKeyId, apiSecret.reveal()], ["api_1a2b", "s3cr3t"]);
  });

  it("says what to do about a secret of bytes", async () => {
    const { credentials } = await given((_request, response) => {
      response.end(JSON.stringify({ ARN, Name: "pce", SecretBinary: "AAEC" }));
    });

    await assert.rejects(credentials.get(LONG), /holds bytes; put the JSON in it as text/);
  });

  it("stops when the invocation's time is over, though the server never answers", async () => {
    const { credentials, asked } = await given(SILENT);
    const startedMs = Date.now();

    await assert.rejects(credentials.get({ remainingMs: () => 300 }), OutOfTimeError);

    assert.equal(asked(), 1);
    assert.ok(Date.now() - startedMs < 3_000);
  });

  it("gives up a server that never answers long before the invocation's time is over", async () => {
    const { credentials, asked } = await given(SILENT, { connectMs: 1_000, answerMs: 50 });
    const startedMs = Date.now();

    await assert.rejects(credentials.get(LONG), { name: "TimeoutError" });

    assert.equal(asked(), 3);
    assert.ok(Date.now() - startedMs < 5_000);
  });
});
