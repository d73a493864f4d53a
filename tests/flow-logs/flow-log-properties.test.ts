import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CUSTOM_FORMAT,
  DEFAULT_HEADER,
  decode,
  type FlowFields,
  type FlowLog,
  file,
  reply,
  request,
} from "../support/flow-log-lines";

const RUNS = { numRuns: 300 };

const ipv4 = fc
  .tuple(fc.constantFrom(10, 172, 192), fc.nat(3), fc.nat(255), fc.nat(255))
  .map((octets) => octets.join("."));
const address = fc.oneof({ weight: 4, arbitrary: ipv4 }, { weight: 1, arbitrary: fc.ipV6() });

const record: fc.Arbitrary<FlowFields> = fc
  .record({
    srcaddr: address,
    dstaddr: address,
    srcport: fc.nat(65_535),
    dstport: fc.oneof(fc.constantFrom(5432, 443), fc.nat(65_535)),
    protocol: fc.constantFrom(6, 17, 1, 132),
    "tcp-flags": fc.constantFrom(0, 1, 2, 3, 4, 18, 19),
    packets: fc.nat(1_000_000),
    bytes: fc.nat(),
    start: fc.integer({ min: 1_620_140_000, max: 1_620_140_005 }),
    action: fc.constantFrom("ACCEPT", "ACCEPT", "REJECT"),
  })
  .map((fields) => request(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]))));

// words a flow log is made of, and bytes that it is not: lines that are almost right find more than noise does
const word = fc.oneof(
  fc.constantFrom(
    "-",
    "OK",
    "NODATA",
    "SKIPDATA",
    "ACCEPT",
    "REJECT",
    "10.0.0.1",
    "::1",
    "6",
    "5432",
    "srcaddr",
    "\t",
    "",
  ),
  fc.string({ maxLength: 6 }),
  fc.nat().map(String),
);
const almostLine = fc.array(word, { minLength: 0, maxLength: 16 }).map((words) => words.join(" "));
const text = fc
  .array(
    fc.oneof(
      almostLine,
      record.map((fields) => file(DEFAULT_HEADER.split(" "), [fields]).split("\n")[1] ?? ""),
    ),
    { maxLength: 12 },
  )
  .map((lines) => Buffer.from(lines.join("\n")));
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  text,
);

/** Lines as `wc` would count them, and a last one without a newline. */
function linesIn(buffer: Buffer): number {
  const newlines = buffer.filter((byte) => byte === 10).length;
  return newlines + (buffer.length > 0 && buffer.at(-1) !== 10 ? 1 : 0);
}

function unlessFormatError(decodeIt: () => void): void {
  try {
    decodeIt();
  } catch (error) {
    assert.equal((error as Error).name, "FormatError");
  }
}

describe("flow-log decoder, for any input", () => {
  it("loses no line: lines = headers + blanks + records + noData + skipData + malformed", () => {
    fc.assert(
      fc.property(bytes, (buffer) => {
        unlessFormatError(() => {
          const { tally, connections } = decode(buffer);

          const { headers, blanks, records, noData, skipData, malformed } = tally;
          assert.equal(tally.lines, linesIn(buffer));
          assert.equal(tally.lines, headers + blanks + records + noData + skipData + malformed);
          assert.equal(records, tally.accepted + tally.rejected);
          assert.equal(
            records,
            connections.reduce((sum, connection) => sum + connection.records, 0),
          );
          assert.equal(
            tally.rejected,
            connections.reduce((sum, connection) => sum + connection.rejected, 0),
          );
        });
      }),
      { numRuns: 2_000 },
    );
  });

  it("gives the same result however the bytes are cut into chunks", () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(300), { maxLength: 10 }), (buffer, cuts) => {
        unlessFormatError(() => {
          const edges = [0, ...cuts.filter((cut) => cut < buffer.length).sort((a, b) => a - b), buffer.length];
          const chunks = edges.slice(1).map((edge, at) => buffer.subarray(edges[at], edge));

          assert.deepEqual(decode(chunks), decode(buffer));
        });
      }),
      { numRuns: 1_000 },
    );
  });

  it("gives the same connections for any order of the columns", () => {
    const columns = fc.shuffledSubarray(CUSTOM_FORMAT, { minLength: CUSTOM_FORMAT.length });
    fc.assert(
      fc.property(columns, fc.array(record, { maxLength: 20 }), (shuffled, records) => {
        assert.deepEqual(decode(file(shuffled, records)), decode(file(CUSTOM_FORMAT, records)));
      }),
      RUNS,
    );
  });

  it("gives the same connections for any order of the records", () => {
    const shuffled = fc
      .array(record, { maxLength: 20 })
      .chain((records) => fc.tuple(fc.constant(records), fc.shuffledSubarray(records, { minLength: records.length })));
    fc.assert(
      fc.property(shuffled, ([records, other]) => {
        assert.deepEqual(connectionsOf(records), connectionsOf(other));
      }),
      RUNS,
    );
  });

  it("makes one connection of the two directions, and of a second interface's view of them", () => {
    fc.assert(
      fc.property(record, (fields) => {
        const both = [fields, reply(fields)];

        assert.equal(
          connectionsOf([...both, ...both].map((each, at) => ({ ...each, "interface-id": `eni-${at}` }))).length,
          1,
        );
      }),
      RUNS,
    );
  });

  it("names each connection once", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 60 }), (records) => {
        const names = connectionsOf(records).map(({ client, server, port, protocol }) =>
          [client, server, port, protocol].join(),
        );

        assert.equal(new Set(names).size, names.length);
      }),
      RUNS,
    );
  });
});

function connectionsOf(records: readonly FlowFields[]): FlowLog["connections"] {
  return decode(file(CUSTOM_FORMAT, records)).connections;
}
