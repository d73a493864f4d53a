import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Benchmark, Figures } from "../benchmark";
import { forwarderFigures, forwarderTable } from "./forwarder";
import { memoryFigures, memoryTable } from "./memory";
import { Child } from "./processes";
import { othersSpeed, parquetSpeed, speedTables, textSpeed, textSpeeds } from "./speed";

/** How much is measured; a test asks for less of it. */
export interface FlowLogsOptions {
  /** @default 1,000,000 */
  readonly lines?: number;
  /** @default 9 */
  readonly rounds?: number;
  /** Of the largest file. @default 6,000,000 */
  readonly mostLines?: number;
  /** False: only what takes no further package. @default true */
  readonly hasOthers?: boolean;
}

/** How fast flow logs become connections, and in how much memory. */
export const FLOW_LOGS: Benchmark = {
  name: "flow-logs",
  run: ({ file }) => (file ? measureFile(file) : measureFlowLogs()),
};

/** Measures files that it makes. */
export async function measureFlowLogs({
  lines = 1_000_000,
  rounds = 9,
  mostLines = 6_000_000,
  hasOthers = true,
}: FlowLogsOptions = {}): Promise<Figures> {
  return inFolder(async (folder) => {
    const options = { folder, child: new Child(folder), lines, rounds };
    const texts = await textSpeeds(options);
    const others = hasOthers ? await othersSpeed({ ...options, rounds: Math.min(rounds, 3) }) : undefined;
    const parquet = await parquetSpeed(options);
    const memory = await memoryFigures({ ...options, lines: mostLines, rounds: Math.min(rounds, 3) });
    const forwarder = await forwarderFigures(rounds);
    return {
      figures: { texts, others, parquet, memory, forwarder },
      tables: [...speedTables(texts, others, parquet), memoryTable(memory), forwarderTable(forwarder)],
    };
  });
}

/** Measures somebody's own file of gzip text. */
async function measureFile(path: string): Promise<Figures> {
  return inFolder(async (folder) => {
    const speed = await textSpeed(path, path, 3, { child: new Child(folder), rounds: 9 });
    return { figures: { texts: [speed] }, tables: speedTables([speed], undefined, undefined) };
  });
}

async function inFolder(work: (folder: string) => Promise<Figures>): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "sightline-bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
