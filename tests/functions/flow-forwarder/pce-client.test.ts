import assert from "node:assert/strict";
import { inspect } from "node:util";
import { RejectedError, UnavailableError, UntrustedError } from "../../../illumio/client/pce-errors";
import { ClientOfPce, LINES, SECRET } from "../../support/pce-client";
import { absentPce, type ScriptedAnswer, type ScriptedPce, scriptedPce } from "../../support/scripted-pce";

const RATE_LIMITED = { status: 429, body: '[{"token":"too_many_requests_error","message":"Too many requests"}]' };

describe("PCE client", () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  async function setup(
    answers: readonly ScriptedAnswer[],
    timeMs?: number,
    perMinute?: number,
  ): Promise<ClientOfPce & { pce: ScriptedPce }> {
    const pce = await scriptedPce(answers);
    const made = Object.assign(new ClientOfPce(pce, timeMs, perMinute), { pce });
    open.push(made.transport, pce);
    return made;
  }

  it("posts CSV lines as the Bulk Traffic Loader wants them", async () => {
    const { pce, ...given } = await setup([{ headers: { "request-id": "f00d-1" } }]);

    const result = await given.uploadFlows(LINES, given.deadline);

    assert.deepEqual(result, { accepted: 2, refused: 0, requestId: "f00d-1" });
    const [request] = pce.requests;
    assert.equal(request?.method, "POST");
    assert.equal(request?.path, "/api/v2/orgs/3/agents/bulk_traffic_flows");
    assert.equal(request?.body, LINES.join("\n"));
    assert.equal(request?.headers["content-type"], "text/csv");
    assert.equal(request?.headers["x-bulk-traffic-load-csv-version"], "1");
    assert.equal(request?.headers["content-encoding"], undefined);
    assert.equal(request?.headers.authorization, `Basic ${Buffer.from(`api_1a2b:${SECRET}`).toString("base64")}`);
  });

  it("uses one connection for many uploads, and a new one after close", async () => {
    const given = await setup([]);

    await given.upload();
    await given.upload();
    assert.equal(given.pce.connections(), 1);
    given.transport.close();
    await given.upload();

    assert.equal(given.pce.connections(), 2);
    assert.equal(given.secretReads, 1);
  });

  const PASSING: { what: string; answers: ScriptedAnswer[] }[] = [
    { what: "429 without Retry-After", answers: [RATE_LIMITED, RATE_LIMITED] },
    { what: "500", answers: [{ status: 500, body: "oops" }] },
    { what: "502 with a proxy's page", answers: [{ status: 502, body: "<html>" }] },
    { what: "503", answers: [{ status: 503 }, { status: 503 }, { status: 503 }] },
    { what: "408", answers: [{ status: 408 }] },
    { what: "a reset before the answer", answers: [{ reset: "before-answer" }] },
    { what: "a reset in the middle of the answer", answers: [{ reset: "mid-body" }] },
    { what: "a page of a proxy under status 200", answers: [{ status: 200, body: "<html>Please log in</html>" }] },
  ];
  for (const { what, answers } of PASSING) {
    it(`tries the same body again after ${what}`, async () => {
      const given = await setup(answers);

      const result = await given.upload();

      assert.equal(result.accepted, 2);
      assert.equal(given.pce.requests.length, answers.length + 1);
      assert.deepEqual(new Set(given.pce.requests.map(({ body }) => body)), new Set([LINES.join("\n")]));
      assert.deepEqual(given.waits, [250, 500, 1000].slice(0, answers.length));
    });
  }

  it("waits as long as Retry-After says, in seconds", async () => {
    const given = await setup([{ ...RATE_LIMITED, headers: { "retry-after": "7" } }]);

    await given.upload();

    assert.deepEqual(given.waits, [7_250]);
  });

  it("waits until the date that Retry-After says", async () => {
    const given = await setup([{ status: 503, headers: { "retry-after": "Fri, 02 Jan 2026 00:00:20 GMT" } }]);

    await given.upload();

    assert.deepEqual(given.waits, [20_250]);
  });

  it("gives up at once when Retry-After is longer than the time left", async () => {
    const given = await setup([{ ...RATE_LIMITED, headers: { "retry-after": "3600", "request-id": "r-1" } }]);

    await assert.rejects(given.upload(), (error) => {
      assert.ok(error instanceof UnavailableError);
      assert.deepEqual([error.attempts, error.status, error.requestId], [1, 429, "r-1"]);
      return true;
    });

    assert.deepEqual(given.waits, []);
  });

  it("outlasts a PCE that refuses connections for 30 seconds", async () => {
    const absent = await absentPce();
    const given = new ClientOfPce(absent);
    const startedMs = given.clockMs;
    let back: ScriptedPce | undefined;
    open.push(given.transport, { close: () => back?.close() });
    given.onWait = async () => {
      if (given.clockMs - startedMs >= 30_000) back ??= await scriptedPce([], absent.port);
    };

    const result = await given.upload();

    assert.equal(result.accepted, 2);
    assert.equal(back?.requests.length, 1);
    assert.ok(given.waits.length >= 5);
  });

  it("gives up, saying why, when the PCE stays away until the time is over", async () => {
    const given = new ClientOfPce(await absentPce(), 60_000);
    open.push(given.transport);

    await assert.rejects(given.upload(), (error) => {
      assert.ok(error instanceof UnavailableError);
      assert.match(
        error.message,
        /^the PCE did not take an upload of flows in \d+ attempts \(last: connect ECONNREFUSED 127\.0\.0\.1:\d+\)/,
      );
      return true;
    });

    assert.ok(given.deadline.remainingMs() >= 0);
    assert.ok(given.deadline.remainingMs() < 10_000);
  });

  for (const status of [400, 403, 404, 405, 406, 413, 301, 307]) {
    it(`never repeats what a ${status} refused`, async () => {
      const given = await setup([{ status, headers: { "request-id": "r-2", location: "https://elsewhere.example" } }]);

      await assert.rejects(given.upload(), (error) => {
        assert.ok(error instanceof RejectedError);
        assert.deepEqual([error.status, error.requestId], [status, "r-2"]);
        return true;
      });

      assert.equal(given.pce.requests.length, 1);
    });
  }

  it("reads the credentials anew after a 401, once", async () => {
    const given = await setup([{ status: 401 }]);
    given.secrets = ["the old one", SECRET];

    const result = await given.upload();

    assert.equal(result.accepted, 2);
    assert.equal(given.secretReads, 2);
    assert.deepEqual(
      given.pce.requests.map(({ headers }) => Buffer.from(headers.authorization?.slice(6) ?? "", "base64").toString()),
      ["api_1a2b:the old one", `api_1a2b:${SECRET}`],
    );
  });

  it("gives up after a second 401", async () => {
    const given = await setup([{ status: 401 }, { status: 401 }]);

    await assert.rejects(given.upload(), { name: "RejectedError", status: 401 });

    assert.equal(given.pce.requests.length, 2);
    assert.equal(given.secretReads, 2);
  });

  it("counts the lines that a 201 says have failed, and does not send them again", async () => {
    const body = JSON.stringify({ num_flows_received: 2, num_flows_failed: 1, failed_flows: ["x", null] });
    const given = await setup([{ status: 201, body, headers: { "request-id": "r-3" } }]);

    assert.deepEqual(await given.upload(), { accepted: 1, refused: 1, requestId: "r-3" });
    assert.equal(given.pce.requests.length, 1);
  });

  it("trusts only the CA it was given", async () => {
    const pce = await scriptedPce();
    const given = new ClientOfPce({ host: pce.host, port: pce.port });
    open.push(given.transport, pce);

    await assert.rejects(given.upload(), (error) => {
      assert.ok(error instanceof UntrustedError);
      assert.match(error.message, /the certificate of the PCE at 127\.0\.0\.1:\d+ is not trusted .*pce\.caCertificate/);
      return true;
    });

    assert.deepEqual(pce.requests, []);
    assert.deepEqual(given.waits, []);
  });

  it("does not wait longer for an answer than there is time", async () => {
    const given = await setup([{ delayMs: 5_000 }], 2_000);

    await assert.rejects(given.upload(), /no whole answer from 127\.0\.0\.1:\d+ within 2000 ms/);
  });

  it("sends nothing when there is no time for an answer, which might be a yes", async () => {
    const given = await setup([], 1_000);

    await assert.rejects(given.upload(), /no time is left for an upload of flows/);

    assert.deepEqual(given.pce.requests, []);
  });

  it("measures every answer, whatever it was", async () => {
    const given = await setup([{ status: 500 }, { reset: "before-answer" }]);

    await given.upload();

    assert.equal(given.latencies.length, 2);
  });

  it("shows neither the secret nor what was sent or answered in any error", async () => {
    const answers = [
      { status: 400, body: `10.0.1.5 ${SECRET}` },
      { status: 500, body: `10.0.1.5 ${SECRET}` },
    ];
    for (const answer of answers) {
      const given = await setup([answer], 1_000);

      const error = await given.upload().catch((failure: unknown) => failure);

      const shown = `${inspect(error, { depth: 9, showHidden: true })}${JSON.stringify(error)}`;
      assert.match(shown, /Error/);
      assert.doesNotMatch(shown, /s3cr3t|10\.0\.1\.5|YXBpXz/);
    }
  });

  describe("with a share of the PCE's requests", () => {
    it("waits for its turn, retries included, and counts nobody else's", async () => {
      const { pce, ...client } = await setup([{ status: 500 }], 200_000, 2);

      await client.uploadFlows(LINES, client.deadline);
      await client.uploadFlows(LINES, client.deadline);

      assert.equal(pce.requests.length, 3);
      // the retry of the first, and then what is left of the minute
      assert.deepEqual(client.waits.length, 2);
      assert.ok((client.waits[1] ?? 0) > 58_000 && (client.waits[1] ?? 0) <= 60_000, client.waits.join());
    });

    it("gives up without a request when there is no time to wait for its turn", async () => {
      const { pce, ...given } = await setup([], 30_000, 1);
      await given.uploadFlows(LINES, given.deadline);

      await assert.rejects(given.uploadFlows(LINES, given.deadline), (error) => {
        assert.ok(error instanceof UnavailableError);
        assert.equal(error.attempts, 0);
        assert.match(error.message, /share of the PCE's requests is used up for 60 s/);
        return true;
      });
      assert.equal(pce.requests.length, 1);
    });
  });
});
