import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { setTimeout as wait } from "node:timers/promises";
import { type Pce, startPce } from "../../../sandbox/pce/server";
import { call, FLOWS_PATH, flowLines, upload } from "./https-client";

describe("a fault injected into the PCE stand-in", () => {
  let pce: Pce;
  const log: string[] = [];
  beforeEach(async () => {
    log.length = 0;
    pce = await startPce({ writeLog: (line) => log.push(line) });
  });
  afterEach(() => pce.close());

  it("meets one request, in the order of injection, and then all is well again", async () => {
    pce.inject({ kind: "status", status: 500 }, { kind: "status", status: 503 });

    const statuses = [];
    for (const line of flowLines(3)) statuses.push((await upload(pce, [line])).status);

    assert.deepEqual(statuses, [500, 503, 201]);
    assert.deepEqual(pce.counters(), {
      requests: 3,
      answers: { 500: 1, 503: 1, 201: 1 },
      received: 1,
      failed: 0,
      unique: 1,
    });
  });

  it("goes before what disturbs the PCE from request to request, until nothing does any more", async () => {
    let turn = 0;
    pce.disturb(() => {
      turn += 1;
      return turn % 2 === 1 ? { kind: "status", status: 503 } : undefined;
    });
    pce.inject({ kind: "status", status: 500 });

    const disturbed = [];
    for (const line of flowLines(4)) disturbed.push((await upload(pce, [line])).status);
    pce.disturb(() => undefined);
    const calm = [];
    for (const line of flowLines(2)) calm.push((await upload(pce, [line])).status);

    assert.deepEqual(disturbed, [500, 503, 201, 503]);
    assert.deepEqual(calm, [201, 201]);
  });

  it("status: answers as scripted, with or without Retry-After, and takes nothing", async () => {
    const date = "Fri, 02 Jan 2026 03:04:05 GMT";
    pce.inject(
      { kind: "status", status: 429, retryAfter: 3 },
      { kind: "status", status: 429, retryAfter: date },
      { kind: "status", status: 429 },
      { kind: "status", status: 406, body: { token: "label_already_deleted" } },
    );

    const replies = [];
    for (let count = 0; count < 4; count += 1) replies.push(await upload(pce, flowLines(1)));

    assert.deepEqual(
      replies.map(({ headers }) => headers["retry-after"]),
      ["3", date, undefined, undefined],
    );
    const [error] = JSON.parse(replies[0]?.body ?? "") as { token: string }[];
    assert.equal(error?.token, "too_many_requests_error");
    assert.deepEqual(JSON.parse(replies[3]?.body ?? ""), { token: "label_already_deleted" });
    assert.equal(pce.counters().received, 0);
  });

  it("not-json: answers with a proxy's HTML page", async () => {
    pce.inject({ kind: "not-json" }, { kind: "not-json", status: 200 });

    const gateway = await upload(pce, flowLines(1));
    const portal = await upload(pce, flowLines(1));

    assert.equal(gateway.status, 502);
    assert.equal(portal.status, 200);
    assert.equal(gateway.headers["content-type"], "text/html");
    assert.throws(() => JSON.parse(gateway.body), SyntaxError);
    assert.equal(pce.counters().received, 0);
  });

  it("delay: answers late, and takes the flows all the same", async () => {
    pce.inject({ kind: "delay", ms: 80 });
    const startedAt = performance.now();

    const reply = await upload(pce, flowLines(2));

    assert.equal(reply.status, 201);
    assert.ok(performance.now() - startedAt >= 79);
    assert.equal(pce.counters().received, 2);
  });

  it("delay: does not hold up close", async () => {
    pce.inject({ kind: "delay", ms: 60_000 });
    const late = upload(pce, flowLines(1)).then(
      () => undefined,
      (error: unknown) => error,
    );
    while (pce.counters().requests === 0) await wait(1);

    await pce.close();

    assert.equal(codeOf(await late), "ECONNRESET");
  });

  it("fail-flows: fails the first lines of an upload inside its 201", async () => {
    pce.inject({ kind: "fail-flows", count: 2 });
    const lines = flowLines(5);

    const reply = await upload(pce, lines);

    assert.equal(reply.status, 201);
    assert.deepEqual(JSON.parse(reply.body), {
      num_flows_received: 5,
      num_flows_failed: 2,
      failed_flows: lines.slice(0, 2),
    });
    assert.deepEqual([...pce.flows().keys()], lines.slice(2));
    assert.equal(pce.counters().failed, 2);
  });

  it("fail-flows: opens no door to a client without the key", async () => {
    pce.inject({ kind: "fail-flows", count: 0 });

    assert.equal((await upload(pce, flowLines(1), { auth: "api_wrong:key" })).status, 401);
  });

  it("reset: breaks the connection before an answer, and takes nothing", async () => {
    pce.inject({ kind: "reset" });

    await assert.rejects(upload(pce, flowLines(1)), { code: "ECONNRESET" });

    assert.deepEqual(pce.counters(), { requests: 1, answers: {}, received: 0, failed: 0, unique: 0 });
    assert.equal((JSON.parse(log[0] ?? "") as { status?: number }).status, undefined);
  });

  it("reset: breaks that connection only", async () => {
    const agent = new Agent({ keepAlive: true });
    pce.inject({ kind: "delay", ms: 50 }, { kind: "reset" });
    const slow = upload(pce, flowLines(1), { agent });
    while (pce.counters().requests === 0) await wait(1);

    await assert.rejects(upload(pce, flowLines(1)), { code: "ECONNRESET" });

    assert.equal((await slow).status, 201);
    agent.destroy();
  });

  for (const taken of [true, false]) {
    it(`reset-mid-body: sends a 201 and half a body, having ${taken ? "taken the flows" : "taken nothing"}`, async () => {
      pce.inject({ kind: "reset-mid-body", taken });

      const { status, body, error } = await uploadInPieces(pce, flowLines(3));

      assert.equal(status, 201);
      assert.ok(body.length > 0);
      assert.throws(() => JSON.parse(body), SyntaxError);
      assert.equal(codeOf(error), "ECONNRESET");
      assert.equal(pce.counters().received, taken ? 3 : 0);
    });
  }

  it("down: resets every connection, refuses new ones, and comes back on the same port", async () => {
    const agent = new Agent({ keepAlive: true });
    await upload(pce, flowLines(1), { agent });
    const [idle] = Object.values(agent.freeSockets).flat();
    pce.inject({ kind: "down", forMs: 150 });
    const startedAt = performance.now();

    await assert.rejects(upload(pce, flowLines(1)), { code: "ECONNRESET" });
    await assert.rejects(upload(pce, flowLines(1)), { code: "ECONNREFUSED" });
    let reply: { status: number } | undefined;
    while (reply === undefined) reply = await upload(pce, flowLines(1)).catch(() => wait(10, undefined));

    assert.equal(reply.status, 201);
    assert.ok(performance.now() - startedAt >= 149);
    assert.equal(idle?.destroyed, true);
    assert.equal(pce.counters().received, 2);
    agent.destroy();
  });

  it("down: twice is one time after the other", async () => {
    pce.inject({ kind: "down", forMs: 30 }, { kind: "down", forMs: 30 });
    await Promise.allSettled([upload(pce, flowLines(1)), upload(pce, flowLines(1))]);

    let reply: { status: number } | undefined;
    for (let attempt = 0; reply === undefined && attempt < 200; attempt += 1) {
      reply = await upload(pce, flowLines(1)).catch(() => wait(10, undefined));
    }

    assert.equal(reply?.status, 201);
  });

  it("down: does not hold up close", async () => {
    pce.inject({ kind: "down", forMs: 60_000 });
    await assert.rejects(call(pce), { code: "ECONNRESET" });

    await pce.close();

    await assert.rejects(call(pce), { code: "ECONNREFUSED" });
  });
});

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** Uploads, and returns what had come before the connection broke. */
async function uploadInPieces(pce: Pce, lines: readonly string[]) {
  const { apiKeyId, apiSecret } = pce.credentials;
  const outgoing = request({
    host: pce.host,
    port: pce.port,
    method: "POST",
    path: FLOWS_PATH,
    ca: pce.caCertificate,
    auth: `${apiKeyId}:${apiSecret}`,
    agent: false,
  });
  // the response reports the same break, and that is the one to look at
  outgoing.on("error", () => {});
  outgoing.end(lines.join("\n"));
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let body = "";
  let error: unknown;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) body += chunk.toString("utf8");
  } catch (caught) {
    error = caught;
  }
  return { status: response.statusCode, body, error };
}
