import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { fixedCredentials } from "../../../illumio/client/credentials";
import { Labels } from "../../../illumio/client/labels";
import { RejectedError, UnavailableError } from "../../../illumio/client/pce-errors";
import { PceRequests } from "../../../illumio/client/pce-requests";
import { PceSession } from "../../../illumio/client/pce-session";
import { PceTransport } from "../../../illumio/client/pce-transport";
import { RequestPace } from "../../../illumio/client/request-pace";
import { json, scriptedClients } from "../../support/pce-objects";

describe("requests of a PCE", () => {
  const given = scriptedClients();

  it("are made ten times, and no more", async () => {
    const { labels, pce } = await given(() => ({ status: 503, headers: { "request-id": "r-5" } }), {
      timeMs: 3_600_000,
    });

    await assert.rejects(labels.list(), (error) => {
      assert.ok(error instanceof UnavailableError);
      assert.deepEqual([error.attempts, error.status, error.requestId], [10, 503, "r-5"]);
      assert.match(
        error.message,
        /^the PCE did not take the list of labels in 10 attempts \(last: status 503\); .* \[Request-ID r-5\]$/,
      );
      return true;
    });
    assert.equal(pce.requests.length, 10);
  });

  it("follow no redirect: it would carry the API key elsewhere", async () => {
    const other = await given([]);
    const location = `https://${other.pce.host}:${other.pce.port}/api/v2/orgs/1/labels`;
    const { labels } = await given([{ status: 302, headers: { location } }]);

    await assert.rejects(labels.list(), (error) => {
      assert.ok(error instanceof RejectedError);
      assert.match(error.message, /answered 302 .*redirects are not followed/);
      return true;
    });
    assert.deepEqual(other.pce.requests, []);
  });

  it("are made again after a page that a proxy gave under status 200", async () => {
    const { labels, pce } = await given([{ status: 200, body: "<html>sign in</html>" }, json([])]);

    assert.deepEqual(await labels.list(), []);
    assert.equal(pce.requests.length, 2);
  });

  it("keep the pace, side by side, too", async () => {
    const { pce } = await given(() => json([]));
    const transport = new PceTransport({ host: pce.host, port: pce.port, ca: pce.ca });
    let nowMs = 0;
    const session = new PceSession({
      send: transport.send,
      credentials: fixedCredentials("api_1a2b", "x"),
      sleep: async (ms) => {
        const untilMs = nowMs + ms;
        await setImmediate();
        // waits side by side pass side by side
        nowMs = Math.max(nowMs, untilMs);
      },
    });
    const share = new RequestPace({ perMinute: 3, now: () => nowMs });
    const times: number[] = [];
    const count = () => {
      times.push(nowMs);
      share.count();
    };
    const pace = { waitMs: () => share.waitMs(), count };
    const requests = new PceRequests(session, 1, { deadline: { remainingMs: () => 600_000 - nowMs }, pace });

    await Promise.all(Array.from({ length: 8 }, () => new Labels(requests).list()));
    transport.close();

    assert.deepEqual(times, [0, 0, 0, 60_000, 60_000, 60_000, 120_000, 120_000]);
    assert.equal(pce.requests.length, 8);
  });

  it("carry the key of the API, and say who asks", async () => {
    const { labels, pce } = await given([json([])]);

    await labels.list();

    const { authorization, accept, "user-agent": agent } = pce.requests[0]?.headers ?? {};
    assert.match(authorization ?? "", /^Basic [\w+/=]+$/);
    assert.deepEqual([accept, agent], ["application/json", "rds-sightline"]);
  });

  const SHAPES = [
    { what: "an array", body: '[{"token":"t_error","message":"no"}]', said: " (t_error: no)", tokens: ["t_error"] },
    { what: "a bare object", body: '{"token":"t_error","message":"no"}', said: " (t_error: no)", tokens: ["t_error"] },
    { what: "an error", body: '{"error":"no"}', said: " (no)", tokens: [] },
    { what: "a page", body: "<html>Forbidden</html>", said: "", tokens: [] },
  ];
  for (const { what, body, said, tokens } of SHAPES) {
    it(`that are refused have one kind of error, the body being ${what}`, async () => {
      const { labels } = await given([{ status: 403, body, headers: { "Request-Id": "r-6" } }]);

      await assert.rejects(labels.list(), (error) => {
        assert.ok(error instanceof RejectedError);
        assert.deepEqual([error.status, error.tokens, error.requestId], [403, tokens, "r-6"]);
        assert.equal(
          error.message,
          `the PCE answered 403${said} to the list of labels: the API key has no permission, or the organization id is ` +
            "not the key's [Request-ID r-6]",
        );
        return true;
      });
    });
  }
});
