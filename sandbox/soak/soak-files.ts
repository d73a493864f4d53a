import { gzipSync } from "node:zlib";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { type ExpectedTraffic, sumExpected } from "../traffic/expected-traffic";
import { CUSTOM_FORMAT, V2_FORMAT, V5_FORMAT } from "../traffic/flow-format";
import { seededRandom } from "../traffic/seeded-random";
import { generateTraffic } from "../traffic/traffic";

/** An object of a soak: its body, and whether any of it can be read. */
export interface SoakObject {
  readonly body: string | Uint8Array;
  /** Names the key: each object has its own. */
  readonly hash: string;
  readonly time: Date;
  readonly isCorrupt: boolean;
}

/** Objects, and the truth about those that can be read. */
export interface SoakFiles {
  readonly objects: readonly SoakObject[];
  readonly expected: ExpectedTraffic;
}

/** What to make. */
export interface SoakOptions {
  readonly seed: number;
  readonly objects: number;
  /** One object in so many is corrupt. */
  readonly corruptEvery: number;
  readonly databases: readonly string[];
  readonly servicePort: number;
}

const FORMATS = [CUSTOM_FORMAT, CUSTOM_FORMAT, V2_FORMAT, V5_FORMAT];
const CONVERSATIONS = 15;
const FILE_SECONDS = 300;
const START_TIME = 1_767_312_000;
/** One good object in so many is Parquet. */
const PARQUET_EVERY = 10;

/** Makes objects of a few dozen lines each, of every format, some of them Parquet and some corrupt. Deterministic. */
export function soakFiles({ seed, objects, corruptEvery, databases, servicePort }: SoakOptions): SoakFiles {
  const random = seededRandom(seed);
  const good: { readonly expected: ExpectedTraffic }[] = [];
  const made = Array.from({ length: objects }, (_, at): SoakObject => {
    const startTime = START_TIME + (at % 1_000) * FILE_SECONDS;
    const [traffic] = generateTraffic({
      ...{ databases, servicePort, startTime, seed: seed + at, conversations: CONVERSATIONS },
      formats: [random.pick(FORMATS)],
      clientSubnets: [`10.${at % 200}.${(at * 7) % 240}.0/24`],
    });
    if (traffic === undefined) throw new Error("the generator made no file");
    const named = { hash: at.toString(16).padStart(8, "0"), time: new Date(startTime * 1_000) };
    const isCorrupt = at % corruptEvery === corruptEvery - 1;
    if (isCorrupt) return { ...named, isCorrupt, body: corrupted(traffic.text, at / corruptEvery) };
    good.push(traffic);
    const isParquet = at % PARQUET_EVERY === 0;
    return { ...named, isCorrupt, body: isParquet ? parquetOf(traffic.text) : traffic.text };
  });
  return { objects: made, expected: sumExpected(good) };
}

/** Four ways to be corrupt, in turns. */
function corrupted(text: string, turn: number): Uint8Array {
  const gzip = gzipSync(text);
  switch (Math.floor(turn) % 4) {
    case 0:
      return gzip.subarray(0, Math.floor(gzip.length / 2));
    case 1:
      return gzip.fill(0xff, gzip.length - 8, gzip.length - 4);
    case 2:
      return Buffer.from("this is no flow log\nnor is this\n");
    default:
      return parquetOf(text).subarray(0, 500);
  }
}

const NUMBERS = ["version", "srcport", "dstport", "protocol", "tcp-flags", "traffic-path"];
const LARGE_NUMBERS = ["packets", "bytes", "start", "end"];

// malformed lines have no row: a column of numbers can't hold them
function parquetOf(text: string): Uint8Array {
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const fields = header.split(" ");
  const rows = lines.map((line) => line.split(" ")).filter((row) => row.length === fields.length);
  const columnData = fields.map((field, at): ColumnSource => {
    const values = rows.map((row) => row[at]).map((value) => (value === "-" ? null : value));
    const column = { name: field.replaceAll("-", "_"), nullable: true };
    // a word in place of a port is as wrong as this number
    const number = (value: string | null | undefined) =>
      value === null ? null : Number.isInteger(Number(value)) ? Number(value) : 99_999;
    if (NUMBERS.includes(field)) return { ...column, data: values.map(number), type: "INT32" };
    if (LARGE_NUMBERS.includes(field)) {
      return { ...column, data: values.map((value) => (value === null ? null : BigInt(value ?? 0))), type: "INT64" };
    }
    return { ...column, data: values, type: "STRING" };
  });
  const compressors = { GZIP: (bytes: Uint8Array) => gzipSync(bytes) };
  return new Uint8Array(parquetWriteBuffer({ columnData, codec: "GZIP", compressors }));
}
