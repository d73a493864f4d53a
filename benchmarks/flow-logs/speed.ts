import { join } from "node:path";
import { ensurePythonEnvironment } from "../../sandbox/aws/python-environment";
import { CUSTOM_FORMAT, type FlowFormat, V2_FORMAT, V5_FORMAT } from "../../sandbox/traffic/flow-format";
import type { Table } from "../benchmark";
import { parquetTrafficFile, trafficFile } from "./files";
import { type Child, output, pinned } from "./processes";

/**
 * How fast a format is decoded, beside inflating alone. Times in milliseconds, those of the fastest round: what
 * others do on the computer makes a round slower, never faster.
 */
export interface TextSpeed {
  readonly format: string;
  readonly lines: number;
  readonly connections: number;
  readonly fileBytes: number;
  readonly textBytes: number;
  /** Node's gunzipSync of the file in memory, nothing else. */
  readonly inflateMs: number;
  /** The file from the disk to connections. */
  readonly decodeMs: number;
  /** The second by the first. */
  readonly ratio: number;
  readonly limit: number;
}

/** The formats that text is measured in, and how many times inflating alone decoding may take. */
const LIMITS: readonly { readonly format: FlowFormat; readonly limit: number }[] = [
  { format: V2_FORMAT, limit: 2 },
  { format: CUSTOM_FORMAT, limit: 3 },
  { format: V5_FORMAT, limit: 3 },
];

/** What one run measures. */
export interface SpeedOptions {
  readonly folder: string;
  readonly child: Child;
  readonly lines: number;
  readonly rounds: number;
}

/** Each text format on one core. */
export async function textSpeeds({ folder, child, lines, rounds }: SpeedOptions): Promise<readonly TextSpeed[]> {
  const speeds: TextSpeed[] = [];
  for (const { format, limit } of LIMITS) {
    speeds.push(await textSpeed(format.name, await trafficFile(folder, format, lines), limit, { child, rounds }));
  }
  return speeds;
}

/** One gzip file on one core. */
export async function textSpeed(
  name: string,
  path: string,
  limit: number,
  { child, rounds }: Pick<SpeedOptions, "child" | "rounds">,
): Promise<TextSpeed> {
  const report = await child.measure(path, { rounds, isWithInflate: true, isPinned: true });
  const inflateMs = fastest(report.inflateMs);
  const decodeMs = fastest(report.decoded.map(({ ms }) => ms));
  const [first] = report.decoded;
  return {
    format: name,
    lines: first?.lines ?? 0,
    connections: first?.connections ?? 0,
    fileBytes: report.fileBytes,
    textBytes: report.textBytes,
    ...{ inflateMs, decodeMs, ratio: decodeMs / inflateMs, limit },
  };
}

/** Others with the same file. */
export interface OthersSpeed {
  /** Ours, with every core there is. */
  readonly decodeMs: number;
  readonly gzipMs: number;
  readonly flowlogsReaderMs: number;
  /** How many times as long as ours flowlogs-reader takes, both on one core. */
  readonly timesFlowlogsReader: number;
}

/** `gzip -dc` to nowhere beside ours on all cores, and flowlogs-reader beside ours on one. */
export async function othersSpeed({ folder, child, lines, rounds }: SpeedOptions): Promise<OthersSpeed> {
  const path = await trafficFile(folder, V2_FORMAT, lines);
  const gzipMs: number[] = [];
  const decodeMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now();
    await output(["sh", "-c", 'gzip -dc "$1" > /dev/null', "sh", path]);
    gzipMs.push(performance.now() - startedMs);
    const { decoded } = await child.measure(path, { rounds: 3, isWithInflate: false, isPinned: false });
    decodeMs.push(fastest(decoded.map(({ ms }) => ms)));
  }
  const { decoded } = await child.measure(path, { rounds: 3, isWithInflate: false, isPinned: true });
  const python = await ensurePythonEnvironment({
    name: "flowlogs-reader",
    requirementsFile: join(__dirname, "requirements.txt"),
  });
  const script = join(__dirname, "flowlogs_reader_speed.py");
  const reader = JSON.parse(await output(pinned([python, script, path]))) as { ms: number };
  return {
    decodeMs: fastest(decodeMs),
    gzipMs: fastest(gzipMs),
    flowlogsReaderMs: reader.ms,
    timesFlowlogsReader: reader.ms / fastest(decoded.map(({ ms }) => ms)),
  };
}

/** How fast Parquet is decoded, on one core. */
export interface ParquetSpeed {
  readonly rows: number;
  readonly fileBytes: number;
  readonly decodeMs: number;
  readonly rowsPerSecond: number;
  readonly limit: number;
}

const PARQUET_ROWS_PER_SECOND = 1_500_000;

/** Parquet of the default format of this stack. */
export async function parquetSpeed({ folder, child, lines, rounds }: SpeedOptions): Promise<ParquetSpeed> {
  const path = await parquetTrafficFile(folder, CUSTOM_FORMAT, lines);
  const report = await child.measure(path, { rounds, isWithInflate: false, isPinned: true });
  const decodeMs = fastest(report.decoded.map(({ ms }) => ms));
  const rows = report.decoded[0]?.lines ?? 0;
  const rowsPerSecond = (1_000 * rows) / decodeMs;
  return { rows, fileBytes: report.fileBytes, decodeMs, rowsPerSecond, limit: PARQUET_ROWS_PER_SECOND };
}

function fastest(values: readonly number[]): number {
  return Math.min(...values);
}

/** The figures for people. */
export function speedTables(
  texts: readonly TextSpeed[],
  others: OthersSpeed | undefined,
  parquet: ParquetSpeed | undefined,
): readonly Table[] {
  const seconds = (ms: number) => (ms / 1_000).toFixed(2);
  const millions = (value: number) => (value / 1e6).toFixed(2);
  const rows = texts.map(({ format, lines, textBytes, fileBytes, connections, inflateMs, decodeMs, ratio, limit }) => [
    ...[format, millions(lines), (textBytes / 1e6).toFixed(0), (fileBytes / 1e6).toFixed(1), `${connections}`],
    ...[
      seconds(inflateMs),
      seconds(decodeMs),
      ratio.toFixed(2),
      limit.toFixed(1),
      millions((1_000 * lines) / decodeMs),
    ],
  ]);
  const head = [
    "gzip text",
    "M lines",
    "MB text",
    "MB gz",
    "connections",
    "gunzipSync s",
    "ours s",
    "times",
    "limit",
    "M lines/s",
  ];
  const other = [
    ...(others
      ? [
          [
            "default format, all cores",
            seconds(others.decodeMs),
            seconds(others.gzipMs),
            "gzip -dc, no more than that",
          ],
          [
            "default format, one core",
            "",
            seconds(others.flowlogsReaderMs),
            `flowlogs-reader: ${others.timesFlowlogsReader.toFixed(0)} times ours (20)`,
          ],
        ]
      : []),
    ...(parquet
      ? [
          [
            "Parquet, one core",
            seconds(parquet.decodeMs),
            "",
            `${millions(parquet.rowsPerSecond)} M rows/s of ${millions(parquet.rows)} M (1.5)`,
          ],
        ]
      : []),
  ];
  return [
    { title: "From gzip to connections on one core, beside inflating alone", rows: [head, ...rows] },
    ...(other.length > 0 ? [{ title: "Beside others", rows: [["", "ours s", "theirs s", "which is"], ...other] }] : []),
  ];
}
