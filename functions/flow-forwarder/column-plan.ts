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
}

/** The log's own format has no way to tell a connection: not one line of it could be used. */
export class FormatError extends Error {
  override readonly name = "FormatError";
}

/** The default format (version 2), which a file without a header has. */
export const DEFAULT_FORMAT: readonly string[] =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status".split(
    " ",
  );

// Versions 3 to 5. Later versions only add names, and a header of later names alone lacks the needed columns anyway.
const LATER_FIELDS =
  "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id " +
  "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path";

const KNOWN_FIELDS: ReadonlySet<string> = new Set([...DEFAULT_FORMAT, ...LATER_FIELDS.split(" ")]);

/**
 * Says whether the fields of a line are column names: lower-case words, at least one of them a field AWS has.
 * Unknown words are allowed, since AWS adds fields every year; no record is made of words alone.
 */
export function isHeader(fields: readonly string[]): boolean {
  return (
    fields.every((field) => /^[a-z][a-z0-9_-]*$/.test(field)) &&
    fields.some((field) => KNOWN_FIELDS.has(hyphened(field)))
  );
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

/** Parquet and some exports write the same names with underscores. */
function hyphened(name: string): string {
  return name.replaceAll("_", "-");
}
