import { hyphened } from "./formats";

// source:  VPC user guide, "Flow log records" and "Flow log files"
// format:  the first line of a text file names its columns, in the file's own order, separated by spaces
// example: version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status

/** Where the columns that make a connection stand in a line, counted from 0; -1 when the format does not have one. */
export interface ColumnPlan {
  /** Fields that every line of this format has. */
  readonly width: number;
  readonly source: number;
  readonly destination: number;
  readonly packetSource: number;
  readonly packetDestination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  readonly tcpFlags: number;
  readonly packets: number;
  readonly bytes: number;
  readonly start: number;
  readonly end: number;
  readonly action: number;
  readonly logStatus: number;
  /** Read of SKIPDATA lines only. */
  readonly interfaceId: number;
}

/** The log's own format has no way to tell a connection: not one line of it could be used. */
export class FormatError extends Error {
  override readonly name = "FormatError";
}

/**
 * Finds the columns a connection is made of, in any order and among any others.
 * @throws FormatError when the format lacks one that nothing else can stand for.
 */
export function planColumns(header: readonly string[]): ColumnPlan {
  const names = header.map(hyphened);
  const column = (name: string): number => names.indexOf(name);
  const plan: ColumnPlan = {
    width: names.length,
    source: column("srcaddr"),
    destination: column("dstaddr"),
    packetSource: column("pkt-srcaddr"),
    packetDestination: column("pkt-dstaddr"),
    sourcePort: column("srcport"),
    destinationPort: column("dstport"),
    protocol: column("protocol"),
    tcpFlags: column("tcp-flags"),
    packets: column("packets"),
    bytes: column("bytes"),
    start: column("start"),
    end: column("end"),
    action: column("action"),
    logStatus: column("log-status"),
    // of a transit gateway's flow log, the attachment is what lost records
    interfaceId: names.includes("interface-id") ? column("interface-id") : column("tgw-attachment-id"),
  };
  requireColumns(plan);
  return plan;
}

function requireColumns(plan: ColumnPlan): void {
  const needed = [
    { name: "srcaddr (or pkt-srcaddr)", has: plan.source >= 0 || plan.packetSource >= 0 },
    { name: "dstaddr (or pkt-dstaddr)", has: plan.destination >= 0 || plan.packetDestination >= 0 },
    // without it a reply cannot be told from a request
    { name: "srcport", has: plan.sourcePort >= 0 },
    { name: "dstport", has: plan.destinationPort >= 0 },
    { name: "protocol", has: plan.protocol >= 0 },
  ];
  const missing = needed.filter(({ has }) => !has).map(({ name }) => name);
  if (missing.length > 0) {
    throw new FormatError(
      `the flow log's format has ${plan.width} fields but lacks ${missing.join(", ")}; ` +
        `a connection needs ${needed.map(({ name }) => name).join(", ")}: create the flow log with these fields`,
    );
  }
}
