import assert from "node:assert/strict";
import { drawn } from "../../benchmarks/benchmark";
import { measureFlowLogs } from "../../benchmarks/flow-logs/flow-logs";
import type { ForwarderFigures } from "../../benchmarks/flow-logs/forwarder";
import type { MemoryFigures } from "../../benchmarks/flow-logs/memory";
import type { ParquetSpeed, TextSpeed } from "../../benchmarks/flow-logs/speed";

// what is measured and that it is all there; never how fast, which a busy computer decides

describe("the bench of flow logs", () => {
  const isAbout = (lines: number, asked: number): boolean => Math.abs(lines - asked) < asked / 10;

  it("decodes the lines of the files that it makes, text and Parquet, beside inflating alone and in turns", async () => {
    const { figures, tables } = await measureFlowLogs({ lines: 2_000, rounds: 1, mostLines: 20_000, hasOthers: false });

    const { texts, parquet, memory, forwarder } = figures as {
      texts: readonly TextSpeed[];
      parquet: ParquetSpeed;
      memory: MemoryFigures;
      forwarder: ForwarderFigures;
    };
    assert.deepEqual(
      texts.map(({ format, limit }) => ({ format, limit })),
      [
        { format: "v2", limit: 2 },
        { format: "custom", limit: 3 },
        { format: "v5", limit: 3 },
      ],
    );
    for (const { format, lines, connections, inflateMs, decodeMs, ratio } of texts) {
      assert.ok(isAbout(lines, 2_000), `${format}: ${lines}`);
      assert.ok(connections > 0 && inflateMs > 0, format);
      assert.equal(ratio, decodeMs / inflateMs, format);
    }
    assert.ok(isAbout(parquet.rows, 2_000), `${parquet.rows}`);
    assert.deepEqual(
      // the header is a line
      memory.files.map(({ lines, connections }) => ({ lines, connections })),
      [
        { lines: 2_001, connections: 1_000 },
        { lines: 20_001, connections: 10_000 },
        { lines: 20_001, connections: 10_000 },
        { lines: 20_001, connections: 10_000 },
      ],
    );
    assert.ok(forwarder.bundleBytes <= forwarder.limitBytes, `${forwarder.bundleBytes}`);
    assert.ok(forwarder.coldStart.answeredMs > forwarder.coldStart.importedMs);
    for (const table of tables) assert.doesNotMatch(drawn(table), /NaN|undefined/);
  });
});
