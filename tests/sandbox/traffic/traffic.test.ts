import assert from "node:assert/strict";
import fc from "fast-check";
import { sumExpected } from "../../../sandbox/traffic/expected-traffic";
import { CUSTOM_FORMAT, V2_FORMAT, V5_FORMAT } from "../../../sandbox/traffic/flow-format";
import { generateTraffic, trafficLines } from "../../../sandbox/traffic/traffic";
import { connectionsOf, field, flowRows, type Row, rowsOf } from "./reference-reader";
import { START_TIME, trafficOptions } from "./traffic-options";

const FORMATS = [V2_FORMAT, CUSTOM_FORMAT, V5_FORMAT];

describe("the built-in traffic", () => {
  it("is the same for the same seed, and another for another", () => {
    const [one, again, other] = [1, 1, 2].map((seed) => generateTraffic(trafficOptions({ seed })));

    assert.deepEqual(one, again);
    assert.notDeepEqual(one?.[0]?.text, other?.[0]?.text);
  });

  it("is a file for each format, five minutes apart, with the format's header first", () => {
    const files = generateTraffic(trafficOptions());

    assert.deepEqual(
      files.map(({ format, startTime }) => [format.name, startTime]),
      [
        ["v2", START_TIME],
        ["custom", START_TIME + 300],
        ["v5", START_TIME + 600],
      ],
    );
    for (const { format, text } of files) {
      assert.equal(text.slice(0, text.indexOf("\n")), format.fields.join(" "));
      assert.ok(text.endsWith("\n") && !text.includes("\n\n"));
    }
  });

  it("knows the same hosts in every file, so that a connection goes on from one to the next", () => {
    const [first, second] = generateTraffic(trafficOptions({ formats: [CUSTOM_FORMAT, CUSTOM_FORMAT] }));

    const common = [...(first?.expected.connections ?? [])].filter((key) => second?.expected.connections.has(key));
    assert.ok(common.length > 10);
    assert.ok(common.length < (first?.expected.connections.size ?? 0));
  });

  it("states the truth that design.md's rules find, whatever the seed, the service port and the format", () => {
    const options = fc.record({
      seed: fc.integer(),
      servicePort: fc.constantFrom(5432, 3306, 443, 50_000),
      conversations: fc.integer({ min: 0, max: 150 }),
      malformedLines: fc.constant(0),
      formats: fc.constantFrom(...FORMATS.map((format) => [format])),
    });

    fc.assert(
      fc.property(options, (chosen) => {
        const [file] = generateTraffic(trafficOptions(chosen));
        assert.ok(file);
        const found = connectionsOf(flowRows(file), chosen.servicePort);
        assert.deepEqual([...found].sort(), [...file.expected.connections].sort());
      }),
      { numRuns: 60 },
    );
  });

  it("contains everything that real traffic does, already with fourteen conversations", () => {
    const [file] = generateTraffic(trafficOptions({ formats: [V5_FORMAT], conversations: 14 }));
    assert.ok(file);
    const rows = flowRows(file);
    const has = (test: (row: Row) => boolean) => rows.some(test);
    const is = (name: string, value: string) => (row: Row) => field(row, name) === value;
    const accepted = rows.filter(is("action", "ACCEPT"));

    for (const flags of ["0", "1", "2", "3", "18", "19"]) assert.ok(has(is("tcp-flags", flags)), `flags ${flags}`);
    for (const [name, values] of Object.entries({
      protocol: ["1", "6", "17"],
      action: ["ACCEPT", "REJECT"],
      type: ["IPv4", "IPv6"],
      "flow-direction": ["ingress", "egress"],
      srcport: ["5432", "53", "0"],
      "pkt-srcaddr": ["-"],
    })) {
      for (const value of values) assert.ok(has(is(name, value)), `${name} ${value}`);
    }
    assert.ok(
      has((row) => field(row, "pkt-srcaddr") !== "-" && field(row, "pkt-srcaddr") !== field(row, "srcaddr")),
      "a packet from another address than the interface shows",
    );
    assert.ok(has(isLongLived(rows)), "a connection without a single flag in five intervals");
    assert.ok(seenByTwoInterfaces(accepted), "the same traffic in the logs of two interfaces");
    assert.ok(
      accepted.some((row) => Math.min(Number(field(row, "srcport")), Number(field(row, "dstport"))) >= 32_768),
      "two ephemeral ports, where only flags tell the server",
    );
  });

  it("shows a packet's own addresses in both directions, where an interface shows others", () => {
    const [file] = generateTraffic(trafficOptions({ formats: [CUSTOM_FORMAT] }));
    assert.ok(file);
    const names = ["srcaddr", "pkt-srcaddr", "srcport", "dstaddr", "pkt-dstaddr", "dstport"];
    const reversed = [...names.slice(3), ...names.slice(0, 3)];
    const rows = flowRows(file).filter((row) => field(row, "pkt-srcaddr") !== field(row, "srcaddr"));
    const ends = (order: readonly string[]) => (row: Row) => order.map((name) => field(row, name)).join(" ");
    const requests = new Set(flowRows(file).map(ends(names)));

    assert.ok(rows.length > 5);
    for (const row of rows) assert.ok(requests.has(ends(reversed)(row)), ends(names)(row));
  });

  it("has no two ephemeral ports in a format without flags, where nobody could tell the server", () => {
    const [file] = generateTraffic(trafficOptions({ formats: [V2_FORMAT], conversations: 400 }));
    assert.ok(file);

    for (const row of flowRows(file)) {
      assert.ok(Math.min(Number(field(row, "srcport")), Number(field(row, "dstport"))) < 32_768);
    }
  });

  it("spoils as many lines as it is told, in three ways, and none when told none", () => {
    const fileWith = (malformedLines: number) => {
      const [file] = generateTraffic(trafficOptions({ formats: [CUSTOM_FORMAT], malformedLines }));
      assert.ok(file);
      return file;
    };

    const spoilt = rowsOf(fileWith(3).text);
    assert.equal(spoilt.filter((row) => row === undefined).length, 1);
    assert.equal(spoilt.filter((row) => row?.get("dstport") === "postgresql").length, 1);
    assert.equal(spoilt.filter((row) => row?.get("srcaddr") === "10.0.300.7").length, 1);
    assert.equal(fileWith(3).expected.tally.malformed, 3);
    assert.equal(fileWith(0).expected.tally.malformed, 0);
    assert.ok(rowsOf(fileWith(0).text).every((row) => row !== undefined));
  });

  it("counts both gaps as no data in a format that cannot tell them apart", () => {
    const format = { name: "no status", fields: V2_FORMAT.fields.filter((name) => name !== "log-status") };

    const [file] = generateTraffic(trafficOptions({ formats: [format] }));

    const gaps = file?.text.split("\n").filter((line) => line.includes("- - - - - - -")).length;
    assert.equal(file?.expected.tally.skipData, 0);
    assert.equal(file?.expected.tally.noData, gaps);
  });

  it("uses the IPv6 network it is given, in the spelling of a log", () => {
    const databases = ["10.0.64.10", "2600:1F16:0:64::0010"];
    const clientSubnets = ["10.0.16.0/20", "2600:1f16:0:16::/64"];

    const [file] = generateTraffic(trafficOptions({ formats: [CUSTOM_FORMAT], databases, clientSubnets }));

    const v6 = [...(file?.expected.connections ?? [])].filter((key) => key.includes(":"));
    assert.ok(v6.length > 0);
    for (const key of v6) assert.match(key, /^2600:1f16:0:16:[0-9a-f:]+,2600:1f16:0:64::10,5432,6$/);
  });

  it("adds up over files: tallies are summed, connections united", () => {
    const files = generateTraffic(trafficOptions());

    const total = sumExpected(files);

    assert.equal(
      total.tally.records,
      files.map(({ expected }) => expected.tally.records).reduce((sum, count) => sum + count),
    );
    assert.deepEqual(total.connections, new Set(files.flatMap(({ expected }) => [...expected.connections])));
  });

  describe("in pieces", () => {
    it("is whole lines, some thousand at a time, and returns the truth about all of them", () => {
      const pieces: string[] = [];
      const generator = trafficLines(trafficOptions({ conversations: 2000 }));
      let piece = generator.next();
      for (; piece.done !== true; piece = generator.next()) pieces.push(piece.value);

      assert.equal(pieces[0], `${V2_FORMAT.fields.join(" ")}\n`);
      assert.ok(pieces.length > 5);
      for (const text of pieces) {
        assert.ok(text.endsWith("\n"));
        assert.ok(text.split("\n").length < 1100);
      }
      const text = pieces.join("");
      const { records, noData, skipData, malformed } = piece.value.tally;
      assert.equal(text.trimEnd().split("\n").length - 1, records + noData + skipData + malformed);
      const found = connectionsOf(flowRows({ text }), 5432);
      assert.deepEqual([...found].sort(), [...piece.value.connections].sort());
    });

    it("is the same for the same seed", () => {
      const text = () => [...trafficLines({ ...trafficOptions(), format: V5_FORMAT })].join("");

      assert.equal(text(), text());
    });
  });

  describe("refuses, and says what would do,", () => {
    const refusals = {
      "databases without an IPv4 address": {
        options: { databases: ["2001:db8::1"] },
        message: /at least one of them IPv4/,
      },
      "a database that is no address": { options: { databases: ["10.0.0.1", "db.example"] }, message: /"db\.example"/ },
      "client subnets without room": { options: { clientSubnets: ["10.0.16.0/29"] }, message: /\/28 or larger/ },
      "client subnets that are none": { options: { clientSubnets: [] }, message: /\/28 or larger/ },
      "a start time between two files": { options: { startTime: START_TIME + 1 }, message: /multiple of 300/ },
      "a field it cannot write": {
        options: { formats: [{ name: "v7", fields: [...V2_FORMAT.fields, "ecs-task-id"] }] },
        message: /"v7" has the field "ecs-task-id"/,
      },
      "a format that cannot show a connection": {
        options: { formats: [{ name: "short", fields: ["srcaddr", "dstaddr"] }] },
        message: /lacks srcport dstport protocol action/,
      },
    };
    for (const [what, { options, message }] of Object.entries(refusals)) {
      it(what, () => {
        assert.throws(() => generateTraffic(trafficOptions(options)), { name: "RangeError", message });
      });
    }

    it("but not the smallest subnet that AWS has", () => {
      const [file] = generateTraffic(trafficOptions({ clientSubnets: ["10.0.16.0/28"], formats: [CUSTOM_FORMAT] }));

      assert.ok((file?.expected.connections.size ?? 0) > 0);
    });
  });
});

/** Says whether a row's client port was seen in five intervals, always without flags. */
function isLongLived(rows: readonly Row[]) {
  return (row: Row) => {
    const same = rows.filter((other) => field(other, "srcport") === field(row, "srcport"));
    return (
      field(row, "dstport") === "5432" && same.length === 5 && same.every((each) => field(each, "tcp-flags") === "0")
    );
  };
}

function seenByTwoInterfaces(rows: readonly Row[]): boolean {
  const interfaces = new Map<string, Set<string>>();
  for (const row of rows) {
    const flow = ["srcaddr", "dstaddr", "srcport", "dstport", "start"].map((name) => field(row, name)).join(" ");
    interfaces.set(flow, (interfaces.get(flow) ?? new Set()).add(field(row, "interface-id")));
  }
  return [...interfaces.values()].some(({ size }) => size === 2);
}
