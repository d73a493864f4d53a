import assert from "node:assert/strict";
import { Agent } from "node:https";
import { connect } from "node:net";
import { makeCertificates } from "../../../sandbox/pce/certificates";
import { type Pce, type PceOptions, startPce } from "../../../sandbox/pce/server";
import { call, FLOWS_PATH, flowLines, upload } from "./https-client";

describe("the PCE stand-in", () => {
  const running: Pce[] = [];
  const start = async (options?: PceOptions) => {
    const pce = await startPce(options);
    running.push(pce);
    return pce;
  };
  afterEach(async () => {
    await Promise.all(running.splice(0).map((pce) => pce.close()));
  });

  describe("takes uploads", () => {
    it("and answers 201 with how many flows it received", async () => {
      const pce = await start();

      const reply = await upload(pce, ["10.0.1.20,10.0.64.10,5432,6", "10.0.1.21,10.0.64.10,5432,6"]);

      assert.equal(reply.status, 201);
      assert.deepEqual(JSON.parse(reply.body), { num_flows_received: 2, num_flows_failed: 0, failed_flows: [] });
      assert.match(reply.headers["content-type"] ?? "", /^application\/json/);
      assert.match(String(reply.headers["request-id"]), /^[0-9a-f-]{36}$/);
    });

    it("and remembers each flow and how many times it came", async () => {
      const pce = await start();

      await upload(pce, ["10.0.1.20,10.0.64.10,5432,6", "10.0.1.21,10.0.64.10,5432,6"]);
      await upload(pce, ["10.0.1.20,10.0.64.10,5432,6", "nonsense"]);

      assert.deepEqual(
        [...pce.flows()],
        [
          ["10.0.1.20,10.0.64.10,5432,6", 2],
          ["10.0.1.21,10.0.64.10,5432,6", 1],
        ],
      );
      assert.deepEqual(pce.counters(), { requests: 2, answers: { 201: 2 }, received: 3, failed: 1, unique: 2 });
    });

    it("and hands out copies, which later uploads do not change", async () => {
      const pce = await start();
      const flows = pce.flows();
      const counters = pce.counters();

      await upload(pce, flowLines(1));

      assert.equal(flows.size, 0);
      assert.equal(counters.received, 0);
    });

    it("and reports lines it cannot read inside the 201, in one of the three ways a PCE may", async () => {
      const lines = ["10.0.1.20,10.0.64.10,5432,6", "10.0.1.20,10.0.64.10,99999,6"];
      const failures = { lines: { failed_flows: [lines[1]] }, nulls: { failed_flows: [null] }, absent: {} };
      for (const failedFlows of ["lines", "nulls", "absent"] as const) {
        const pce = await start({ failedFlows });

        const reply = await upload(pce, lines);

        assert.equal(reply.status, 201);
        assert.deepEqual(JSON.parse(reply.body), {
          num_flows_received: 2,
          num_flows_failed: 1,
          ...failures[failedFlows],
        });
      }
    });

    it("without a content type, with curl's own, and with one that claims compression", async () => {
      const pce = await start();
      const headers = [
        {},
        { "Content-Type": "application/x-www-form-urlencoded" },
        { "Content-Type": "text/csv; charset=utf-8", "X-Bulk-Traffic-Load-CSV-Version": "1" },
        { "Content-Type": "text/csv", "Content-Encoding": "deflate" },
      ];

      for (const each of headers) assert.equal((await upload(pce, flowLines(2), { headers: each })).status, 201);

      assert.equal(pce.counters().received, 8);
    });

    it("but not as JSON, unless told to", async () => {
      const json = { headers: { "Content-Type": "application/json; charset=utf-8" } };
      const strict = await start();
      const lenient = await start({ jsonContentType: "accept" });

      assert.equal((await upload(strict, flowLines(1), json)).status, 406);
      assert.equal((await upload(lenient, flowLines(1), json)).status, 201);
      assert.equal(strict.counters().received, 0);
    });

    it("of up to 1,000 lines; what happens above is a switch, because nobody knows", async () => {
      const strict = await start();
      const lenient = await start({ aboveMaxLines: "accept" });

      assert.equal((await upload(strict, flowLines(1000))).status, 201);
      const refused = await upload(strict, flowLines(1001));
      assert.equal((await upload(lenient, flowLines(1001))).status, 201);

      assert.equal(refused.status, 406);
      assert.deepEqual(JSON.parse(refused.body), [
        { token: "not_acceptable_error", message: "At most 1000 items per operation, got 1001" },
      ]);
      assert.equal(strict.counters().received, 1000);
      assert.equal(lenient.counters().received, 1001);
    });

    it("of no more than so many bytes, and the connection stays usable", async () => {
      const pce = await start({ maxBodyBytes: 100 });
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });

      const reply = await upload(pce, flowLines(1000), { agent });

      assert.equal(reply.status, 413);
      assert.equal((await upload(pce, flowLines(1), { agent })).status, 201);
      assert.equal(pce.counters().received, 1);
      agent.destroy();
    });
  });

  describe("refuses", () => {
    it("a client without the right key: 401", async () => {
      const pce = await start();
      const { apiKeyId, apiSecret } = pce.credentials;

      for (const auth of [undefined, `${apiKeyId}:wrong`, `api_wrong:${apiSecret}`, apiKeyId]) {
        const reply = await upload(pce, flowLines(1), { auth });
        assert.equal(reply.status, 401);
        assert.ok(!reply.body.includes(apiSecret));
      }

      const bearer = await upload(pce, flowLines(1), { auth: undefined, headers: { Authorization: "Bearer x" } });
      assert.equal(bearer.status, 401);
      assert.equal(pce.counters().received, 0);
    });

    it("another organisation than its own: 403", async () => {
      const pce = await start({ orgId: 7 });

      assert.equal((await upload(pce, flowLines(1))).status, 403);
      assert.equal((await upload(pce, flowLines(1), { path: FLOWS_PATH.replace("/1/", "/7/") })).status, 201);
    });

    it("a path it does not have: 404, and a method it does not have: 405", async () => {
      const pce = await start();

      for (const path of ["/", "/api/v2", "/api/v2/orgs/1/nothing", FLOWS_PATH.replace("v2", "v1")]) {
        assert.equal((await call(pce, { path })).status, 404);
      }
      const get = await call(pce, { method: "GET" });
      assert.equal(get.status, 405);
      assert.equal(get.headers.allow, "POST");
    });

    it("with an error in an array, or bare when told to", async () => {
      const error = { token: "method_not_allowed_error", message: "GET is not allowed here" };
      const usual = await start();
      const bare = await start({ errorShape: "object" });

      assert.deepEqual(JSON.parse((await call(usual, { method: "GET" })).body), [error]);
      assert.deepEqual(JSON.parse((await call(bare, { method: "GET" })).body), error);
    });

    it("a key's 501st request in a minute with 429 and the seconds to wait, and takes it a minute later", async () => {
      let now = Date.parse("2026-01-02T03:04:05Z");
      const pce = await start({ now: () => now });
      const agent = new Agent({ keepAlive: true, maxSockets: 4 });
      const replies = await Promise.all(flowLines(500).map((line) => upload(pce, [line], { agent })));
      assert.ok(replies.every(({ status }) => status === 201));
      now += 10_000;

      const refused = await upload(pce, flowLines(1), { agent });

      assert.equal(refused.status, 429);
      assert.equal(refused.headers["retry-after"], "50");
      assert.deepEqual(JSON.parse(refused.body), [{ token: "too_many_requests_error", message: "Too many requests" }]);
      now += 50_000;
      assert.equal((await upload(pce, flowLines(1), { agent })).status, 201);
      assert.equal(pce.counters().received, 501);
      agent.destroy();
    });

    it("without saying when to come back, when told to", async () => {
      const pce = await start({ requestsPerMinute: 0, sendRetryAfter: false });

      const refused = await upload(pce, flowLines(1));

      assert.equal(refused.status, 429);
      assert.equal(refused.headers["retry-after"], undefined);
    });
  });

  describe("on the network", () => {
    it("is reached over TLS by name and by address, by a client that trusts its CA", async () => {
      const pce = await start();

      assert.equal((await upload({ ...pce, host: "localhost" }, flowLines(1))).status, 201);
      assert.equal(pce.url, `https://127.0.0.1:${pce.port}`);
    });

    it("is refused by a client that trusts another CA, and lives on", async () => {
      const pce = await start();
      const { caCertificate } = await makeCertificates();

      await assert.rejects(upload(pce, flowLines(1), { caCertificate }), /self-signed|unable to verify|signature/i);

      assert.equal(pce.counters().requests, 0);
      assert.equal((await upload(pce, flowLines(1))).status, 201);
    });

    it("keeps connections alive", async () => {
      const pce = await start();
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });

      const ports = new Set<number | undefined>();
      for (const line of flowLines(3)) {
        await upload(pce, [line], { agent });
        for (const socket of Object.values(agent.freeSockets).flat()) ports.add(socket?.localPort);
      }

      assert.equal(ports.size, 1);
      agent.destroy();
    });

    it("gives its port back when closed, also while a client holds a connection, and can be closed twice", async () => {
      const pce = await start();
      const agent = new Agent({ keepAlive: true });
      await upload(pce, flowLines(1), { agent });

      await pce.close();
      await pce.close();

      const refused = await new Promise<NodeJS.ErrnoException>((resolve) => {
        connect(pce.port, pce.host).once("error", resolve);
      });
      assert.equal(refused.code, "ECONNREFUSED");
      agent.destroy();
    });
  });

  it("logs each request in one line of JSON, and never a credential or a flow", async () => {
    const log: string[] = [];
    const pce = await start({ writeLog: (line) => log.push(line) });

    await upload(pce, flowLines(3));
    await upload(pce, flowLines(2), { auth: "api_wrong:secret" });

    const entries = log.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      entries.map(({ method, path, status, lines }) => ({ method, path, status, lines })),
      [
        { method: "POST", path: FLOWS_PATH, status: 201, lines: 3 },
        { method: "POST", path: FLOWS_PATH, status: 401, lines: 2 },
      ],
    );
    assert.ok(entries.every(({ ms, time }) => typeof ms === "number" && !Number.isNaN(Date.parse(String(time)))));
    assert.ok(log.every((line) => line.endsWith("}\n")));
    const { apiKeyId, apiSecret } = pce.credentials;
    const encoded = Buffer.from(`${apiKeyId}:${apiSecret}`).toString("base64");
    for (const secret of [apiSecret, encoded, "secret", "10.1.0.5"]) assert.ok(!log.join("").includes(secret));
  });
});
