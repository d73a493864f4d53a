import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { MAX_OBJECT_BYTES } from "../../flow-logs/json-messages";
import { arrows, CUSTOM_FORMAT, DEFAULT_HEADER, decode, file, reply, request } from "../support/flow-log-lines";
import { decodeAny, memoryFile } from "../support/memory-file";
import { parquetFile } from "../support/parquet-files";

const RECORDS = Array.from({ length: 500 }, (_, at) => {
  const record = request({ srcaddr: `10.0.${at % 5}.${at % 250}`, packets: `${at}` });
  return at % 2 === 0 ? record : reply(record);
});
const TEXT = Buffer.from(file(CUSTOM_FORMAT, RECORDS));
const DEFAULT_LINES = file(DEFAULT_HEADER.split(" "), RECORDS).trimEnd().split("\n").slice(1);
const { connections: CONNECTIONS } = decode(TEXT);

/** What CloudWatch Logs sends of a stream. */
const dataMessage = (messages: readonly string[], more: object = {}): string =>
  JSON.stringify({
    messageType: "DATA_MESSAGE",
    owner: "123456789012",
    logGroup: "/flows",
    logStream: "eni-1-all",
    subscriptionFilters: ["flows"],
    logEvents: messages.map((message, at) => ({ id: `${at}`, timestamp: 1_620_140_761_000 + at, message })),
    ...more,
  });
const CONTROL_MESSAGE = dataMessage(["CWL CONTROL MESSAGE: Checking health of destination."], {
  messageType: "CONTROL_MESSAGE",
});

const KINDS: readonly { readonly what: string; readonly bytes: Buffer }[] = [
  { what: "plain text", bytes: TEXT },
  { what: "gzip", bytes: gzipSync(TEXT) },
  {
    what: "gzip of many members",
    bytes: Buffer.concat(
      [9, 900, 9_000]
        .flatMap((at, index, all) => [gzipSync(TEXT.subarray(all[index - 1] ?? 0, at))])
        .concat(gzipSync(TEXT.subarray(9_000))),
    ),
  },
  { what: "gzip inside of gzip", bytes: gzipSync(gzipSync(TEXT)) },
  { what: "Parquet", bytes: parquetFile(CUSTOM_FORMAT, RECORDS) },
  {
    what: "Firehose's objects, one after the other",
    bytes: Buffer.from(DEFAULT_LINES.map((message) => JSON.stringify({ message })).join("")),
  },
  {
    what: "Firehose's objects, a line each, in gzip",
    bytes: gzipSync(DEFAULT_LINES.map((message) => `${JSON.stringify({ message })}\n`).join("")),
  },
  {
    what: "CloudWatch Logs' messages as Firehose joins them, with a control message",
    bytes: Buffer.concat(
      [CONTROL_MESSAGE, dataMessage(DEFAULT_LINES.slice(0, 200)), dataMessage(DEFAULT_LINES.slice(200))].map((text) =>
        gzipSync(text),
      ),
    ),
  },
  {
    what: "the same, decompressed by Firehose and joined without a line between",
    bytes: Buffer.from(
      [CONTROL_MESSAGE, dataMessage(DEFAULT_LINES.slice(0, 200)), dataMessage(DEFAULT_LINES.slice(200))].join(""),
    ),
  },
  {
    what: "the lines that Firehose took out of them, without a header",
    bytes: gzipSync(`${DEFAULT_LINES.join("\n")}\n`),
  },
  { what: "a message in gzip once more", bytes: gzipSync(gzipSync(dataMessage(DEFAULT_LINES))) },
];

