import assert from "node:assert/strict";
import { tableText } from "../../flows/table";

const CONNECTION = {
  ...{ client: "10.0.1.5", server: "10.0.20.7", port: 5432, protocol: 6, records: 2, packets: 20, bytes: 1_680 },
  ...{ firstSeen: 1_620_140_761, lastSeen: undefined, rejected: 0 },
};
const titles = (lines: readonly string[]) => lines[0]?.trim().split(/ {2,}/);

describe("the table on a terminal", () => {
  it("leaves out columns for which there is no room, packets first, records last, and says which", () => {
    const lines = [...tableText([CONNECTION], { width: 70 })];

    assert.deepEqual(titles(lines), ["client", "server", "port", "protocol", "records", "bytes", "rejected"]);
    assert.ok(lines.slice(0, -1).every((line) => line.length <= 71));
    assert.equal(lines.at(-1), "(a wider terminal shows more: packets, first seen, last seen)\n");
  });

  it("never leaves out who talks to whom, however narrow it is", () => {
    assert.deepEqual(titles([...tableText([CONNECTION], { width: 10 })]), [
      ...["client", "server", "port", "protocol", "rejected"],
    ]);
  });

  it("has a dash for what no record said", () => {
    const lines = [...tableText([CONNECTION], {})];

    assert.match(lines[2] ?? "", /2021-05-04T15:06:01Z {2}- +0\n$/);
  });
});
