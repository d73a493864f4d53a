import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { newOutcome } from "../../../functions/flow-forwarder/outcome";
import { RejectedError } from "../../../illumio/client/pce-errors";
import { CUSTOM_FORMAT, file, reply, request } from "../../support/flow-log-lines";
import { forward } from "../../support/forwarded-batch";
import { parquetFile } from "../../support/parquet-files";
import { s3Message, s3Record } from "../../support/s3-notifications";

const GOOD = gzipSync(file(CUSTOM_FORMAT, [request(), reply(request()), { "log-status": "NODATA" }]));
const OTHER = gzipSync(file(CUSTOM_FORMAT, [request({ srcaddr: "10.0.1.6" })]));
const CORRUPT = GOOD.subarray(0, GOOD.length - 20);
const WRONG_SUM = withWrongSum(GOOD);
const LINE = "10.0.1.5,10.0.20.7,5432,6";
const OTHER_LINE = "10.0.1.6,10.0.20.7,5432,6";

/** The same gzip file, complete, with another CRC32 in its trailer. */
function withWrongSum(gzip: Buffer): Buffer {
  const at = gzip.length - 8;
  const copy = Buffer.from(gzip);
  copy.writeUInt32LE((copy.readUInt32LE(at) ^ 1) >>> 0, at);
  return copy;
}

const put = (...keys: string[]): string => s3Message(keys.map((key) => s3Record({ key, eTag: `tag-of-${key}` })));

