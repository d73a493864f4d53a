import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, gzipSync } from "node:zlib";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import type { FlowFormat } from "../../sandbox/traffic/flow-format";
import { seededRandom } from "../../sandbox/traffic/seeded-random";
import { trafficLines } from "../../sandbox/traffic/traffic";

// Files of flow logs for benchmarks: the same on every machine, and kept nowhere.

const SEED = 20_260_105;
const START_TIME = 1_767_312_000;
/** Lines of a conversation of the sandbox's traffic, on average. */
const LINES_PER_CONVERSATION = 4.54;

const NETWORK = {
  seed: SEED,
  startTime: START_TIME,
  databases: ["10.0.128.10", "10.0.144.11"],
  clientSubnets: ["10.0.0.0/19", "10.0.32.0/19"],
};

/** About so many lines of the sandbox's traffic in one format, as gzip. */
export async function trafficFile(folder: string, format: FlowFormat, lines: number): Promise<string> {
  const path = join(folder, `${format.name}-${lines}.log.gz`);
  const conversations = Math.round(lines / LINES_PER_CONVERSATION);
  await gzip(path, trafficLines({ ...NETWORK, conversations, format }));
  return path;
}

/** The lines of a file that has many conversations, and the file. */
export interface ManyOptions {
  readonly lines: number;
  /** Different connections: each client has one, and as many conversations as the lines need. */
  readonly connections: number;
}

const CHUNK_LINES = 2_000;
const ACCOUNT = "123456789012";

/** Lines of the default format between one database and so many clients, quicker to make than traffic. As gzip. */
export async function manyConnectionsFile(folder: string, { lines, connections }: ManyOptions): Promise<string> {
  const path = join(folder, `${lines}-of-${connections}.log.gz`);
  await gzip(path, manyLines(lines, connections));
  return path;
}

function* manyLines(lines: number, connections: number): Generator<string> {
  const random = seededRandom(SEED);
  yield "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n";
  let chunk = "";
  for (let line = 0; line < lines; line += 2) {
    const client = Math.floor(line / 2) % connections;
    const address = `10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`;
    const port = 32_768 + random.integer(0, 28_000);
    const start = START_TIME + random.integer(0, 299);
    const times = `${start} ${start + random.integer(1, 59)} ACCEPT OK`;
    const eni = "eni-0a1b2c3d4e5f60718";
    const request = random.integer(1, 400);
    const reply = random.integer(1, 400);
    chunk += `2 ${ACCOUNT} ${eni} ${address} 10.0.128.10 ${port} 5432 6 ${request} ${request * 93} ${times}\n`;
    chunk += `2 ${ACCOUNT} ${eni} 10.0.128.10 ${address} 5432 ${port} 6 ${reply} ${reply * 1_187} ${times}\n`;
    if (line % CHUNK_LINES !== 0) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

async function gzip(path: string, chunks: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(chunks), createGzip({ level: 6, chunkSize: 1024 * 1024 }), createWriteStream(path));
}

/** About so many rows of the sandbox's traffic as AWS writes Parquet: gzip pages, dictionaries, nulls, whole numbers of 32 and 64 bits. */
export async function parquetTrafficFile(folder: string, format: FlowFormat, rows: number): Promise<string> {
  const path = join(folder, `${format.name}-${rows}.log.parquet`);
  const conversations = Math.round(rows / LINES_PER_CONVERSATION);
  const columns = format.fields.map((): (string | null)[] => []);
  for (const chunk of trafficLines({ ...NETWORK, conversations, format, malformedLines: 0 })) {
    for (const line of chunk.trimEnd().split("\n")) {
      if (line.startsWith("version")) continue;
      for (const [at, value] of line.split(" ").entries()) columns[at]?.push(value === "-" ? null : value);
    }
  }
  const columnData = format.fields.map((field, at) => columnOf(field, columns[at] ?? []));
  const compressors = { GZIP: (bytes: Uint8Array) => gzipSync(bytes) };
  await writeFile(
    path,
    Buffer.from(parquetWriteBuffer({ columnData, codec: "GZIP", compressors, rowGroupSize: 131_072 })),
  );
  return path;
}

const INT32 = ["version", "srcport", "dstport", "protocol", "tcp-flags"];
const INT64 = ["packets", "bytes", "start", "end"];

function columnOf(field: string, values: (string | null)[]): ColumnSource {
  const column = { name: field.replaceAll("-", "_"), nullable: true };
  const number = (value: string | null) => (value === null ? null : Number(value));
  if (INT32.includes(field)) return { ...column, data: values.map(number), type: "INT32" };
  if (INT64.includes(field)) {
    return { ...column, data: values.map((value) => (value === null ? null : BigInt(value))), type: "INT64" };
  }
  return { ...column, data: values, type: "STRING" };
}
