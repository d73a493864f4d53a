import { FILE_SECONDS, INTERVAL_SECONDS, recordsOf } from "./conversation";
import { CONVERSATION_KINDS, type ConversationKind, type Setting } from "./conversation-kinds";
import { type ExpectedTraffic, Truth } from "./expected-traffic";
import { CUSTOM_FORMAT, type FlowFormat, type LineWriter, lineWriter, V2_FORMAT, V5_FORMAT } from "./flow-format";
import { makeLandscape } from "./landscape";
import { type SeededRandom, seededRandom } from "./seeded-random";

/** What traffic to make. The same options give the same text, on every machine. */
export interface TrafficOptions {
  readonly seed: number;
  /** Unix seconds at which the first file's five minutes begin; a multiple of 300. Each further file is five minutes later. */
  readonly startTime: number;
  /** Addresses of the databases' interfaces, IPv4 and IPv6; at least one IPv4. */
  readonly databases: readonly string[];
  /** CIDR blocks of the clients; at least one IPv4 block of /28 or larger. */
  readonly clientSubnets: readonly string[];
  /** @default 5432 */
  readonly servicePort?: number;
  /** Conversations in each file; four to five lines each on average. Every kind comes at least once from 14 on. @default 200 */
  readonly conversations?: number;
  /** One file for each. @default v2, custom, v5 */
  readonly formats?: readonly FlowFormat[];
  /** Lines in each file that are no records: cut short, a port that is no number, an address that is none. @default 2 */
  readonly malformedLines?: number;
  /** @default "123456789012" */
  readonly account?: string;
  /** @default "eu-west-1" */
  readonly region?: string;
}

/** One log file, not yet packed. */
export interface TrafficFile {
  readonly format: FlowFormat;
  /** Header and lines, a newline after each. */
  readonly text: string;
  /** Unix seconds; the file holds the records that end in the five minutes from here. */
  readonly startTime: number;
  readonly expected: ExpectedTraffic;
}

const DEFAULTS = {
  servicePort: 5432,
  conversations: 200,
  formats: [V2_FORMAT, CUSTOM_FORMAT, V5_FORMAT],
  malformedLines: 2,
  account: "123456789012",
  region: "eu-west-1",
} as const;
const CHUNK_LINES = 1000;
const MAX_CLIENTS = 5000;
/** Conversations for each line without data. */
const CONVERSATIONS_PER_GAP = 50;

/** Makes one file for each format, its lines in no order, as real ones are. @throws RangeError for options that cannot work */
export function generateTraffic(options: TrafficOptions): TrafficFile[] {
  return (options.formats ?? DEFAULTS.formats).map((format, index) => {
    const startTime = options.startTime + index * FILE_SECONDS;
    const chunks = fileChunks(
      { ...DEFAULTS, ...options, startTime, format, fileIndex: index },
      Number.POSITIVE_INFINITY,
    );
    let text = "";
    let chunk = chunks.next();
    for (; chunk.done !== true; chunk = chunks.next()) text += chunk.value;
    return { format, text, startTime, expected: chunk.value };
  });
}

/**
 * Makes one file piece by piece, for files that should not be in memory: some thousand lines at a time, whole lines,
 * the header first. The generator's return value is the truth about all of it.
 * `formats` is not looked at. @throws RangeError for options that cannot work
 */
export function trafficLines(
  options: TrafficOptions & { readonly format?: FlowFormat },
): Generator<string, ExpectedTraffic> {
  return fileChunks({ ...DEFAULTS, format: V2_FORMAT, ...options, fileIndex: 0 }, CHUNK_LINES);
}

type FileOptions = Required<TrafficOptions> & { readonly format: FlowFormat; readonly fileIndex: number };