describe("a file of flow logs", () => {
  for (const { what, bytes } of KINDS) {
    it(`is told by its content and read: ${what}`, async () => {
      const { connections, tally } = await decodeAny(bytes);

      assert.deepEqual(connections, CONNECTIONS);
      assert.deepEqual([tally.records, tally.malformed], [500, 0]);
    });

    it(`is the same however its bytes come: ${what}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: Math.min(3_000, bytes.length) }), async (size) => {
          const { connections } = await decodeAny(memoryFile(bytes.subarray(0, bytes.length), size));

          assert.deepEqual(connections, CONNECTIONS);
        }),
        { numRuns: 8 },
      );
    });
  }

  it("may be empty", async () => {
    for (const bytes of [Buffer.alloc(0), gzipSync(""), parquetFile(CUSTOM_FORMAT, [])]) {
      const { connections, tally } = await decodeAny(bytes);

      assert.deepEqual([connections.length, tally.lines], [0, 0]);
    }
  });

  it("fails when gzip is cut off anywhere", async () => {
    const gzip = gzipSync(TEXT);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: gzip.length - 1 }), async (length) => {
        await assert.rejects(decodeAny(gzip.subarray(0, length)), {
          name: "UnreadableFileError",
          message: /damaged or cut off \(Z_BUF_ERROR\)/,
        });
      }),
      { numRuns: 60 },
    );
  });

  it("fails when a byte of gzip is damaged", async () => {
    const gzip = gzipSync(TEXT);
    gzip.writeUInt8(gzip.readUInt8(gzip.length - 6) ^ 1, gzip.length - 6);

    await assert.rejects(decodeAny(gzip), { name: "UnreadableFileError" });
  });

  it("fails when it is a decompression bomb, by size and by ratio, and says which limit it was", async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 2 ** 20));

    await assert.rejects(decodeAny(bomb, { limits: { maxBytes: 2 ** 20, maxRatio: 2_000 } }), {
      ...{ name: "UnreadableFileError", message: /inflates to more than 1048576 bytes/ },
    });
    await assert.rejects(decodeAny(bomb, { limits: { maxBytes: 2 ** 40, maxRatio: 200 } }), {
      ...{ name: "UnreadableFileError", message: /inflates to more than 200 times its size/ },
    });
    await assert.rejects(
      decodeAny(gzipSync(bomb), { limits: { maxBytes: 2 ** 20, maxRatio: 2_000 } }),
      /more than 1048576/,
    );
  });

  it("may inflate by any ratio while it is small: one line many times is no bomb", async () => {
    const same = gzipSync(`${DEFAULT_LINES[0]}\n`.repeat(50_000));
    assert.ok(same.length * 200 < 50_000 * 100);

    assert.equal((await decodeAny(same)).tally.records, 50_000);
  });

  it("fails when it is gzip all the way down, or Parquet inside of gzip", async () => {
    await assert.rejects(decodeAny(gzipSync(gzipSync(gzipSync(TEXT)))), /gzip inside of gzip, more than 2 times/);
    await assert.rejects(decodeAny(gzipSync(parquetFile(CUSTOM_FORMAT, []))), /Parquet inside of gzip/);
  });

  it("may have a line of a gigabyte and NUL bytes, and only they are malformed", async () => {
    const nothing = Buffer.alloc(256 * 1024);
    const stream = async function* () {
      yield Buffer.from(`${DEFAULT_LINES[0]}\n`);
      for (let at = 0; at < 4_096; at++) yield nothing;
      yield Buffer.from(`\n2 \0 1\n${DEFAULT_LINES[1]}\n`);
    };

    const { tally, malformedLines } = await decodeAny({ ...memoryFile(TEXT), stream });

    assert.deepEqual([tally.lines, tally.records, tally.malformed], [4, 2, 2]);
    assert.deepEqual(
      malformedLines.map(({ line, length }) => [line, length]),
      [
        [2, 2 ** 30],
        [3, 5],
      ],
    );
  });

  it("fails with what reading it threw", async () => {
    const failure = new Error("the connection broke");
    const stream = async function* () {
      yield gzipSync(TEXT).subarray(0, 500);
      throw failure;
    };

    await assert.rejects(decodeAny({ ...memoryFile(TEXT), stream }), (error) => error === failure);
  });
});

describe("JSON of flow logs", () => {
  const good = JSON.stringify({ message: DEFAULT_LINES[0] });

  it("counts an object that holds no lines as one malformed line, and reads those around it", async () => {
    for (const object of [
      '{"a":{"b":"}"}}',
      '{"message":5}',
      '{"logEvents":[{"message":1}]}',
      '{"logEvents":[null]}',
      "{broken}",
    ]) {
      const { tally, malformedLines } = await decodeAny(Buffer.from(`${good}${object}\n${good}`));

      assert.deepEqual([tally.lines, tally.records, tally.malformed], [3, 2, 1], object);
      assert.equal(malformedLines[0]?.length, object.length);
    }
  });

  it("has braces and quotes inside of its texts", async () => {
    const message = `${DEFAULT_LINES[0]}`;
    const hostile = JSON.stringify({ note: '}{"\\"}{ \\\\', deep: [{ a: "\\" }], message });

    assert.equal((await decodeAny(Buffer.from(hostile + hostile))).tally.records, 2);
  });

  it("fails when its last object is cut off: nobody knows how many lines were in it", async () => {
    await assert.rejects(decodeAny(Buffer.from(`${good}${good.slice(0, -20)}`)), {
      ...{ name: "UnreadableFileError", message: /last JSON object is cut off/ },
    });
  });

  it("fails when an object is longer than AWS's are, without holding it", async () => {
    const stream = async function* () {
      yield Buffer.from('{"message":"');
      for (let at = 0; at < 64; at++) yield Buffer.alloc(MAX_OBJECT_BYTES / 8, "x");
    };

    await assert.rejects(decodeAny({ ...memoryFile(TEXT), stream }), /a JSON object of more than 8388608 bytes/);
  });

  it("reads a message of several lines, and lines of transit gateways among others", async () => {
    const { connections } = await decodeAny(Buffer.from(dataMessage([`${DEFAULT_LINES[0]}\n${DEFAULT_LINES[2]}`])));

    assert.deepEqual(arrows({ connections }), arrows(decode(`${DEFAULT_LINES[0]}\n${DEFAULT_LINES[2]}`)));
  });

  it("loses no line, whatever bytes it is made of: what is no record is malformed, or the file is refused", async () => {
    const part = fc.oneof(
      fc.constantFrom(good, "\n", "{", "}", '"', "{}", "\\", '{"message":"-"}'),
      fc.string({ maxLength: 9 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 12 }), async (parts) => {
        const text = `{${parts.join("")}`;
        try {
          const { tally } = await decodeAny(Buffer.from(text));
          const { lines, headers, blanks, records, noData, skipData, malformed } = tally;
          assert.equal(lines, headers + blanks + records + noData + skipData + malformed);
        } catch (error) {
          assert.equal((error as Error).name, "UnreadableFileError");
        }
      }),
      { numRuns: 500 },
    );
  });
});
