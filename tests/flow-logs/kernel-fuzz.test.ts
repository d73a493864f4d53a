import assert from "node:assert/strict";
import fc from "fast-check";
import { FlowLogDecoder } from "../../flow-logs/flow-log-decoder";
import { decodeWith, type FlowLog } from "../support/flow-log-lines";
import { decodePlainly } from "../support/plain-decoder";

const SERVICE_PORTS = [5432, 40_000];

const ipv4 = fc
  .tuple(fc.constantFrom(0, 9, 10, 172, 255), fc.nat(1), fc.nat(20), fc.nat(255))
  .map((all) => all.join("."));
const ipv6 = fc.oneof(
  fc.ipV6(),
  fc.constantFrom(
    "::",
    "::1",
    "2001:DB8::0001",
    "2001:db8:0:0:0:0:0:1",
    "::ffff:10.0.0.1",
    "1::2:0:0:3",
    "64:ff9b::1.2.3.4",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
  ),
);
const almostAddress = fc.constantFrom(
  "10.0.0",
  "10.0.0.256",
  "10.0.0.01",
  "1.2.3.4.5",
  ":::",
  "1:2",
  "fe80::1%eth0",
  "g::1",
  "1:2:3:4::5:6:7:8",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7:1.2.3.4",
  "-",
  "::1:",
);
const address = fc.oneof(
  { weight: 6, arbitrary: ipv4 },
  { weight: 2, arbitrary: ipv6 },
  { weight: 1, arbitrary: almostAddress },
);
const port = fc.oneof(
  fc.constantFrom("5432", "40000", "32767", "32768", "0"),
  fc.nat(70_000).map(String),
  fc.constantFrom("-", "x", ""),
);
const count = fc.oneof(
  fc.nat(5).map(String),
  fc.constantFrom("-", "123456789012345", "1234567890123456", "12345678", "123456789", "1e3", "+1"),
);
const time = fc.oneof(
  fc.integer({ min: 1_620_140_000, max: 1_620_140_003 }).map(String),
  fc.constantFrom("-", "1620140000123", "2147483647", "2147483648", "999999999999999", "16201400x0", "x620140000"),
);
const word = fc.constantFrom("ACCEPT", "ACCEPT", "ACCEPT", "REJECT", "-", "ACCEPTED", "accept");
const status = fc.constantFrom("OK", "OK", "OK", "OK", "OK", "OK", "-", "NODATA", "SKIPDATA", "SKIPDATA1", "KO");
const separator = fc.constantFrom(" ", " ", " ", " ", " ", " ", " ", " ", "  ", "\t", " \t ");
const end = fc.constantFrom("\n", "\n", "\n", "\n", "\r\n", " \n", "\n\n", " \r\n", "\0\n", "\r \n");

/** A line that is nearly always a record, and often not quite. */
const line = fc
  .tuple(
    fc.tuple(fc.constantFrom("2", "7"), fc.constantFrom("123456789010", "unknown"), fc.constantFrom("eni-1", "-")),
    fc.tuple(address, address, port, port, fc.constantFrom("6", "6", "17", "1", "132", "256", "-")),
    fc.tuple(count, count, time, time, word, status),
    fc.array(separator, { minLength: 14, maxLength: 14 }),
    fc.tuple(fc.constantFrom("", "", "", " ", "\t"), end),
  )
  .map(([one, two, three, separators, [before, after]]) =>
    [
      before,
      ...[...one, ...two, ...three].flatMap((field, at) => (at === 0 ? [field] : [separators[at], field])),
      after,
    ].join(""),
  );
const noise = fc
  .oneof(fc.string({ maxLength: 80 }), fc.constantFrom("x".repeat(70_000), "a ".repeat(300), "\n", "\0"))
  .map((text) => `${text}\n`);
// no word that a header could be made of: the plain decoder knows none
const text = fc
  .array(fc.oneof({ weight: 9, arbitrary: line }, { weight: 1, arbitrary: noise }), { maxLength: 40 })
  .map((lines) => lines.join("").replace(/version|srcaddr|start|end|type|region|action|bytes|packets|protocol/g, "1"));

const lineOf = (connection: FlowLog["connections"][number]): string => {
  const {
    client,
    server,
    port: serverPort,
    protocol,
    records,
    rejected,
    packets,
    bytes,
    firstSeen,
    lastSeen,
  } = connection;
  const name = `${client}>${server}:${serverPort}/${protocol}`;
  return [name, records, rejected, packets, bytes, firstSeen ?? "-", lastSeen ?? "-"].join(" ");
};

describe("the kernel, beside the plainest decoder there is", () => {
  const decoder = new FlowLogDecoder({ servicePorts: SERVICE_PORTS });

  it("finds the same connections and counts the same lines, in any text, cut anywhere", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(6_000), { maxLength: 6 }), (given, cuts) => {
        const bytes = Buffer.from(given, "latin1");
        const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((edge, at) => bytes.subarray(edges[at], edge));

        const { tally, connections } = decodeWith(decoder, chunks);

        const plain = decodePlainly(bytes.toString("latin1"), SERVICE_PORTS);
        const { headers, ...others } = tally;
        assert.equal(headers, 0);
        assert.deepEqual(others, plain.tally);
        assert.deepEqual(connections.map(lineOf).sort(), plain.connections);
      }),
      { numRuns: 3_000 },
    );
  });
});
