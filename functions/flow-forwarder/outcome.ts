import type { Tally } from "../../flow-logs/tally";

/** What one invocation did, in numbers. Work that is done again, after a failure, is counted again. */
export interface Outcome {
  messages: number;
  /** Messages that go back to the queue. */
  failedMessages: number;
  /** Objects, and deliveries of log events, read to their end. */
  objects: number;
  /** Objects that are done in part; a message in the queue has the rest forwarded. */
  objectsContinued: number;
  /** Objects deleted before they were read. */
  objectsGone: number;
  /** Objects not read because this invocation had already forwarded them. */
  objectsRepeated: number;
  records: number;
  accepted: number;
  rejected: number;
  noData: number;
  skipData: number;
  malformed: number;
  /** Malformed lines that were put into the quarantine. */
  quarantined: number;
  /** Unique within each object. */
  connections: number;
  /** Connections not sent, because the PCE took them lately. */
  recent: number;
  /** Connections that the PCE took. */
  sent: number;
  /** Connections that the PCE refused in an answer of success. */
  failed: number;
  /** Of each answer of the PCE, in milliseconds. */
  readonly pceLatenciesMs: number[];
  /** SKIPDATA lines by the interface that lost the records. */
  readonly skipDataByInterface: Map<string, number>;
}

/** Nothing done yet. */
export function newOutcome(): Outcome {
  return {
    messages: 0,
    failedMessages: 0,
    objects: 0,
    objectsContinued: 0,
    objectsGone: 0,
    objectsRepeated: 0,
    records: 0,
    accepted: 0,
    rejected: 0,
    noData: 0,
    skipData: 0,
    malformed: 0,
    quarantined: 0,
    connections: 0,
    recent: 0,
    sent: 0,
    failed: 0,
    pceLatenciesMs: [],
    skipDataByInterface: new Map(),
  };
}

/** Adds the tally of an object that was read. */
export function addTally(outcome: Outcome, tally: Readonly<Tally>): void {
  outcome.records += tally.records;
  outcome.accepted += tally.accepted;
  outcome.rejected += tally.rejected;
  outcome.noData += tally.noData;
  outcome.skipData += tally.skipData;
  outcome.malformed += tally.malformed;
}
