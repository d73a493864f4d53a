import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { lambdaApiFile, removeRecord, writeRecord } from "../../../sandbox/aws/registry";
import { type StandIn, standIn } from "./stand-in";

const TOKEN = "aws:lambda/invocation:Invocation";

interface Call {
  readonly url: string | undefined;
  readonly body: string;
}

/** Lambda's API as far as invocations need it: the function answers what is set. */
class LambdaApi {
  readonly calls: Call[] = [];
  answer: { status: number; headers?: Record<string, string>; body: string } = { status: 200, body: '"done"' };
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<LambdaApi> {
    const server = createServer();
    const api = new LambdaApi(server);
    server.on("request", (request, response) => {
      void textOf(request).then((given) => {
        api.calls.push({ url: request.url, body: given });
        const { status, headers = {}, body } = api.answer;
        response.writeHead(status, headers).end(body);
      });
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe("invocations in the AWS stand-in", () => {
  let on: StandIn;
  let api: LambdaApi;
  before(async () => {
    on = await standIn();
  });
  beforeEach(async () => {
    api = await LambdaApi.start();
    await writeRecord(lambdaApiFile(on.run), { url: api.url });
  });
  afterEach(() => api.close());

  const inputs = { functionName: "target-sync", input: '{"trigger":"deploy"}', triggers: { code: "abc" } };

  it("invoke the function with the input, and have its result and a hash of the input", async () => {
    const made = await on.make(TOKEN, "deploy", inputs);

    const url = "/2015-03-31/functions/target-sync/invocations";
    assert.deepEqual(api.calls, [{ url, body: '{"trigger":"deploy"}' }]);
    assert.equal(made.outs["result"], '"done"');
    assert.match(made.id, /^target-sync,\$LATEST,[0-9a-f]{32}$/);
  });

  it("wait for a function that runs for somebody else and may run once at a time", async () => {
    api.answer = { status: 429, body: '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded"}' };
    const made = on.make(TOKEN, "deploy", inputs);
    while (api.calls.length === 0) await sleep(10);
    api.answer = { status: 200, body: '"done"' };

    assert.equal((await made).outs["result"], '"done"');
    assert.ok(api.calls.length >= 2, `${api.calls.length} calls`);
  });

  it("fail with the function's own error", async () => {
    api.answer = {
      status: 200,
      headers: { "x-amz-function-error": "Unhandled" },
      body: '{"errorMessage":"empty answer"}',
    };

    await assert.rejects(on.make(TOKEN, "deploy", inputs), {
      message: 'invoking Lambda Function (target-sync): {"errorMessage":"empty answer"}',
    });
  });

  it("fail when Lambda refuses, does not answer, or does not run", async () => {
    api.answer = { status: 404, body: '{"Message":"Function not found"}' };
    await assert.rejects(on.make(TOKEN, "deploy", inputs), /\(target-sync\): status 404: .*Function not found/);

    api.close();
    await assert.rejects(on.make(TOKEN, "deploy", inputs), /did not answer/);

    await removeRecord(lambdaApiFile(on.run));
    await assert.rejects(on.make(TOKEN, "deploy", inputs), /no Lambda runs in this sandbox/);
  });

  it("refuse an input that is not JSON, before anything is invoked", async () => {
    await assert.rejects(on.make(TOKEN, "deploy", { ...inputs, input: "deploy" }), /invalid JSON/);

    assert.deepEqual(api.calls, []);
  });

  it("do nothing when they are deleted, unless their scope is the whole life", async () => {
    const once = await on.make(TOKEN, "deploy", inputs);
    await once.delete();
    assert.equal(api.calls.length, 1);

    const before = { functionName: "users", input: '{"user":"a"}', lifecycleScope: "CRUD" };
    const made = await on.make(TOKEN, "users", before);
    const changed = await on.change(made, TOKEN, "users", before, { ...before, input: '{"user":"b"}' });
    await changed.delete();

    const lives = api.calls.slice(1).map(({ body }) => JSON.parse(body) as unknown);
    assert.deepEqual(lives, [
      { user: "a", tf: { action: "create", prev_input: null } },
      { user: "b", tf: { action: "update", prev_input: { user: "a" } } },
      { user: "b", tf: { action: "delete", prev_input: { user: "b" } } },
    ]);
  });
});
