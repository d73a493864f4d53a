import assert from "node:assert/strict";
import { arrows, CUSTOM_FORMAT, DEFAULT_HEADER, decode, file, reply, request } from "../support/flow-log-lines";

// Lines from AWS's "Flow log record examples" and from real files; 14 fields, so they need no header.
const DEFAULT_LINES = [
  {
    what: "an accepted SSH flow",
    line: "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
    arrow: "172.31.16.139>172.31.16.21:22/6",
  },
  {
    what: "a rejected RDP flow",
    line: "2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK",
    arrow: "172.31.9.69>172.31.9.12:3389/6",
  },
  {
    what: "an IPv6 SSH flow",
    line: "2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK",
    arrow: "2001:db8:1234:a100:8d6e:3477:df66:f105>2001:db8:1234:a102:3304:8879:34cf:4071:22/6",
  },
  {
    what: "an ICMP echo",
    line: "2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142 ACCEPT OK",
    arrow: "203.0.113.12>172.31.16.139:0/1",
  },
  {
    what: "an account id that is unknown, and runs of spaces",
    line: "2 unknown  eni-1235b8ca123456789   10.0.1.5 10.0.20.7 39812 5432 6 20 4249 1418530010 1418530070 ACCEPT OK",
    arrow: "10.0.1.5>10.0.20.7:5432/6",
  },
];

const WITHOUT_ADDRESSES = [
  { kind: "noData", line: "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA" },
  { kind: "skipData", line: "2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA" },
  // seen in a collection of samples: NODATA beside an action and addresses
  { kind: "noData", line: "2 1 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 1 1431280876 1431280934 REJECT NODATA" },
] as const;

const MALFORMED = [
  {
    why: "too few fields",
    line: "2 123456789010 eni-1 10.0.1.5 10.0.20.7 39812 5432 6 20 4249 1418530010 1418530070 ACCEPT",
  },
  {
    why: "too many fields",
    line: "2 1 eni-1 10.0.1.5 10.0.20.7 39812 5432 6 20 4249 1418530010 1418530070 ACCEPT OK OK",
  },
  {
    why: "an address out of range",
    line: "2 1 eni-1 10.0.1.256 10.0.20.7 39812 5432 6 20 4249 1418530010 1418530070 ACCEPT OK",
  },
  {
    why: "an address with a leading zero",
    line: "2 1 eni-1 10.0.1.05 10.0.20.7 39812 5432 6 20 4249 1418530010 1418530070 ACCEPT OK",
  },
  {
    why: "an IPv6 address with a zone",
    line: "2 1 eni-1 fe80::1%eth0 10.0.20.7 39812 5432 6 20 4249 1418530010 1418530070 ACCEPT OK",
  },
  { why: "one address only", line: "2 1 eni-1 10.0.1.5 - 39812 5432 6 20 4249 1418530010 1418530070 ACCEPT OK" },
  {
    why: "a port out of range",
    line: "2 1 eni-1 10.0.1.5 10.0.20.7 39812 65536 6 20 4249 1418530010 1418530070 ACCEPT OK",
  },
  {
    why: "a port that TCP must have",
    line: "2 1 eni-1 10.0.1.5 10.0.20.7 39812 - 6 20 4249 1418530010 1418530070 ACCEPT OK",
  },
  { why: "a negative port", line: "2 1 eni-1 10.0.1.5 10.0.20.7 39812 -1 6 20 4249 1418530010 1418530070 ACCEPT OK" },
  {
    why: "a protocol out of range",
    line: "2 1 eni-1 10.0.1.5 10.0.20.7 39812 5432 256 20 4249 1418530010 1418530070 ACCEPT OK",
  },
  {
    why: "bytes that are no number",
    line: "2 1 eni-1 10.0.1.5 10.0.20.7 39812 5432 6 20 4k 1418530010 1418530070 ACCEPT OK",
  },
  {
    why: "a count of 16 digits",
    line: "2 1 eni-1 10.0.1.5 10.0.20.7 39812 5432 6 20 1234567890123456 1418530010 1418530070 ACCEPT OK",
  },
  {
    why: "an unknown action",
    line: "2 1 eni-1 10.0.1.5 10.0.20.7 39812 5432 6 20 4249 1418530010 1418530070 ALLOW OK",
  },
  {
    why: "an unknown log-status",
    line: "2 1 eni-1 10.0.1.5 10.0.20.7 39812 5432 6 20 4249 1418530010 1418530070 ACCEPT FINE",
  },
  { why: "a NUL byte", line: "2 1 eni-1 10.0.1.5 \0 10.0.20.7 39812 5432 6 20 4249 1418530010 1418530070 ACCEPT OK" },
  {
    why: "a carriage return inside",
    line: "2 1 eni-1 10.0.1.5\r10.0.20.7 39812 5432 6 20 4249 1418530010 1418530070 ACCEPT OK",
  },
];

