import { type FlowRecord, type NetworkInterface, NOT_COMPUTED } from "./flow-record";

// source: VPC user guide, "Flow log records": the fields of versions 2 to 5 in the guide's order
const FIELDS_BY_VERSION = {
  2: "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status",
  3: "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr",
  4: "region az-id sublocation-type sublocation-id",
  5: "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path",
} as const;

/** The fields of one flow log, in the order of its lines. */
export interface FlowFormat {
  /** What a person calls it; not in the log. */
  readonly name: string;
  /** Names from versions 2 to 5 of the record format. */
  readonly fields: readonly string[];
}

/** The format of a flow log that names none. */
export const V2_FORMAT: FlowFormat = { name: "v2", fields: FIELDS_BY_VERSION[2].split(" ") };

/** The format that our stack asks for by default. */
export const CUSTOM_FORMAT: FlowFormat = {
  name: "custom",
  fields:
    "version interface-id srcaddr dstaddr dstport protocol tcp-flags pkt-srcaddr pkt-dstaddr srcport action type packets bytes start end log-status flow-direction".split(
      " ",
    ),
};

/** All 29 fields of versions 2 to 5. */
export const V5_FORMAT: FlowFormat = { name: "v5", fields: Object.values(FIELDS_BY_VERSION).join(" ").split(" ") };

/** Where the flows were logged. */
export interface LogOrigin {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly vpcId: string;
}

/** Writes the lines of one format. */
export interface LineWriter {
  /** The first line of every file. */
  readonly header: string;
  record(record: FlowRecord): string;
  /** The line of an interval without traffic (NODATA), or with records lost inside AWS (SKIPDATA). */
  gap(status: "NODATA" | "SKIPDATA", loggedAt: NetworkInterface, start: number, end: number): string;
}

type Column = (record: FlowRecord) => string | number;

/** Fields that a NODATA or SKIPDATA line fills in; every other one is `-`. */
const GAP_FIELDS: ReadonlySet<string> = new Set(["version", "account-id", "interface-id", "start", "end"]);

/** Without these no reader could tell a connection, so there would be no truth to compare with. */
const NEEDED_FIELDS = ["srcaddr", "dstaddr", "srcport", "dstport", "protocol", "action"];

/**
 * Makes the writer of a format.
 * @throws RangeError for a field that versions 2 to 5 do not have, and for a format that cannot show a connection.
 */
export function lineWriter(format: FlowFormat, origin: LogOrigin): LineWriter {
  const missing = NEEDED_FIELDS.filter((field) => !format.fields.includes(field));
  if (missing.length > 0) {
    throw new RangeError(`the format "${format.name}" needs ${NEEDED_FIELDS.join(" ")}; it lacks ${missing.join(" ")}`);
  }
  const columns = format.fields.map((field) => columnOf(field, format, origin));
  const row = (record: FlowRecord) => columns.map((column) => column(record)).join(" ");
  return {
    header: format.fields.join(" "),
    record: row,
    gap(status, loggedAt, start, end) {
      const values = row({ ...NOTHING, loggedAt, start, end }).split(" ");
      const cell = (field: string, index: number) => (GAP_FIELDS.has(field) ? values[index] : NOT_COMPUTED);
      return format.fields.map((field, index) => (field === "log-status" ? status : cell(field, index))).join(" ");
    },
  };
}

/** The highest version that any of the fields belongs to, which AWS writes as the lines' `version`. */
export function versionOf(format: FlowFormat): number {
  const versions = Object.entries(FIELDS_BY_VERSION)
    .filter(([, fields]) => fields.split(" ").some((field) => format.fields.includes(field)))
    .map(([version]) => Number(version));
  return Math.max(2, ...versions);
}

function columnOf(field: string, format: FlowFormat, origin: LogOrigin): Column {
  const version = versionOf(format);
  const columns: Record<string, Column> = {
    version: () => version,
    "account-id": () => origin.account,
    "interface-id": (record) => record.loggedAt.id,
    srcaddr: (record) => record.source,
    dstaddr: (record) => record.destination,
    srcport: (record) => record.sourcePort,
    dstport: (record) => record.destinationPort,
    protocol: (record) => record.protocol,
    packets: (record) => record.packets,
    bytes: (record) => record.bytes,
    start: (record) => record.start,
    end: (record) => record.end,
    action: (record) => record.action,
    "log-status": () => "OK",
    "vpc-id": () => origin.vpcId,
    "subnet-id": (record) => record.loggedAt.subnetId,
    "instance-id": (record) => record.loggedAt.instanceId,
    "tcp-flags": (record) => record.tcpFlags,
    type: (record) => (record.source.includes(":") ? "IPv6" : "IPv4"),
    "pkt-srcaddr": (record) => record.packetSource,
    "pkt-dstaddr": (record) => record.packetDestination,
    region: () => origin.region,
    "az-id": () => zoneIdOf(origin.region),
    "sublocation-type": () => NOT_COMPUTED,
    "sublocation-id": () => NOT_COMPUTED,
    "pkt-src-aws-service": () => NOT_COMPUTED,
    "pkt-dst-aws-service": () => NOT_COMPUTED,
    "flow-direction": (record) => record.direction,
    // egress only; 1 is "to a resource in the same VPC"
    "traffic-path": (record) => (record.direction === "egress" ? 1 : NOT_COMPUTED),
  };
  const column = columns[field];
  if (column === undefined) {
    throw new RangeError(
      `the format "${format.name}" has the field "${field}"; the generator writes the fields of versions 2 to 5: ${Object.keys(columns).join(" ")}`,
    );
  }
  return column;
}

/** `eu-west-1` -> `euw1-az1`; `us-gov-east-1` -> `usge1-az1`. */
function zoneIdOf(region: string): string {
  const [area = "", ...rest] = region.split("-");
  return `${area}${rest.map((part) => part.slice(0, 1)).join("")}-az1`;
}

const NOTHING: Omit<FlowRecord, "loggedAt" | "start" | "end"> = {
  source: NOT_COMPUTED,
  destination: NOT_COMPUTED,
  sourcePort: 0,
  destinationPort: 0,
  packetSource: NOT_COMPUTED,
  packetDestination: NOT_COMPUTED,
  protocol: 0,
  tcpFlags: 0,
  packets: 0,
  bytes: 0,
  action: "ACCEPT",
  direction: "ingress",
  isFromClient: true,
};
