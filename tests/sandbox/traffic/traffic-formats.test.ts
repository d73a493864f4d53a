import assert from "node:assert/strict";
import { isIP } from "node:net";
import { FILE_SECONDS } from "../../../sandbox/traffic/conversation";
import { CUSTOM_FORMAT, V2_FORMAT, V5_FORMAT } from "../../../sandbox/traffic/flow-format";
import { generateTraffic } from "../../../sandbox/traffic/traffic";
import { field, flowRows, type Row, rowsOf } from "./reference-reader";
import { START_TIME, trafficOptions } from "./traffic-options";

for (const format of [V2_FORMAT, CUSTOM_FORMAT, V5_FORMAT]) {
  describe(`the built-in traffic in the ${format.name} format`, () => {
    const [file] = generateTraffic(trafficOptions({ formats: [format], conversations: 400 }));
    assert.ok(file);
    const rows = flowRows(file);

    it("has values within AWS's ranges in every record", () => {
      assert.equal(rows.length, file.expected.tally.records);
      for (const row of rows) assertRecord(row);
    });

    it("has every record's end in the file's own five minutes", () => {
      for (const row of rows) {
        const [start, end] = [Number(field(row, "start")), Number(field(row, "end"))];
        assert.ok(START_TIME <= start && start < end && end < START_TIME + FILE_SECONDS);
        assert.ok(end - start < 60);
      }
    });

    it("counts each of its lines once, as what it is", () => {
      const { records, accepted, rejected, noData, skipData, malformed } = file.expected.tally;

      const lines = file.text.trimEnd().split("\n").slice(1);
      assert.equal(lines.length, records + noData + skipData + malformed);
      assert.equal(records, accepted + rejected);
      assert.equal(lines.filter((line) => / REJECT /.test(`${line} `)).length, rejected);
      assert.equal(lines.filter((line) => / NODATA/.test(line)).length, noData);
      assert.equal(lines.filter((line) => / SKIPDATA/.test(line)).length, skipData);
      assert.ok(Math.min(accepted, rejected, noData, skipData, malformed) > 0);
    });

    it("writes a gap with its interface and times, and a dash for all else", () => {
      const gap = rowsOf(file.text).find((row) => row?.get("log-status") === "SKIPDATA");

      const filled = [...(gap ?? [])].filter(([, value]) => value !== "-").map(([name]) => name);
      const expected = ["version", "account-id", "interface-id", "start", "end", "log-status"];
      assert.deepEqual(
        filled,
        expected.filter((name) => format.fields.includes(name)),
      );
    });
  });
}

function assertRecord(row: Row): void {
  const number = (name: string, min: number, max: number) => {
    const value = row.get(name);
    if (value === undefined) return;
    assert.match(value, /^\d+$/, name);
    assert.ok(Number(value) >= min && Number(value) <= max, `${name} ${value}`);
  };
  const text = (name: string, pattern: RegExp) => {
    const value = row.get(name);
    if (value !== undefined) assert.match(value, pattern, name);
  };
  number("srcport", 0, 65_535);
  number("dstport", 0, 65_535);
  number("protocol", 0, 255);
  number("tcp-flags", 0, 255);
  number("packets", 1, 1e9);
  // the smallest IPv4 packet has 20 bytes
  number("bytes", 20 * Number(field(row, "packets")), 1e12);
  text("version", row.has("pkt-srcaddr") ? /^5$/ : /^2$/);
  text("account-id", /^\d{12}$/);
  text("interface-id", /^eni-[0-9a-f]{17}$/);
  text("vpc-id", /^vpc-[0-9a-f]{17}$/);
  text("subnet-id", /^subnet-[0-9a-f]{17}$/);
  text("instance-id", /^(-|i-[0-9a-f]{17})$/);
  text("region", /^eu-west-1$/);
  text("az-id", /^euw1-az1$/);
  text("action", /^(ACCEPT|REJECT)$/);
  text("flow-direction", /^(ingress|egress)$/);
  text("traffic-path", row.get("flow-direction") === "egress" ? /^1$/ : /^-$/);
  for (const name of ["sublocation-type", "sublocation-id", "pkt-src-aws-service", "pkt-dst-aws-service"]) {
    text(name, /^-$/);
  }
  const version = isIP(field(row, "srcaddr"));
  assert.ok(version === 4 || version === 6);
  assert.equal(isIP(field(row, "dstaddr")), version);
  text("type", version === 6 ? /^IPv6$/ : /^IPv4$/);
  for (const name of ["pkt-srcaddr", "pkt-dstaddr"]) {
    const address = row.get(name) ?? "-";
    assert.ok(address === "-" || isIP(address) === version);
  }
}