describe("forwarding a batch", () => {
  it("sends each connection of an object once and counts what it read", async () => {
    const { outcome, uploads, failed } = await forward({ objects: { a: GOOD }, bodies: [put("a")] });

    assert.deepEqual(uploads, [[LINE]]);
    assert.deepEqual(failed, []);
    assert.deepEqual(outcome, {
      ...newOutcome(),
      messages: 1,
      objects: 1,
      records: 2,
      accepted: 2,
      noData: 1,
      connections: 1,
      sent: 1,
    });
  });

  it("reads a Parquet object in parts, and fails only the message of a damaged one", async () => {
    const parquet = parquetFile(CUSTOM_FORMAT, [request(), reply(request())]);
    const damaged = Buffer.from(parquet).fill(0xff, 4, parquet.length >> 1);

    const { uploads, failed, outcome } = await forward({
      objects: { a: damaged, b: parquet },
      bodies: [put("a"), put("b")],
    });

    assert.deepEqual(failed, ["m-1"]);
    assert.deepEqual(uploads, [[LINE]]);
    assert.equal(outcome.records, 2);
  });

  it("sends nothing, and fails nothing, for an object without connections and for the test event", async () => {
    const empty = file(CUSTOM_FORMAT, []);

    const { uploads, failed } = await forward({
      objects: { a: empty },
      bodies: [put("a"), '{"Event":"s3:TestEvent"}'],
    });

    assert.deepEqual(uploads, []);
    assert.deepEqual(failed, []);
  });

  it("fails only the message of a corrupt object between good ones", async () => {
    const { outcome, uploads, failed } = await forward({
      objects: { a: GOOD, b: CORRUPT, c: OTHER },
      bodies: [put("a"), put("b"), put("c")],
    });

    assert.deepEqual(failed, ["m-2"]);
    assert.deepEqual(uploads, [[LINE], [OTHER_LINE]]);
    assert.equal(outcome.failedMessages, 1);
  });

  it("fails only the message of a complete gzip file whose checksum is wrong, and sends nothing of it", async () => {
    const { outcome, uploads, logged, failed } = await forward({
      objects: { a: GOOD, b: WRONG_SUM, c: OTHER },
      bodies: [put("a"), put("b"), put("c")],
    });

    assert.deepEqual(failed, ["m-2"]);
    assert.deepEqual(uploads, [[LINE], [OTHER_LINE]]);
    assert.deepEqual([outcome.objects, outcome.failedMessages], [2, 1]);
    assert.match(JSON.stringify(logged), /damaged or cut off \(Z_DATA_ERROR\)/);
  });

  it("sends nothing of a truncated object: its retry must not repeat half of it", async () => {
    const many = Array.from({ length: 3_000 }, (_, at) => request({ srcaddr: `10.0.${at >> 8}.${at & 255}` }));
    const gzip = gzipSync(file(CUSTOM_FORMAT, many));

    const { uploads, failed } = await forward({
      objects: { a: gzip.subarray(0, gzip.length - 8) },
      bodies: [put("a")],
    });

    assert.deepEqual(failed, ["m-1"]);
    assert.deepEqual(uploads, []);
  });

  it("fails a message when one of its objects fails, after forwarding the others", async () => {
    const { uploads, failed } = await forward({
      objects: { a: CORRUPT, b: GOOD, c: CORRUPT },
      bodies: [put("a", "b", "c")],
    });

    assert.deepEqual(failed, ["m-1"]);
    assert.deepEqual(uploads, [[LINE]]);
  });

  it("fails messages that it cannot read, so that they end in the dead-letter queue", async () => {
    const { failed } = await forward({ objects: { a: GOOD }, bodies: ["not JSON", put("a"), "{}"] });

    assert.deepEqual(failed, ["m-1", "m-3"]);
  });

  it("reports a batch of which every message fails, rather than throwing", async () => {
    const { failed } = await forward({ objects: { a: CORRUPT }, bodies: [put("a"), "{}"] });

    assert.deepEqual(failed, ["m-1", "m-2"]);
  });

  it("forwards an object once when two messages announce it", async () => {
    const { outcome, uploads, opened, failed } = await forward({ objects: { a: GOOD }, bodies: [put("a"), put("a")] });

    assert.deepEqual(failed, []);
    assert.deepEqual(opened, ["a"]);
    assert.equal(uploads.length, 1);
    assert.equal(outcome.objectsRepeated, 1);
  });

  it("tries an object again that failed for the message before", async () => {
    const { opened, failed } = await forward({ objects: { a: CORRUPT }, bodies: [put("a"), put("a")] });

    assert.deepEqual(opened, ["a", "a"]);
    assert.deepEqual(failed, ["m-1", "m-2"]);
  });

  it("repeats exactly the same requests when an object comes again", async () => {
    const given = {
      objects: {
        a: gzipSync(
          file(
            CUSTOM_FORMAT,
            Array.from({ length: 2_500 }, (_, at) => request({ srcaddr: `10.1.${at >> 8}.${at & 255}` })),
          ),
        ),
      },
      bodies: [put("a")],
    };

    const [first, second] = [await forward(given), await forward(given)];

    assert.deepEqual(
      first.uploads.map((lines) => lines.length),
      [1_000, 1_000, 500],
    );
    assert.deepEqual(second.uploads, first.uploads);
  });

  it("acknowledges an object that was deleted before it was read, counts it and names it", async () => {
    const { outcome, logged, failed } = await forward({ objects: { b: GOOD }, bodies: [put("a"), put("b")] });

    assert.deepEqual(failed, []);
    assert.equal(outcome.objectsGone, 1);
    assert.equal(outcome.sent, 1);
    assert.deepEqual(logged, [
      {
        level: "warn",
        message: "the object was deleted before it could be read",
        fields: { object: "s3://flow-logs/a" },
      },
    ]);
  });

  it("fails an object that is no flow log at all, and keeps one that has some bad lines", async () => {
    const some = `${file(CUSTOM_FORMAT, [request()])}198.51.100.77 what is this\n`;

    const { outcome, logged, failed } = await forward({
      objects: { a: "198.51.100.77 what is this\n", b: some },
      bodies: [put("a"), put("b")],
    });

    assert.deepEqual(failed, ["m-1"]);
    assert.equal(outcome.malformed, 2);
    assert.equal(outcome.sent, 1);
    assert.doesNotMatch(JSON.stringify(logged), /198\.51|10\.0\.1\.5/);
    assert.match(JSON.stringify(logged), /not one of the object's 1 lines is a flow-log record/);
  });

  it("fails an object whose format lacks needed columns", async () => {
    const { failed, logged } = await forward({ objects: { a: "version srcaddr\n2 10.0.0.1\n" }, bodies: [put("a")] });

    assert.deepEqual(failed, ["m-1"]);
    assert.match(JSON.stringify(logged), /lacks dstaddr/);
  });

  it("begins no message without enough time: it goes back to the queue with nothing read", async () => {
    let remainingMs = 100_000;
    const upload = (lines: readonly string[]): { accepted: number; refused: number } => {
      remainingMs -= 95_000;
      return { accepted: lines.length, refused: 0 };
    };

    const { failed, opened } = await forward({
      objects: { a: GOOD, b: GOOD, c: GOOD },
      bodies: [put("a"), put("b"), put("c")],
      remainingMs: () => remainingMs,
      upload,
    });

    assert.deepEqual(opened, ["a"]);
    assert.deepEqual(failed, ["m-2", "m-3"]);
  });

  it("fails the message when the PCE rejects its flows", async () => {
    const { failed, outcome } = await forward({
      objects: { a: GOOD },
      bodies: [put("a")],
      upload: () => {
        throw new RejectedError("the PCE answered 403", { status: 403, requestId: "r-9" });
      },
    });

    assert.deepEqual(failed, ["m-1"]);
    assert.equal(outcome.sent, 0);
  });

  it("counts lines that the PCE refuses in a 201, logs how many, and does not fail the message", async () => {
    const { failed, outcome, logged } = await forward({
      objects: { a: GOOD },
      bodies: [put("a")],
      upload: () => ({ accepted: 0, refused: 1 }),
    });

    assert.deepEqual(failed, []);
    assert.deepEqual([outcome.sent, outcome.failed], [0, 1]);
    assert.deepEqual(logged[0]?.fields, { object: "s3://flow-logs/a", refused: 1, accepted: 0, requestId: "r-1" });
  });

  it("sends rejected connections only when told to", async () => {
    const objects = { a: file(CUSTOM_FORMAT, [request({ action: "REJECT" })]) };

    assert.deepEqual((await forward({ objects, bodies: [put("a")] })).uploads, []);
    assert.deepEqual((await forward({ objects, bodies: [put("a")], sendRejected: true })).uploads, [[LINE]]);
  });
});