describe("flow-log decoder", () => {
  for (const { what, line, arrow } of DEFAULT_LINES) {
    it(`reads ${what} without a header`, () => {
      assert.deepEqual(arrows(decode(line)), [arrow]);
    });
  }

  for (const { kind, line } of WITHOUT_ADDRESSES) {
    it(`counts as ${kind}, and makes no connection of: ${line.slice(-30)}`, () => {
      const log = decode(line);

      assert.equal(log.tally[kind], 1);
      assert.equal(log.tally.records, 0);
      assert.deepEqual(log.connections, []);
    });
  }

  for (const { why, line } of MALFORMED) {
    it(`counts as malformed ${why}, and reads the lines around it`, () => {
      const good = DEFAULT_LINES[0]?.line;

      const log = decode(`${good}\n${line}\n${good}\n`);

      assert.equal(log.tally.malformed, 1);
      assert.equal(log.tally.records, 2);
      assert.deepEqual(
        log.malformedLines.map((sample) => sample.line),
        [2],
      );
      assert.deepEqual(
        log.malformedLines.map((sample) => sample.length),
        [line.length],
      );
    });
  }

  it("tells of the first malformed lines only, and nothing of their content", () => {
    const log = decode("198.51.100.77 is not a record\n".repeat(100));

    assert.equal(log.tally.malformed, 100);
    assert.equal(log.malformedLines.length, 5);
    assert.doesNotMatch(JSON.stringify(log.malformedLines), /198\.51|record\b.*198/);
    assert.match(log.malformedLines[0]?.reason ?? "", /^it has 5 fields and the format has 14$/);
  });

  it("reads the columns in alphabetical order, skips unknown ones, and takes \\r\\n", () => {
    const columns = [...CUSTOM_FORMAT, "made-up-in-2031", "az-id"].sort();

    const log = decode(file(columns, [request({ "made-up-in-2031": "a%20b" })]).replaceAll("\n", "\r\n"));

    assert.deepEqual(arrows(log), ["10.0.1.5>10.0.20.7:5432/6"]);
    assert.equal(log.tally.malformed, 0);
  });

  it("takes a second header, as joined files have", () => {
    const log = decode(
      file(CUSTOM_FORMAT, [request()]) + file(DEFAULT_HEADER.split(" "), [request({ srcaddr: "10.0.1.6" })]),
    );

    assert.equal(log.tally.headers, 2);
    assert.deepEqual(arrows(log), ["10.0.1.5>10.0.20.7:5432/6", "10.0.1.6>10.0.20.7:5432/6"]);
  });

  it("counts blank lines apart, and a file of only a header as empty", () => {
    const log = decode(`${DEFAULT_HEADER}\n\n  \t\r\n`);

    assert.deepEqual(
      { lines: log.tally.lines, headers: log.tally.headers, blanks: log.tally.blanks, malformed: log.tally.malformed },
      { lines: 3, headers: 1, blanks: 2, malformed: 0 },
    );
  });

  it("refuses a header that lacks what a connection needs, and names it", () => {
    assert.throws(
      () => decode("version srcaddr dstport action\n5 10.0.0.1 5432 ACCEPT\n"),
      /has 4 fields but lacks dstaddr \(or pkt-dstaddr\), srcport, protocol; a connection needs/,
    );
  });

  it("counts a row of dashes in a format without log-status as no data", () => {
    const columns = CUSTOM_FORMAT.filter((column) => column !== "log-status");

    const log = decode(file(columns, [{ start: "1620140761", end: "1620140821" }, request()]));

    assert.equal(log.tally.noData, 1);
    assert.equal(log.tally.records, 1);
  });

  it("prefers the packet's addresses to the interface's, each on its own", () => {
    const log = decode(
      file(CUSTOM_FORMAT, [
        request({ srcaddr: "10.0.9.9", "pkt-srcaddr": "10.8.0.1", "pkt-dstaddr": "-" }),
        request({ dstaddr: "10.0.9.9", "pkt-srcaddr": "-", "pkt-dstaddr": "10.0.20.8" }),
      ]),
    );

    assert.deepEqual(arrows(log), ["10.0.1.5>10.0.20.8:5432/6", "10.8.0.1>10.0.20.7:5432/6"]);
  });

  it("writes one IPv6 address one way, however it was spelt", () => {
    const log = decode(
      file(CUSTOM_FORMAT, [
        request({ srcaddr: "2001:0DB8:0:0::1", dstaddr: "2a02:cf40::" }),
        request({ srcaddr: "2001:db8::1", dstaddr: "2A02:CF40:0:0:0:0:0:0" }),
      ]),
    );

    assert.deepEqual(arrows(log), ["2001:db8::1>2a02:cf40:::5432/6"]);
    assert.equal(log.connections[0]?.records, 2);
  });

  it("adds up records, packets, bytes, times and rejects over both directions", () => {
    const first = request({ packets: "3", bytes: "300", start: "1620140700", end: "1620140760" });
    const second = reply(
      request({ packets: "4", bytes: "4000", start: "1620140705", end: "1620140765", action: "REJECT" }),
    );

    const log = decode(file(CUSTOM_FORMAT, [first, second]));

    assert.deepEqual(log.connections, [
      {
        client: "10.0.1.5",
        server: "10.0.20.7",
        port: 5432,
        protocol: 6,
        records: 2,
        packets: 7,
        bytes: 4300,
        firstSeen: 1620140700,
        lastSeen: 1620140765,
        rejected: 1,
      },
    ]);
    assert.deepEqual([log.tally.accepted, log.tally.rejected], [1, 1]);
  });

  it("takes times in milliseconds for seconds, and leaves times out that the format has not", () => {
    const columns = CUSTOM_FORMAT.filter((column) => column !== "end");

    const log = decode(file(columns, [request({ start: "1620140761999" })]));

    assert.equal(log.connections[0]?.firstSeen, 1620140761);
    assert.equal(log.connections[0]?.lastSeen, undefined);
  });

  it("counts a line over the limit as malformed and keeps nothing of it, in one chunk or in many", () => {
    const long = Buffer.from(`${"x".repeat(200_000)}\n${DEFAULT_LINES[0]?.line}\n${"y".repeat(70_000)}`);
    const pieces = Array.from({ length: 30 }, (_, at) => long.subarray(at * 10_000, (at + 1) * 10_000));

    for (const log of [decode(long), decode(pieces)]) {
      assert.equal(log.tally.lines, 3);
      assert.equal(log.tally.records, 1);
      assert.deepEqual(
        log.malformedLines.map(({ line, length }) => [line, length]),
        [
          [1, 200_000],
          [3, 70_000],
        ],
      );
    }
  });

  it("keeps a hundred thousand conversations apart", () => {
    const line = (n: number): string =>
      `2 1 eni-1 10.${n >> 16}.${(n >> 8) & 255}.${n & 255} 10.200.0.1 ${32768 + (n % 1000)} 5432 6 1 40 1620140761 1620140821 ACCEPT OK`;

    const log = decode(Array.from({ length: 100_000 }, (_, n) => line(n)).join("\n"));

    assert.equal(log.connections.length, 100_000);
    assert.equal(log.connections[0]?.client, "10.0.0.0");
    assert.equal(log.connections[99_999]?.client, "10.1.134.159");
  });
});
