import { EVIDENCE, flagEvidence } from "./direction";
import { TupleIndex } from "./tuple-index";

const TCP = 6;
const INITIAL_CAPACITY = 512;

/**
 * Every conversation of one file, with its counters and the evidence about its direction, in typed arrays: some 70
 * bytes each, none of them an object, so that millions of short connections fit in a Lambda's memory.
 * The two sides are ordered by address number and port; that order means nothing outside.
 */
export class ConversationTable {
  readonly #index = new TupleIndex();
  #evidence = new Uint8Array(INITIAL_CAPACITY);
  #records = new Uint32Array(INITIAL_CAPACITY);
  #rejected = new Uint32Array(INITIAL_CAPACITY);
  /** Four numbers each: packets, bytes, first seen, last seen. */
  #totals = new Float64Array(4 * INITIAL_CAPACITY);

  /** Conversations seen so far. */
  get size(): number {
    return this.#index.size;
  }

  /** Adds one record. Addresses are numbers of an address book; `start` is Infinity and `end` -Infinity when unknown. */
  add(
    source: number,
    destination: number,
    sourcePort: number,
    destinationPort: number,
    protocol: number,
    tcpFlags: number,
    packets: number,
    bytes: number,
    start: number,
    end: number,
    isRejected: boolean,
  ): void {
    const isSentByLow = source < destination || (source === destination && sourcePort <= destinationPort);
    const index = isSentByLow
      ? this.#index.indexOf(source, destination, (sourcePort << 16) | destinationPort, protocol)
      : this.#index.indexOf(destination, source, (destinationPort << 16) | sourcePort, protocol);
    if (index === this.#evidence.length) this.#grow();

    const totals = this.#totals;
    const at = index * 4;
    let evidence = this.#evidence[index] as number;
    if (this.#records[index] === 0) {
      totals[at + 2] = Number.POSITIVE_INFINITY;
      totals[at + 3] = Number.NEGATIVE_INFINITY;
    }
    const firstSeen = totals[at + 2] as number;
    const isSentTo = isSentByLow ? EVIDENCE.firstToHigh : EVIDENCE.firstToLow;
    if (start < firstSeen) evidence = (evidence & ~(EVIDENCE.firstToLow | EVIDENCE.firstToHigh)) | isSentTo;
    else if (start === firstSeen) evidence |= isSentTo;
    if (protocol === TCP) evidence |= flagEvidence(tcpFlags, isSentByLow);

    this.#evidence[index] = evidence;
    (this.#records[index] as number)++;
    if (isRejected) (this.#rejected[index] as number)++;
    totals[at] = (totals[at] as number) + packets;
    totals[at + 1] = (totals[at + 1] as number) + bytes;
    if (start < firstSeen) totals[at + 2] = start;
    if (end > (totals[at + 3] as number)) totals[at + 3] = end;
  }

  lowAddress(index: number): number {
    return this.#index.part(index, 0);
  }
  highAddress(index: number): number {
    return this.#index.part(index, 1);
  }
  lowPort(index: number): number {
    return this.#index.part(index, 2) >>> 16;
  }
  highPort(index: number): number {
    return this.#index.part(index, 2) & 0xffff;
  }
  protocol(index: number): number {
    return this.#index.part(index, 3);
  }
  evidence(index: number): number {
    return this.#evidence[index] as number;
  }
  records(index: number): number {
    return this.#records[index] as number;
  }
  rejected(index: number): number {
    return this.#rejected[index] as number;
  }
  packets(index: number): number {
    return this.#totals[index * 4] as number;
  }
  bytes(index: number): number {
    return this.#totals[index * 4 + 1] as number;
  }
  /** Unix seconds; Infinity when no record said. */
  firstSeen(index: number): number {
    return this.#totals[index * 4 + 2] as number;
  }
  /** Unix seconds; -Infinity when no record said. */
  lastSeen(index: number): number {
    return this.#totals[index * 4 + 3] as number;
  }

  #grow(): void {
    const capacity = this.#evidence.length * 2;
    const evidence = new Uint8Array(capacity);
    const records = new Uint32Array(capacity);
    const rejected = new Uint32Array(capacity);
    const totals = new Float64Array(4 * capacity);
    evidence.set(this.#evidence);
    records.set(this.#records);
    rejected.set(this.#rejected);
    totals.set(this.#totals);
    this.#evidence = evidence;
    this.#records = records;
    this.#rejected = rejected;
    this.#totals = totals;
  }
}
