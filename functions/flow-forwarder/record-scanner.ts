import { AddressBook } from "./address-book";
import { type ColumnPlan, DEFAULT_FORMAT, isHeader, planColumns } from "./column-plan";
import { ConversationTable } from "./conversation-table";
import { integerAt, isDash, isWord, NOT_COMPUTED } from "./field-values";
import { type LineReader, MAX_LINE_BYTES } from "./line-regions";

/**
 * What became of the lines: lines = headers + blanks + noData + skipData + malformed + records, and
 * records = accepted + rejected.
 */
export interface Tally {
  lines: number;
  /** Lines that name columns; a file of several gzip members may have several. */
  headers: number;
  /** Lines of nothing but spaces and tabs. */
  blanks: number;
  /** Lines with addresses. */
  records: number;
  /** Records that are not REJECT: a format without `action` has only these. */
  accepted: number;
  rejected: number;
  /** NODATA lines, and lines without addresses in a format that has no `log-status`. */
  noData: number;
  /** SKIPDATA lines; each stands for any number of flows that AWS did not record. */
  skipData: number;
  malformed: number;
}

/** A line that could not be read, without its content. */
export interface MalformedLine {
  /** Counted from 1. */
  readonly line: number;
  /** Bytes, without the newline. */
  readonly length: number;
  readonly reason: string;
}

/** A malformed file can have millions of bad lines; these tell what is wrong with them. */
const MAX_SAMPLES = 5;

/** Fields after this many are counted, not kept: the widest format there is has fewer than 70. */
const MAX_FIELDS = 256;

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

const REJECT = Buffer.from("REJECT");
const ACCEPT = Buffer.from("ACCEPT");
const NO_DATA = Buffer.from("NODATA");
const SKIP_DATA = Buffer.from("SKIPDATA");
const OK = Buffer.from("OK");

const MAX_PORT = 65_535;
const MAX_PROTOCOL = 255;
/** TCP, DCCP, UDP, UDP-Lite and SCTP: of the other protocols, AWS writes the ports as 0, or not at all. */
const PROTOCOLS_WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

/** Seconds that do not fit 31 bits are milliseconds: some writers of flow logs use them, against AWS's page. */
const MAX_SECONDS = 2_147_483_647;

/** Reads lines into conversations and tallies. No input makes it throw but a header that lacks needed columns. */
export class RecordScanner implements LineReader {
  readonly tally: Tally = {
    lines: 0,
    headers: 0,
    blanks: 0,
    records: 0,
    accepted: 0,
    rejected: 0,
    noData: 0,
    skipData: 0,
    malformed: 0,
  };
  readonly samples: MalformedLine[] = [];
  readonly addresses = new AddressBook();
  readonly conversations = new ConversationTable();

  #plan: ColumnPlan = planColumns(DEFAULT_FORMAT);
  /** Where the fields of the line at hand begin and end. */
  readonly #starts = new Int32Array(MAX_FIELDS);
  readonly #ends = new Int32Array(MAX_FIELDS);
  #fields = 0;
  #hasControlBytes = false;

  scan(bytes: Buffer, from: number, to: number): void {
    let lineStart = from;
    while (lineStart < to) {
      const lineEnd = this.#split(bytes, lineStart);
      this.tally.lines++;
      const trouble = this.#read(bytes, lineEnd - lineStart);
      if (trouble !== undefined && !this.#readHeader(bytes)) this.#quarantine(lineEnd - lineStart, trouble);
      lineStart = lineEnd + 1;
    }
  }

  skipLongLine(length: number): void {
    this.tally.lines++;
    this.#quarantine(length, `longer than ${MAX_LINE_BYTES} bytes`);
  }

  /**
   * Finds the fields of one line and returns where its newline is. Runs of spaces and tabs separate, \r before the
   * newline is part of it. There is no check for the end of the bytes: a region always ends in a newline.
   */
  #split(bytes: Buffer, start: number): number {
    const starts = this.#starts;
    const ends = this.#ends;
    let fields = 0;
    let hasControlBytes = false;
    let at = start;
    for (;;) {
      let byte = bytes[at] as number;
      if (byte > SPACE) {
        starts[fields] = at;
        do byte = bytes[++at] as number;
        while (byte > SPACE);
        ends[fields++] = at;
      }
      if (byte === NEWLINE) break;
      if (byte !== SPACE && byte !== TAB && !(byte === RETURN && bytes[at + 1] === NEWLINE)) hasControlBytes = true;
      at++;
    }
    this.#fields = fields;
    this.#hasControlBytes = hasControlBytes;
    return at;
  }

