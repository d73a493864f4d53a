import { DEFAULT_CAPACITY } from "../../flow-logs/kernel";
import type { Table } from "../benchmark";
import { manyConnectionsFile } from "./files";
import type { Child } from "./processes";

/** How one file was decoded, on one core. */
export interface FileCost {
  readonly lines: number;
  readonly fileBytes: number;
  readonly connections: number;
  /** Lists that they came in. */
  readonly lists: number;
  readonly ms: number;
  readonly peakBytes: number;
}

/** Time and memory of larger files, beside a tenth of them. */
export interface MemoryFigures {
  readonly files: readonly FileCost[];
  /** Times the time for ten times the lines; the limit is 10.5. */
  readonly timesForTenTimes: number;
  readonly peakLimitBytes: number;
}

const PEAK_LIMIT_BYTES = 192 * 2 ** 20;
/** Nobody's database has more clients at a time; ten times as many is more than there is room for. */
const CONNECTIONS = 350_000;

/** What one run measures. */
export interface MemoryOptions {
  readonly folder: string;
  readonly child: Child;
  /** Of the largest file: 6 million are about 75 MB of gzip, the most that AWS puts into one file. */
  readonly lines: number;
  readonly rounds: number;
}

/** Measures, each file in a process of its own. */
export async function memoryFigures({ folder, child, lines, rounds }: MemoryOptions): Promise<MemoryFigures> {
  const files: FileCost[] = [];
  for (const size of [
    { lines: lines / 10, connections: CONNECTIONS / 10 },
    { lines, connections: CONNECTIONS / 10 },
    { lines, connections: CONNECTIONS },
    { lines, connections: 10 * CONNECTIONS },
  ]) {
    const path = await manyConnectionsFile(folder, size);
    const { decoded, peakBytes, fileBytes } = await child.measure(path, {
      ...{ rounds, isWithInflate: false, isPinned: true },
    });
    const best = decoded.reduce((least, each) => (each.ms < least.ms ? each : least));
    files.push({ ...best, peakBytes, fileBytes });
  }
  const [tenth, whole] = files;
  return { files, timesForTenTimes: (whole?.ms ?? 0) / (tenth?.ms ?? 1), peakLimitBytes: PEAK_LIMIT_BYTES };
}

/** The figures for people. */
export function memoryTable({ files, timesForTenTimes }: MemoryFigures): Table {
  const rows = files.map(({ lines, fileBytes, connections, lists, ms, peakBytes }) => [
    ...[(lines / 1e6).toFixed(1), (fileBytes / 1e6).toFixed(1), `${connections}`, `${lists}`],
    ...[(ms / 1_000).toFixed(2), (peakBytes / 2 ** 20).toFixed(0)],
  ]);
  return {
    title:
      `Larger files: ten times the lines take ${timesForTenTimes.toFixed(1)} times as long (10.5); peak of resident memory (192 MiB). ` +
      `There is room for ${DEFAULT_CAPACITY.connections} connections; more of them come in several lists`,
    rows: [["M lines", "MB gz", "connections", "lists", "seconds", "peak MiB"], ...rows],
  };
}
