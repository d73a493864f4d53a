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

/** A workload as the PCE has it; labels as `key=value`. */
export interface SeenWorkload {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly labels: readonly string[];
}

/** What the PCE stand-in holds of the database, and what it makes of the flows. */
export interface PolicyReport {
  /** The unmanaged ones first. */
  readonly workloads: readonly SeenWorkload[];
  /** The database's virtual service: its name, its addresses (DNS names) and ports. */
  readonly service: { readonly name: string; readonly fqdns: readonly string[]; readonly ports: readonly number[] };
  /** The workloads that the virtual service is bound to, by name. */
  readonly boundTo: readonly string[];
  /** Whether the virtual service and its rules are active, and no change is waiting to be provisioned. */
  readonly isActive: boolean;
  /** Flows between two workloads that the active policy allows, as `client,server,port,protocol`; and those that it does not. */
  readonly allowed: readonly string[];
  readonly notAllowed: readonly string[];
  /** Flows with an end that no workload has: a PCE draws none of them. */
  readonly unattributed: readonly string[];
  /** These ends, each once. */
  readonly addressesWithoutWorkload: readonly string[];
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
  /** `advised`: the policies of the pack that the stack breaks and may; one that it may not fails the step. */
  update?: { resources: number; seconds: number; advised: readonly string[] };
  repeat?: { changes: number };
  forward?: ForwardReport;
  policy?: PolicyReport;
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