  /** Tallies the line that was just split, or says why it cannot be read. */
  #read(bytes: Buffer, length: number): string | undefined {
    if (length > MAX_LINE_BYTES) return `longer than ${MAX_LINE_BYTES} bytes`;
    if (this.#hasControlBytes) return "it has control bytes";
    if (this.#fields === 0) {
      this.tally.blanks++;
      return undefined;
    }
    const { width, logStatus } = this.#plan;
    if (this.#fields !== width) return `it has ${this.#fields} fields and the format has ${width}`;
    if (logStatus < 0 || this.#is(bytes, logStatus, OK)) return this.#readRecord(bytes);
    if (this.#is(bytes, logStatus, NO_DATA)) this.tally.noData++;
    else if (this.#is(bytes, logStatus, SKIP_DATA)) this.tally.skipData++;
    else if (this.#isAbsent(bytes, logStatus)) return this.#readRecord(bytes);
    else return "log-status is not OK, NODATA or SKIPDATA";
    return undefined;
  }

  #readRecord(bytes: Buffer): string | undefined {
    const plan = this.#plan;
    // pkt-srcaddr is who sent the packet; srcaddr may be an interface on the way (NAT gateway, secondary address)
    const sourceColumn = this.#isAbsent(bytes, plan.packetSource) ? plan.source : plan.packetSource;
    const destinationColumn = this.#isAbsent(bytes, plan.packetDestination) ? plan.destination : plan.packetDestination;
    if (this.#isAbsent(bytes, sourceColumn) && this.#isAbsent(bytes, destinationColumn)) {
      this.tally.noData++;
      return undefined;
    }

    const protocol = this.#integer(bytes, plan.protocol);
    if (protocol < 0 || protocol > MAX_PROTOCOL) return "protocol is not a number from 0 to 255";
    const sourcePort = this.#port(bytes, plan.sourcePort, protocol);
    if (sourcePort < 0 || sourcePort > MAX_PORT) return "srcport is not a port";
    const destinationPort = this.#port(bytes, plan.destinationPort, protocol);
    if (destinationPort < 0 || destinationPort > MAX_PORT) return "dstport is not a port";
    const tcpFlags = this.#integer(bytes, plan.tcpFlags);
    if (tcpFlags < NOT_COMPUTED) return "tcp-flags is not a number";
    const packets = this.#integer(bytes, plan.packets);
    if (packets < NOT_COMPUTED) return "packets is not a number";
    const octets = this.#integer(bytes, plan.bytes);
    if (octets < NOT_COMPUTED) return "bytes is not a number";
    const start = this.#integer(bytes, plan.start);
    if (start < NOT_COMPUTED) return "start is not a time";
    const end = this.#integer(bytes, plan.end);
    if (end < NOT_COMPUTED) return "end is not a time";
    const isRejected = plan.action >= 0 && this.#is(bytes, plan.action, REJECT);
    if (!isRejected && !this.#isAbsent(bytes, plan.action) && !this.#is(bytes, plan.action, ACCEPT)) {
      return "action is not ACCEPT or REJECT";
    }
    // last: they are the dearest to read, and a line refused before leaves none behind
    const source = this.#address(bytes, sourceColumn);
    if (source < 0) return "the source is not an address";
    const destination = this.#address(bytes, destinationColumn);
    if (destination < 0) return "the destination is not an address";

    this.tally.records++;
    if (isRejected) this.tally.rejected++;
    else this.tally.accepted++;
    this.conversations.add(
      source,
      destination,
      sourcePort,
      destinationPort,
      protocol,
      Math.max(tcpFlags, 0),
      Math.max(packets, 0),
      Math.max(octets, 0),
      start < 0 ? Number.POSITIVE_INFINITY : seconds(start),
      end < 0 ? Number.NEGATIVE_INFINITY : seconds(end),
      isRejected,
    );
    return undefined;
  }

  /** A header can come anywhere: joined files and gzip members bring theirs. It never reads as a record before it. */
  #readHeader(bytes: Buffer): boolean {
    if (this.#fields === 0 || this.#fields > MAX_FIELDS || this.#hasControlBytes) return false;
    const names: string[] = [];
    for (let field = 0; field < this.#fields; field++) {
      names.push(bytes.toString("latin1", this.#starts[field], this.#ends[field]));
    }
    if (!isHeader(names)) return false;
    this.#plan = planColumns(names);
    this.tally.headers++;
    return true;
  }

  #quarantine(length: number, reason: string): void {
    this.tally.malformed++;
    if (this.samples.length < MAX_SAMPLES) this.samples.push({ line: this.tally.lines, length, reason });
  }

  #integer(bytes: Buffer, column: number): number {
    return column < 0 ? NOT_COMPUTED : integerAt(bytes, this.#starts[column] as number, this.#ends[column] as number);
  }

  #port(bytes: Buffer, column: number, protocol: number): number {
    const port = this.#integer(bytes, column);
    return port === NOT_COMPUTED && !PROTOCOLS_WITH_PORTS.has(protocol) ? 0 : port;
  }

  #address(bytes: Buffer, column: number): number {
    return this.addresses.idAt(bytes, this.#starts[column] as number, this.#ends[column] as number);
  }

  #is(bytes: Buffer, column: number, word: Buffer): boolean {
    return isWord(bytes, this.#starts[column] as number, this.#ends[column] as number, word);
  }

  #isAbsent(bytes: Buffer, column: number): boolean {
    return column < 0 || isDash(bytes, this.#starts[column] as number, this.#ends[column] as number);
  }
}

function seconds(time: number): number {
  return time > MAX_SECONDS ? Math.floor(time / 1000) : time;
}
