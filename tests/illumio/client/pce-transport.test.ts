import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { PceTransport } from "../../../illumio/client/pce-transport";
import { makeCertificates } from "../../../sandbox/pce/certificates";
import { type ScriptedAnswer, scriptedPce } from "../../support/scripted-pce";

const GET = { method: "GET", path: "/x", headers: {}, timeoutMs: 20_000 } as const;

describe("the transport to a PCE", () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  async function given(answers: readonly ScriptedAnswer[], maxConnections: number) {
    const pce = await scriptedPce(answers);
    const transport = new PceTransport({ host: pce.host, port: pce.port, ca: pce.ca, maxConnections });
    open.push(transport, pce);
    return { pce, transport };
  }

  it("sends a body only where there is one", async () => {
    const { pce, transport } = await given([], 1);

    await transport.send(GET);
    await transport.send({ ...GET, method: "PUT", body: Buffer.from("{}") });

    assert.deepEqual(
      pce.requests.map(({ method, headers, body }) => [method, headers["content-length"], body]),
      [
        ["GET", undefined, ""],
        ["PUT", "2", "{}"],
      ],
    );
  });

  it("lets an answer, and a request that waits for its connection, take longer than connecting may", async () => {
    const { pce, transport } = await given([{}, { delayMs: 5_300 }], 1);
    await transport.send(GET);

    const answers = await Promise.all([transport.send(GET), transport.send(GET)]);

    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201],
    );
    assert.equal(pce.connections(), 1);
  });

  it("has as many connections as it may, and keeps them", async () => {
    const slow = { delayMs: 100 };
    const { pce, transport } = await given([slow, slow, slow, slow], 2);

    await Promise.all([transport.send(GET), transport.send(GET), transport.send(GET), transport.send(GET)]);

    assert.equal(pce.connections(), 2);
  });

  it("reads no more of an answer than it was told to", async () => {
    const { transport } = await given([{ body: "x".repeat(2_000) }, { body: "x".repeat(2_000) }], 1);

    await assert.rejects(transport.send({ ...GET, maxAnswerBytes: 1_999 }), /the answer is longer than 1999 bytes/);
    assert.equal((await transport.send({ ...GET, maxAnswerBytes: 2_000 })).body.length, 2_000);
  });

  it("speaks no TLS older than 1.2", async () => {
    const { certificate, privateKey, caCertificate } = await makeCertificates();
    const server = createServer({
      cert: certificate,
      key: privateKey,
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const transport = new PceTransport({ host: "127.0.0.1", port, ca: caCertificate });
    open.push(transport, server);

    await assert.rejects(transport.send(GET), /version|protocol/i);
  });

  it("gives up in time when an answer drips", async () => {
    const server = createServer({ ...(await pair()) }, (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const transport = new PceTransport({ host: "127.0.0.1", port, ca: (await pair()).ca });
    open.push(transport, { close: () => server.closeAllConnections() }, server);

    await assert.rejects(
      transport.send({ ...GET, timeoutMs: 300 }),
      /no whole answer from 127\.0\.0\.1:\d+ within 300 ms/,
    );
    await sleep(20);
  });

  let made: { cert: string; key: string; ca: string } | undefined;
  async function pair() {
    if (made === undefined) {
      const { certificate, privateKey, caCertificate } = await makeCertificates();
      made = { cert: certificate, key: privateKey, ca: caCertificate };
    }
    return made;
  }
});
