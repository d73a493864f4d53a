import assert from "node:assert/strict";
import { PceTransport } from "../../../illumio/client/pce-transport";
import { CUSTOM_FORMAT, file, request } from "../../support/flow-log-lines";
import { ForwarderInstance } from "../../support/forwarder-instance";
import { s3Message, s3Record } from "../../support/s3-notifications";
import { type ScriptedAnswer, type ScriptedPce, scriptedPce } from "../../support/scripted-pce";

const RATE_LIMITED: ScriptedAnswer = { status: 429, headers: { "retry-after": "60", "request-id": "r-429" } };
const REFUSED: ScriptedAnswer = { status: 401 };

/** A flow log of so many connections, each of its own client. */
function flowLog(connections: number, net = 0): string {
  const client = (at: number): string => `10.${net}.${at >> 8}.${at & 255}`;
  return file(
    CUSTOM_FORMAT,
    Array.from({ length: connections }, (_, at) => request({ srcaddr: client(at) })),
  );
}

const OBJECTS = { a: flowLog(1, 1), b: flowLog(1, 2), c: flowLog(1, 3), large: flowLog(2_500, 9) };

const put = (key: keyof typeof OBJECTS): string => s3Message([s3Record({ key, eTag: `tag-of-${key}` })]);

describe("the forwarder, across messages and invocations", () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  async function given(
    answers: readonly ScriptedAnswer[],
    trust: "its CA" | "public CAs" = "its CA",
  ): Promise<{ pce: ScriptedPce; instance: ForwarderInstance; sent: () => string[] }> {
    const pce = await scriptedPce(answers);
    const { host, port, ca } = pce;
    const transport = new PceTransport(trust === "its CA" ? { host, port, ca } : { host, port });
    open.push(transport, pce);
    const sent = (): string[] => pce.requests.map(({ body }) => body.slice(0, body.indexOf(",")));
    return { pce, instance: new ForwarderInstance(transport, { objects: OBJECTS }), sent };
  }

  describe("when the PCE asks to be left alone for longer than there is time", () => {
    it("sends nothing for the messages that follow, and gives all of them back", async () => {
      const { instance, sent } = await given([RATE_LIMITED]);

      const failed = await instance.invoke([put("a"), put("b"), put("c")]);

      assert.deepEqual(failed, ["m-1", "m-2", "m-3"]);
      assert.deepEqual(sent(), ["10.1.0.0"]);
      assert.deepEqual(instance.waits, []);
      assert.equal(instance.secretReads, 1);
      assert.equal(instance.metrics[0]?.["FailedMessages"], 3);
      assert.match(
        instance.logged.join("\n"),
        /answered 429 before and asked for none until 2026-01-02T00:01:00.000Z.*"status":429,"requestId":"r-429"/,
      );
    });

    it("sends nothing in the next invocation either, while that time lasts", async () => {
      const { instance, sent } = await given([RATE_LIMITED]);
      await instance.invoke([put("a")]);
      instance.clockMs += 20_000;

      assert.deepEqual(await instance.invoke([put("a")]), ["m-1"]);
      assert.equal(sent().length, 1);
    });

    it("waits for the rest of that time in an invocation that is long enough", async () => {
      const { instance, sent } = await given([RATE_LIMITED]);
      await instance.invoke([put("a")]);
      instance.clockMs += 20_000;

      assert.deepEqual(await instance.invoke([put("a"), put("b")], 120_000), []);
      assert.deepEqual(instance.waits, [40_000]);
      assert.deepEqual(sent(), ["10.1.0.0", "10.1.0.0", "10.2.0.0"]);
    });

    it("sends at once when that time is over", async () => {
      const { instance } = await given([RATE_LIMITED]);
      await instance.invoke([put("a")]);
      instance.clockMs += 60_000;

      assert.deepEqual(await instance.invoke([put("a")]), []);
      assert.deepEqual(instance.waits, []);
    });

    it("asks again after an hour, should the PCE have said years", async () => {
      const { instance } = await given([{ status: 503, headers: { "retry-after": "99999999" } }]);
      await instance.invoke([put("a")]);
      instance.clockMs += 3_599_000;
      assert.deepEqual(await instance.invoke([put("a")], 4_000), ["m-1"]);
      instance.clockMs += 1_000;

      assert.deepEqual(await instance.invoke([put("a")]), []);
    });
  });

  describe("when the PCE refuses the API key", () => {
    it("asks once more with the secret read anew, and no more for the messages that follow", async () => {
      const { instance, pce } = await given([REFUSED, REFUSED]);

      const failed = await instance.invoke([put("a"), put("b"), put("c")]);

      assert.deepEqual(failed, ["m-1", "m-2", "m-3"]);
      assert.equal(pce.requests.length, 2);
      assert.equal(instance.secretReads, 2);
      const { FailedMessages, SentConnections, FailedConnections } = instance.metrics[0] ?? {};
      assert.deepEqual([FailedMessages, SentConnections, FailedConnections], [3, 0, 0]);
    });

    it("tries afresh in the next invocation, and loses nothing", async () => {
      const { instance, sent } = await given([REFUSED, REFUSED, REFUSED]);
      await instance.invoke([put("a"), put("b")]);

      assert.deepEqual(await instance.invoke([put("a"), put("b")]), []);
      assert.deepEqual(sent().slice(3), ["10.1.0.0", "10.2.0.0"]);
      assert.equal(instance.secretReads, 3);
      assert.deepEqual([instance.metrics[1]?.["FailedMessages"], instance.metrics[1]?.["SentConnections"]], [0, 2]);
    });

    it("goes on as if nothing had been when the secret read anew is the right one", async () => {
      const { instance, sent } = await given([REFUSED]);

      assert.deepEqual(await instance.invoke([put("a"), put("b")]), []);
      assert.deepEqual(sent(), ["10.1.0.0", "10.1.0.0", "10.2.0.0"]);
      assert.deepEqual([instance.metrics[0]?.["FailedMessages"], instance.metrics[0]?.["SentConnections"]], [0, 2]);
    });
  });

  it("connects once in an invocation to a PCE whose certificate is not trusted, and again in the next", async () => {
    const { instance, pce } = await given([], "public CAs");

    assert.deepEqual(await instance.invoke([put("a"), put("b"), put("c")]), ["m-1", "m-2", "m-3"]);
    assert.equal(pce.connections(), 1);
    assert.deepEqual(await instance.invoke([put("a")]), ["m-1"]);
    assert.equal(pce.connections(), 2);
    assert.deepEqual(pce.requests, []);
  });

  it("counts connections that the PCE refuses inside a 201, and neither repeats nor loses their neighbours", async () => {
    const body = JSON.stringify({ num_flows_received: 1_000, num_flows_failed: 3, failed_flows: ["x", "y", "z"] });
    const { instance, pce } = await given([{}, { body, headers: { "request-id": "r-7" } }]);

    assert.deepEqual(await instance.invoke([put("large"), put("a")]), []);

    assert.deepEqual(linesOf(pce), [1_000, 1_000, 500, 1]);
    assert.equal(new Set(pce.requests.flatMap(({ body: sent }) => sent.split("\n"))).size, 2_501);
    const { Connections, SentConnections, FailedConnections, FailedMessages } = instance.metrics[0] ?? {};
    assert.deepEqual([Connections, SentConnections, FailedConnections, FailedMessages], [2_501, 2_498, 3, 0]);
    assert.match(instance.logged.join("\n"), /"refused":3,"accepted":997,"requestId":"r-7"/);
  });

  describe("when an object's upload stops half-way", () => {
    it("has the rest forwarded by a message of its own, which any instance can take", async () => {
      const { instance, pce } = await given([{}, RATE_LIMITED]);
      assert.deepEqual(await instance.invoke([put("large")]), []);
      assert.deepEqual(
        instance.queued.map((body) => JSON.parse(body)),
        [{ continue: { bucket: "flow-logs", key: "large", version: "tag-of-large", after: 1_000 } }],
      );
      const { ObjectsContinued, Objects, FailedMessages, SentConnections } = instance.metrics[0] ?? {};
      assert.deepEqual([ObjectsContinued, Objects, FailedMessages, SentConnections], [1, 0, 0, 1_000]);

      const other = new ForwarderInstance(new PceTransport(pce), { objects: OBJECTS });
      assert.deepEqual(await other.invoke(instance.queued), []);

      assert.deepEqual(linesOf(pce), [1_000, 1_000, 1_000, 500]);
      assert.equal(pce.requests[2]?.body, pce.requests[1]?.body);
      assert.equal(new Set(pce.requests.flatMap(({ body }) => body.split("\n"))).size, 2_500);
      assert.equal(other.metrics[0]?.["SentConnections"], 1_500);
    });

    it("goes back to the queue when it has come no further than before", async () => {
      const { instance, pce } = await given([{}, RATE_LIMITED, RATE_LIMITED]);
      await instance.invoke([put("large")]);
      instance.clockMs += 60_000;

      assert.deepEqual(await instance.invoke(instance.queued), ["m-1"]);
      assert.equal(instance.queued.length, 1);
      assert.deepEqual(linesOf(pce), [1_000, 1_000, 1_000]);
    });

    it("goes back to the queue when no message can be sent", async () => {
      const pce = await scriptedPce([{}, RATE_LIMITED]);
      const transport = new PceTransport(pce);
      open.push(transport, pce);
      const queueFailure = new Error("the queue is gone");
      const instance = new ForwarderInstance(transport, { objects: OBJECTS, queueFailure });

      assert.deepEqual(await instance.invoke([put("large")]), ["m-1"]);
      assert.match(instance.logged.join("\n"), /the queue is gone/);
    });
  });

  describe("a connection that the PCE took", () => {
    it("is not sent again within an hour, by whatever object or put it comes", async () => {
      const { instance, pce } = await given([]);
      await instance.invoke([put("large"), put("a")]);
      instance.clockMs += 3_599_000;

      const again = s3Message([s3Record({ key: "large", eTag: "another" })]);
      assert.deepEqual(await instance.invoke([again, put("b")]), []);

      assert.deepEqual(linesOf(pce).slice(4), [1]);
      const { Connections, RecentConnections, SentConnections } = instance.metrics[1] ?? {};
      assert.deepEqual([Connections, RecentConnections, SentConnections], [2_501, 2_500, 1]);
    });

    it("is sent again after that hour", async () => {
      const { instance, pce } = await given([]);
      await instance.invoke([put("a")]);
      instance.clockMs += 3_600_000;

      await instance.invoke([put("a")]);

      assert.deepEqual(linesOf(pce), [1, 1]);
    });

    it("is sent again at once when the PCE did not take it", async () => {
      const { instance, sent } = await given([RATE_LIMITED]);
      await instance.invoke([put("a")]);
      instance.clockMs += 60_000;

      await instance.invoke([put("a")]);

      assert.deepEqual(sent(), ["10.1.0.0", "10.1.0.0"]);
    });
  });
});

/** Lines of each request. */
function linesOf({ requests }: ScriptedPce): number[] {
  return requests.map(({ body }) => body.split("\n").length);
}
