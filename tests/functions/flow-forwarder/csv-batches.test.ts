import assert from "node:assert/strict";
import type { Connection } from "../../../functions/flow-forwarder/connections";
import { csvBatches } from "../../../functions/flow-forwarder/csv-batches";

function connection(fields: Partial<Connection> = {}): Connection {
  return {
    client: "10.0.1.5",
    server: "2001:db8::7",
    port: 5432,
    protocol: 6,
    records: 2,
    packets: 3,
    bytes: 120,
    firstSeen: 1,
    lastSeen: 2,
    rejected: 0,
    ...fields,
  };
}

describe("CSV batches", () => {
  it("write client, server, port and protocol, and nothing else", () => {
    assert.deepEqual(csvBatches([connection()], { sendRejected: false }), [["10.0.1.5,2001:db8::7,5432,6"]]);
  });

  for (const { count, sizes } of [
    { count: 0, sizes: [] },
    { count: 1_000, sizes: [1_000] },
    { count: 2_001, sizes: [1_000, 1_000, 1] },
  ]) {
    it(`cut ${count} connections into ${sizes.length} batches, in order`, () => {
      const connections = Array.from({ length: count }, (_, at) => connection({ port: at }));

      const batches = csvBatches(connections, { sendRejected: false });

      assert.deepEqual(
        batches.map((batch) => batch.length),
        sizes,
      );
      assert.deepEqual(
        batches.flat(),
        connections.map(({ port }) => `10.0.1.5,2001:db8::7,${port},6`),
      );
    });
  }

  it("leave out what was only rejected, unless asked to send it; one accepted record is enough", () => {
    const connections = [connection({ port: 1, rejected: 2 }), connection({ port: 2, rejected: 1 })];

    assert.equal(csvBatches(connections, { sendRejected: false }).flat().length, 1);
    assert.equal(csvBatches(connections, { sendRejected: true }).flat().length, 2);
  });
});
