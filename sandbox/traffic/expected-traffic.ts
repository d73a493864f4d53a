import type { FlowFormat } from "./flow-format";
import { type FlowRecord, NOT_COMPUTED } from "./flow-record";

/** What a reader of the files must have counted. Lines without header = records + noData + skipData + malformed. */
export interface FlowTally {
  /** Lines with a flow in them. */
  readonly records: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly noData: number;
  readonly skipData: number;
  readonly malformed: number;
}

/** The truth about some traffic, known because the generator decided it; no parser was asked. */
export interface ExpectedTraffic {
  readonly tally: FlowTally;
  /** Each connection with at least one ACCEPT record, as `client,server,port,protocol`: a line of the PCE's upload. */
  readonly connections: ReadonlySet<string>;
}

const NOTHING_COUNTED: FlowTally = { records: 0, accepted: 0, rejected: 0, noData: 0, skipData: 0, malformed: 0 };

/** The truth about several files together: tallies added up, connections united. */
export function sumExpected(files: Iterable<{ readonly expected: ExpectedTraffic }>): ExpectedTraffic {
  const tally = { ...NOTHING_COUNTED };
  const connections = new Set<string>();
  for (const { expected } of files) {
    for (const [name, count] of Object.entries(expected.tally)) tally[name as keyof FlowTally] += count;
    for (const connection of expected.connections) connections.add(connection);
  }
  return { tally, connections };
}

/** Keeps the truth while lines of one format are written. */
export class Truth {
  readonly #tally = { ...NOTHING_COUNTED };
  readonly #connections = new Set<string>();
  readonly #hasPacketSource: boolean;
  readonly #hasPacketDestination: boolean;
  readonly #hasLogStatus: boolean;

  constructor(format: FlowFormat) {
    this.#hasPacketSource = format.fields.includes("pkt-srcaddr");
    this.#hasPacketDestination = format.fields.includes("pkt-dstaddr");
    this.#hasLogStatus = format.fields.includes("log-status");
  }

  addRecord(record: FlowRecord): void {
    this.#tally.records += 1;
    if (record.action === "REJECT") {
      this.#tally.rejected += 1;
      return;
    }
    this.#tally.accepted += 1;
    this.#connections.add(this.#connectionOf(record));
  }

  addGap(status: "NODATA" | "SKIPDATA"): void {
    // without log-status the two look alike: a line without addresses
    if (status === "NODATA" || !this.#hasLogStatus) this.#tally.noData += 1;
    else this.#tally.skipData += 1;
  }

  addMalformed(): void {
    this.#tally.malformed += 1;
  }

  /** A copy of what is known so far. */
  expected(): ExpectedTraffic {
    return { tally: { ...this.#tally }, connections: new Set(this.#connections) };
  }

  /** The connection as this format can show it: a packet's own address only where there is a field for it. */
  #connectionOf(record: FlowRecord): string {
    const source = known(this.#hasPacketSource, record.packetSource) ?? record.source;
    const destination = known(this.#hasPacketDestination, record.packetDestination) ?? record.destination;
    return record.isFromClient
      ? `${source},${destination},${record.destinationPort},${record.protocol}`
      : `${destination},${source},${record.sourcePort},${record.protocol}`;
  }
}

function known(hasField: boolean, value: string): string | undefined {
  return hasField && value !== NOT_COMPUTED ? value : undefined;
}
