import assert from "node:assert/strict";
import fc from "fast-check";
import { readFlowLine, splitFlowLines } from "../../../sandbox/pce/flow-line";

describe("a line of a bulk traffic upload", () => {
  it("is a flow when it has two addresses, a port and a protocol number", () => {
    assert.equal(readFlowLine("10.0.1.20,10.0.64.10,5432,6"), "10.0.1.20,10.0.64.10,5432,6");
    assert.equal(readFlowLine("10.0.1.20,10.0.64.10,0,1"), "10.0.1.20,10.0.64.10,0,1");
    assert.equal(readFlowLine("0.0.0.0,255.255.255.255,65535,255"), "0.0.0.0,255.255.255.255,65535,255");
  });

  it("has one spelling for every spelling of an IPv6 address", () => {
    assert.equal(readFlowLine("2001:DB8:0::0010,2001:db8::1,5432,6"), "2001:db8::10,2001:db8::1,5432,6");
  });

  const failures = {
    "three columns": "10.0.1.20,10.0.64.10,5432",
    "five columns": "10.0.1.20,10.0.64.10,5432,6,ACCEPT",
    "an empty line": "",
    "an IPv4 part above 255": "10.0.1.256,10.0.64.10,5432,6",
    "an IPv4 address with a leading zero": "10.0.1.020,10.0.64.10,5432,6",
    "a bad IPv6 address": "2001:db8:::1,10.0.64.10,5432,6",
    "an IPv6 address with a zone": "fe80::1%eth0,10.0.64.10,5432,6",
    "a host name": "app.example,10.0.64.10,5432,6",
    "a space before the address": " 10.0.1.20,10.0.64.10,5432,6",
    "a port above 65535": "10.0.1.20,10.0.64.10,65536,6",
    "a negative port": "10.0.1.20,10.0.64.10,-1,6",
    "no port": "10.0.1.20,10.0.64.10,,6",
    "a protocol above 255": "10.0.1.20,10.0.64.10,5432,256",
    "a protocol's name": "10.0.1.20,10.0.64.10,5432,tcp",
    "the header": "src_ip,dst_ip,dst_port,protocol",
  };
  for (const [what, line] of Object.entries(failures)) {
    it(`fails with ${what}`, () => assert.equal(readFlowLine(line), undefined));
  }

  it("is taken for every address, port and protocol there is, and reads the same when read again", () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    const line = fc.tuple(address, address, fc.nat(65_535), fc.nat(255)).map((columns) => columns.join(","));

    fc.assert(
      fc.property(line, (text) => {
        const flow = readFlowLine(text);
        assert.notEqual(flow, undefined);
        assert.equal(readFlowLine(flow ?? ""), flow);
      }),
    );
  });

  it("never makes the reader throw", () => {
    fc.assert(fc.property(fc.string(), (text) => void readFlowLine(text)));
  });
});

describe("the lines of an upload", () => {
  it("end with a newline or without, in Unix's way or Windows'", () => {
    for (const body of ["a\nb", "a\nb\n", "a\r\nb", "a\r\nb\r\n"]) assert.deepEqual(splitFlowLines(body), ["a", "b"]);
  });

  it("include an empty one in the middle, which then fails", () => {
    assert.deepEqual(splitFlowLines("a\n\nb\n"), ["a", "", "b"]);
  });

  it("are none in an empty body", () => {
    assert.deepEqual(splitFlowLines(""), []);
  });
});
