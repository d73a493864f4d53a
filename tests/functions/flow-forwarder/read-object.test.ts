import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { type OpenObject, readObject } from "../../../functions/flow-forwarder/read-object";
import { objectStore, pieces } from "../../support/object-store";

const REF = { bucket: "flow-logs", key: "a.log.gz" };
const LONG = { remainingMs: () => 60_000 };
const TEXT = Buffer.from("line one\nline two\n".repeat(20_000));

async function textOf(openObject: OpenObject, { idleMs = 5_000, deadline = LONG } = {}): Promise<string> {
  const chunks: Buffer[] = [];
  const found = await readObject(REF, { openObject, idleMs }, deadline, (chunk) => chunks.push(Buffer.from(chunk)));
  return found === "gone" ? "gone" : Buffer.concat(chunks).toString();
}

function stream(chunks: readonly Buffer[]): Readable {
  return Readable.from(chunks, { objectMode: false });
}

describe("reading an object", () => {
  const KINDS = [
    { what: "plain text", bytes: TEXT },
    { what: "gzip", bytes: gzipSync(TEXT) },
    {
      what: "gzip of several members",
      bytes: Buffer.concat([gzipSync(TEXT.subarray(0, 9)), gzipSync(TEXT.subarray(9))]),
    },
  ];
  for (const { what, bytes } of KINDS) {
    it(`tells ${what} by its content and reads it all`, async () => {
      assert.equal(await textOf(objectStore({ "a.log.gz": bytes }).openObject), TEXT.toString());
    });
  }

  it("reads an empty object as nothing", async () => {
    assert.equal(await textOf(objectStore({ "a.log.gz": "" }).openObject), "");
  });

  it("reads gzip members wherever the network cuts them", async () => {
    const gzip = Buffer.concat([gzipSync("one\n"), gzipSync("two\n"), gzipSync("three\n")]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: gzip.length }), async (size) => {
        const openObject: OpenObject = async () => ({ body: stream(pieces(gzip, size)), lengthBytes: gzip.length });

        assert.equal(await textOf(openObject), "one\ntwo\nthree\n");
      }),
      { numRuns: 60 },
    );
  });

  it("fails for gzip cut off anywhere, whatever the length says", async () => {
    const gzip = gzipSync(TEXT);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: gzip.length - 1 }), async (length) => {
        const openObject: OpenObject = async () => ({ body: stream([gzip.subarray(0, length)]), lengthBytes: length });

        await assert.rejects(textOf(openObject), { name: "UnreadableObjectError", message: /cut off \(Z_BUF_ERROR\)/ });
      }),
      { numRuns: 60 },
    );
  });

  it("fails for gzip with a damaged byte", async () => {
    const gzip = gzipSync(TEXT);
    gzip.writeUInt8(gzip.readUInt8(gzip.length - 6) ^ 1, gzip.length - 6);

    await assert.rejects(textOf(objectStore({ "a.log.gz": gzip }).openObject), { name: "UnreadableObjectError" });
  });

  it("fails for Parquet and says which setting is meant", async () => {
    const parquet = Buffer.from("PAR1 and the rest PAR1");

    await assert.rejects(textOf(objectStore({ "a.log.gz": parquet }).openObject), /is Parquet.*flowLogs\.fileFormat/);
  });

  it("fails when fewer bytes come than the store announced", async () => {
    const openObject: OpenObject = async () => ({ body: stream([TEXT.subarray(0, 700)]), lengthBytes: 1_000 });

    await assert.rejects(textOf(openObject), {
      name: "IncompleteObjectError",
      message: "the object ended after 700 of 1000 bytes",
    });
  });

  it("fails when the bytes stop coming, and closes the transfer", async () => {
    const body = new Readable({ read: () => undefined });
    body.push(TEXT.subarray(0, 700));
    let signal: AbortSignal | undefined;
    const openObject: OpenObject = async (_ref, given) => {
      signal = given;
      return { body, lengthBytes: 1_000 };
    };

    await assert.rejects(textOf(openObject, { idleMs: 30 }), {
      name: "IncompleteObjectError",
      message: "no byte of the object came for 30 ms, after 700 bytes",
    });

    assert.ok(body.destroyed);
    assert.equal(signal?.aborted, true);
  });

  it("fails when the connection breaks", async () => {
    const body = new Readable({ read: () => undefined });
    body.push(TEXT);
    setImmediate(() => body.destroy(new Error("aborted")));

    await assert.rejects(
      textOf(async () => ({ body, lengthBytes: undefined })),
      /aborted/,
    );
  });

  it("stops when the time is over, even while the bytes keep coming", async () => {
    const endless = Readable.from(
      (async function* () {
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          yield TEXT;
        }
      })(),
      { objectMode: false },
    );

    await assert.rejects(
      textOf(async () => ({ body: endless, lengthBytes: undefined }), { deadline: { remainingMs: () => 40 } }),
      { name: "OutOfTimeError" },
    );

    assert.ok(endless.destroyed);
  });

  it("closes the transfer when the reader fails", async () => {
    const body = new Readable({ read: () => undefined });
    body.push(TEXT);
    const openObject: OpenObject = async () => ({ body, lengthBytes: undefined });

    await assert.rejects(
      readObject(REF, { openObject }, LONG, () => {
        throw new Error("lacks columns");
      }),
      /lacks columns/,
    );

    assert.ok(body.destroyed);
  });

  it("says that an object is gone", async () => {
    assert.equal(await textOf(objectStore({}).openObject), "gone");
  });
});
