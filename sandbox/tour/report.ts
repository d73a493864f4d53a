import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** What the forwarding step measured. All are counts; `received` and `failed` are the PCE stand-in's, never the forwarder's. */
export interface ForwardReport {
  /** Flow-log objects delivered to the bucket. */
  readonly objects: number;
  /** Flow-log lines that are a record of traffic; `accepted + rejected`. */
  readonly records: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly noData: number;
  readonly skipData: number;
  readonly malformed: number;
  /** Unique connections in all objects together. */
  readonly connections: number;
  /** Flow lines that reached the PCE stand-in. */
  readonly received: number;
  /** Of these, the ones it refused. */
  readonly failed: number;
}

/** What the failover step measured. */
export interface FailoverReport {
  /** From the move of the endpoint's name until the new primary's address was registered, when RDS's events come. */
  readonly seconds: number;
  /** What the name resolved to before that failover, and after it. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Seconds of all failovers in which no target was registered, by the emulator's own log of changes. */
  readonly emptySeconds: number;
}

/** `.sandbox/report.json`. A step that did not run is absent. */
export interface TourReport {
  update?: { resources: number; seconds: number };
  repeat?: { changes: number };
  forward?: ForwardReport;
  failover?: FailoverReport;
  destroy?: { remaining: number };
}

/** Writes the report whole or not at all, so a reader never sees half of one. */
export function writeReport(file: string, report: TourReport): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(report, undefined, 2)}\n`);
  renameSync(draft, file);
}
