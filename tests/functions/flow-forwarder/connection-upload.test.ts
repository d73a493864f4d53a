import assert from "node:assert/strict";
import type { Connection } from "../../../flow-logs/connections";
import { ConnectionUpload } from "../../../functions/flow-forwarder/connection-upload";
import { SentConnections } from "../../../functions/flow-forwarder/sent-connections";

function connection(fields: Partial<Connection> = {}): Connection {
  return {
    client: "10.0.1.5",
    server: "2001:db8::7",
    port: 5432,
    protocol: 6,
    records: 2,
    packets: 3,
    bytes: 120,
    firstSeen: 1,
    lastSeen: 2,
    rejected: 0,
    ...fields,
  };
}

const ports = (from: number, to: number): Connection[] =>
  Array.from({ length: to - from }, (_, at) => connection({ port: from + at }));

/** An upload and what it sent; `accepts` says how many requests the PCE takes before it fails. */
function given({ sendRejected = false, after = 0, accepts = Number.POSITIVE_INFINITY } = {}) {
  const requests: (readonly string[])[] = [];
  const sent = new SentConnections({ resendAfterMs: 1_000, now: () => 0 });
  const upload = new ConnectionUpload({
    uploadFlows: async (lines) => {
      if (requests.length >= accepts) throw new Error("the PCE is down");
      requests.push(lines);
      return { accepted: lines.length, refused: 0, requestId: undefined };
    },
    ...{ sent, sendRejected, after, onAnswer: () => undefined, deadline: { remainingMs: () => 60_000 } },
  });
  return { upload, requests, sent };
}

describe("an upload of connections", () => {
  it("writes client, server, port and protocol, and nothing else", async () => {
    const { upload, requests } = given();

    await upload.add([connection()]);
    await upload.end();

    assert.deepEqual(requests, [["10.0.1.5,2001:db8::7,5432,6"]]);
  });

  for (const { count, sizes } of [
    { count: 0, sizes: [] },
    { count: 1_000, sizes: [1_000] },
    { count: 2_001, sizes: [1_000, 1_000, 1] },
  ]) {
    it(`sends ${count} connections in ${sizes.length} requests, in order, however they come`, async () => {
      const { upload, requests } = given();

      await upload.add(ports(0, Math.floor(count / 3)));
      await upload.add(ports(Math.floor(count / 3), count));
      await upload.end();

      assert.deepEqual(
        requests.map((lines) => lines.length),
        sizes,
      );
      assert.deepEqual(
        requests.flat(),
        ports(0, count).map(({ port }) => `10.0.1.5,2001:db8::7,${port},6`),
      );
    });
  }

  it("leaves out what was only rejected, unless asked to send it; one accepted record is enough", async () => {
    const connections = [connection({ port: 1, rejected: 2 }), connection({ port: 2, rejected: 1 })];
    for (const { sendRejected, lines } of [
      { sendRejected: false, lines: 1 },
      { sendRejected: true, lines: 2 },
    ]) {
      const { upload, requests } = given({ sendRejected });

      await upload.add(connections);
      await upload.end();

      assert.equal(requests.flat().length, lines);
    }
  });

  it("fills its requests with what is not recent", async () => {
    const { upload, requests, sent } = given();
    sent.remember(ports(0, 600).map(({ port }) => `10.0.1.5,2001:db8::7,${port},6`));

    await upload.add(ports(0, 1_900));
    await upload.end();

    assert.deepEqual(
      requests.map((lines) => lines.length),
      [1_000, 300],
    );
    assert.equal(upload.recent, 600);
  });

  it("says how far it came, in connections that need not be sent again", async () => {
    const { upload, sent } = given({ accepts: 1 });
    sent.remember(ports(0, 600).map(({ port }) => `10.0.1.5,2001:db8::7,${port},6`));

    await assert.rejects(upload.add(ports(0, 3_000)), /the PCE is down/);

    assert.equal(upload.progress, 1_600);
  });

  it("goes on after what an earlier invocation has sent, with the same lines", async () => {
    const { upload, requests } = given({ after: 1_600 });

    await upload.add(ports(0, 3_000));
    await upload.end();

    assert.deepEqual(
      requests.map((lines) => [lines[0], lines.length]),
      [
        ["10.0.1.5,2001:db8::7,1600,6", 1_000],
        ["10.0.1.5,2001:db8::7,2600,6", 400],
      ],
    );
    assert.equal(upload.progress, 3_000);
  });
});
