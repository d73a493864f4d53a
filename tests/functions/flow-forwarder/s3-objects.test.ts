import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { readObject } from "../../../functions/flow-forwarder/read-object";
import { s3Opener } from "../../../functions/flow-forwarder/s3-objects";

const LONG = { remainingMs: () => 60_000 };

/** Reads one object from a server on this machine that plays S3, with the real SDK. */
async function read(
  respond: RequestListener,
  { idleMs = 5_000, key = "a b/c=d.log" } = {},
): Promise<{ text: string; found: string; urls: string[] }> {
  const urls: string[] = [];
  const server = createServer((request, response) => {
    urls.push(request.url ?? "");
    respond(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  try {
    let text = "";
    const openObject = s3Opener(client);
    const found = await readObject({ bucket: "flow-logs", key }, { openObject, idleMs }, LONG, (chunk) => {
      text += chunk.toString();
    });
    return { text, found, urls };
  } finally {
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
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
});
