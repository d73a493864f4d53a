import assert from "node:assert/strict";
import { CUSTOM_FORMAT, lineWriter, V2_FORMAT, V5_FORMAT, versionOf } from "../../../sandbox/traffic/flow-format";
import type { FlowRecord } from "../../../sandbox/traffic/flow-record";

const RECORD: FlowRecord = {
  loggedAt: {
    id: "eni-1235b8ca123456789",
    address: "10.0.64.10",
    subnetId: "subnet-aaaaaaaa012345678",
    instanceId: "-",
  },
  source: "10.0.1.20",
  destination: "10.0.64.10",
  sourcePort: 43_210,
  destinationPort: 5432,
  packetSource: "100.64.0.7",
  packetDestination: "10.0.64.10",
  protocol: 6,
  tcpFlags: 3,
  packets: 12,
  bytes: 3456,
  start: 1_418_530_010,
  end: 1_418_530_070,
  action: "ACCEPT",
  direction: "ingress",
  isFromClient: true,
};
const ORIGIN = { account: "123456789010", region: "us-gov-east-1", vpcId: "vpc-abcdefab012345678" };

describe("a flow log's format", () => {
  it("v2 writes the lines of AWS's default format", () => {
    const writer = lineWriter(V2_FORMAT, ORIGIN);

    assert.equal(
      writer.header,
      "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status",
    );
    assert.equal(
      writer.record(RECORD),
      "2 123456789010 eni-1235b8ca123456789 10.0.1.20 10.0.64.10 43210 5432 6 12 3456 1418530010 1418530070 ACCEPT OK",
    );
  });

  it("writes an interval without data, or with lost data, as AWS's own examples show it", () => {
    const writer = lineWriter(V2_FORMAT, ORIGIN);

    assert.equal(
      writer.gap("NODATA", RECORD.loggedAt, 1_431_280_876, 1_431_280_934),
      "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA",
    );
    assert.equal(
      writer.gap("SKIPDATA", RECORD.loggedAt, 1_431_280_876, 1_431_280_934),
      "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - SKIPDATA",
    );
  });

  it("custom has the ten fields that Illumio needs, and those of ours", () => {
    assert.equal(
      lineWriter(CUSTOM_FORMAT, ORIGIN).record(RECORD),
      "5 eni-1235b8ca123456789 10.0.1.20 10.0.64.10 5432 6 3 100.64.0.7 10.0.64.10 43210 ACCEPT IPv4 12 3456 1418530010 1418530070 OK ingress",
    );
    for (const name of "srcaddr dstaddr dstport protocol tcp-flags pkt-srcaddr pkt-dstaddr srcport action type".split(
      " ",
    )) {
      assert.ok(CUSTOM_FORMAT.fields.includes(name));
    }
  });

  it("v5 has all 29 fields of versions 2 to 5, each once", () => {
    const values = lineWriter(V5_FORMAT, ORIGIN)
      .record({ ...RECORD, direction: "egress" })
      .split(" ");

    assert.equal(V5_FORMAT.fields.length, 29);
    assert.equal(new Set(V5_FORMAT.fields).size, 29);
    assert.deepEqual(
      values.slice(14),
      "vpc-abcdefab012345678 subnet-aaaaaaaa012345678 - 3 IPv4 100.64.0.7 10.0.64.10 us-gov-east-1 usge1-az1 - - - - egress 1".split(
        " ",
      ),
    );
  });

  it("writes the fields in the order that was asked for, and the highest version among them", () => {
    const backwards = { name: "backwards", fields: [...V2_FORMAT.fields].reverse() };

    assert.match(lineWriter(backwards, ORIGIN).record(RECORD), /^OK ACCEPT .* 123456789010 2$/);
    assert.deepEqual([V2_FORMAT, CUSTOM_FORMAT, V5_FORMAT].map(versionOf), [2, 5, 5]);
    assert.equal(versionOf({ name: "three", fields: [...V2_FORMAT.fields, "tcp-flags"] }), 3);
  });
});
