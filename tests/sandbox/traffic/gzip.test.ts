import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { gzipText } from "../../../sandbox/traffic/gzip";

describe("packing a log", () => {
  it("gives the same bytes for the same text: no time and no operating system in the header", () => {
    const packed = gzipText("2 ACCEPT OK\n");

    assert.equal(packed.subarray(0, 3).toString("hex"), "1f8b08");
    assert.equal(packed.readUInt32LE(4), 0);
    assert.equal(packed[9], 255);
    assert.deepEqual(gzipText("2 ACCEPT OK\n"), packed);
  });

  it("loses nothing", () => {
    assert.equal(gunzipSync(gzipText("2 ACCEPT OK\n")).toString(), "2 ACCEPT OK\n");
  });
});