/** Chunks of about `linesPerChunk` shuffled lines. */
function* fileChunks(options: FileOptions, linesPerChunk: number): Generator<string, ExpectedTraffic> {
  const { seed, format, account, region, startTime } = options;
  if (!Number.isInteger(startTime) || startTime % FILE_SECONDS !== 0) {
    throw new RangeError(`startTime must be whole unix seconds, a multiple of ${FILE_SECONDS}, got ${startTime}`);
  }
  // the network comes from the seed alone, so that all files know the same hosts
  const networkRandom = seededRandom(seed);
  const clients = Math.min(MAX_CLIENTS, Math.max(8, Math.ceil(options.conversations / 4)));
  const landscape = makeLandscape({ ...options, clients }, networkRandom);
  const writer = lineWriter(format, { account, region, vpcId: `vpc-${networkRandom.hex(17)}` });
  const random = seededRandom(seed + (options.fileIndex + 1) * 0x9e3779b1);
  const setting = { landscape, servicePort: options.servicePort, random };

  const truth = new Truth(format);
  let lines: string[] = [];
  yield `${writer.header}\n`;
  for (const kind of kindsInOrder(options, random)) {
    addConversations(kind, setting, startTime, { writer, truth, lines });
    if (lines.length < linesPerChunk) continue;
    yield `${random.shuffle(lines).join("\n")}\n`;
    lines = [];
  }
  addGaps(setting, options, { writer, truth, lines });
  addMalformedLines(setting, options, { writer, truth, lines });
  if (lines.length > 0) yield `${random.shuffle(lines).join("\n")}\n`;
  return truth.expected();
}

/** Each kind once, then at random by weight. */
function* kindsInOrder(
  { format, conversations }: FileOptions,
  random: SeededRandom,
): Generator<ConversationKind, void> {
  const hasFlags = format.fields.includes("tcp-flags");
  const kinds = CONVERSATION_KINDS.filter((kind) => hasFlags || kind.needsFlags !== true);
  const weighted = kinds.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
  for (let count = 0; count < conversations; count += 1) yield kinds[count] ?? random.pick(weighted);
}

/** Where lines go, and the truth about them. */
interface Page {
  readonly writer: LineWriter;
  readonly truth: Truth;
  readonly lines: string[];
}

function addConversations(kind: ConversationKind, setting: Setting, startTime: number, page: Page): void {
  for (const conversation of kind.make(setting)) {
    for (const record of recordsOf(conversation, startTime, setting.random)) {
      page.lines.push(page.writer.record(record));
      page.truth.addRecord(record);
    }
  }
}

function addGaps({ landscape, random }: Setting, { conversations, startTime }: FileOptions, page: Page): void {
  const quiet = [...landscape.databases, ...landscape.clients];
  const gaps = Math.ceil(conversations / CONVERSATIONS_PER_GAP);
  for (let count = 0; count < gaps * 2; count += 1) {
    // one interval in four lost records, the others had no traffic; at least one of each
    const status = count % 4 === 1 ? "SKIPDATA" : "NODATA";
    const start = startTime + random.integer(0, 4) * INTERVAL_SECONDS;
    page.lines.push(page.writer.gap(status, random.pick(quiet), start, start + INTERVAL_SECONDS - 1));
    page.truth.addGap(status);
  }
}

function addMalformedLines(setting: Setting, { malformedLines, startTime }: FileOptions, page: Page): void {
  const kind = CONVERSATION_KINDS.find(({ name }) => name === "query");
  const spoilt = [cutShort, withWordAsPort, withImpossibleAddress];
  for (let count = 0; count < malformedLines; count += 1) {
    const [conversation] = kind?.make(setting) ?? [];
    if (conversation === undefined) return;
    for (const record of recordsOf(conversation, startTime, setting.random)) {
      const spoil = spoilt[count % spoilt.length] ?? cutShort;
      page.lines.push(spoil(page.writer.record(record), page.writer.header));
      page.truth.addMalformed();
      break;
    }
  }
}

type Spoil = (line: string, header: string) => string;

const cutShort: Spoil = (line) => {
  const values = line.split(" ");
  return values.slice(0, Math.ceil(values.length / 2)).join(" ");
};
const withWordAsPort: Spoil = (line, header) => replaceField(line, header, "dstport", "postgresql");
const withImpossibleAddress: Spoil = (line, header) =>
  replaceField(replaceField(line, header, "srcaddr", "10.0.300.7"), header, "pkt-srcaddr", "10.0.300.7");

function replaceField(line: string, header: string, field: string, value: string): string {
  const fields = header.split(" ");
  return line
    .split(" ")
    .map((old, index) => (fields[index] === field ? value : old))
    .join(" ");
}
