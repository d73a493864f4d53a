import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { openObject } from "../../../functions/flow-forwarder/object-store";
import { s3Objects, s3Putter } from "../../../functions/flow-forwarder/s3-objects";

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly range: string | undefined;
  readonly ifMatch: string | undefined;
  readonly body: string;
}

/** Works with a client of a server on this machine that plays S3, with the real SDK. */
async function withS3<T>(respond: RequestListener, work: (client: S3Client) => Promise<T>): Promise<[T, Asked[]]> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const { range, "if-match": ifMatch } = headers;
      asked.push({ method, url, range, ifMatch, body: Buffer.concat(chunks).toString() });
      respond(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  try {
    return [await work(client), asked];
  } finally {
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
}

/** Reads one object. */
async function read(
  respond: RequestListener,
  { idleMs = 5_000, key = "a b/c=d.log" } = {},
): Promise<{ text: string; found: string; urls: string[] }> {
  const [text, asked] = await withS3(respond, async (client) => {
    const signal = new AbortController().signal;
    const file = await openObject(s3Objects(client), { bucket: "flow-logs", key }, signal, idleMs);
    if (file === undefined) return undefined;
    let read = "";
    for await (const chunk of file.stream()) read += chunk.toString();
    return read;
  });
  return { text: text ?? "", found: text === undefined ? "gone" : "read", urls: asked.map(({ url }) => url) };
}

function xmlError(status: number, code: string): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message><Key>k</Key></Error>`);
  };
}

describe("S3 objects", () => {
  it("are read whole, by their decoded key", async () => {
    const { text, urls } = await read((_request, response) => {
      response.writeHead(200, { "content-length": "5" });
      response.end("hello");
    });

    assert.equal(text, "hello");
    assert.deepEqual(urls, ["/flow-logs/a%20b/c%3Dd.log?x-id=GetObject"]);
  });

  it("that end before their length are a failure", async () => {
    await assert.rejects(
      read((_request, response) => {
        response.writeHead(200, { "content-length": "500" });
        response.write("hello", () => response.socket?.end());
      }),
    );
  });

  it("that stall in their body are a failure", async () => {
    await assert.rejects(
      read(
        (_request, response) => {
          response.writeHead(200, { "content-length": "500" });
          response.write("hello");
        },
        { idleMs: 50 },
      ),
      { name: "IncompleteObjectError" },
    );
  });

  it("that do not exist are gone", async () => {
    assert.equal((await read(xmlError(404, "NoSuchKey"))).found, "gone");
  });

  for (const { status, code } of [
    { status: 404, code: "NoSuchBucket" },
    { status: 403, code: "AccessDenied" },
    { status: 500, code: "InternalError" },
  ]) {
    it(`are a failure, not gone, when S3 says ${code}`, async () => {
      await assert.rejects(read(xmlError(status, code)), { name: code });
    });
  }

  it("are read in parts of one and the same object", async () => {
    const [text, asked] = await withS3(
      (request, response) => {
        const whole = "0123456789";
        const part = request.headers.range === undefined ? whole : whole.slice(2, 5);
        response.writeHead(request.headers.range ? 206 : 200, { "content-length": part.length, etag: '"t-1"' });
        response.end(part);
      },
      async (client) => {
        const file = await openObject(s3Objects(client), { bucket: "b", key: "k" }, new AbortController().signal);
        return String(await (await file?.randomAccess())?.read(2, 5));
      },
    );

    assert.equal(text, "234");
    assert.deepEqual([asked[1]?.range, asked[1]?.ifMatch], ["bytes=2-4", '"t-1"']);
  });

  it("are put whole, by their key", async () => {
    const [, asked] = await withS3(
      (_request, response) => void response.writeHead(200).end(),
      (client) => s3Putter(client, "flow-logs")("quarantine/a b", Buffer.from("lines")),
    );

    const [put] = asked;
    assert.equal(`${put?.method} ${put?.url}`, "PUT /flow-logs/quarantine/a%20b?x-id=PutObject");
    assert.match(put?.body ?? "", /lines/);
  });
});
