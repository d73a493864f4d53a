import type { Connection } from "../../flow-logs/connections";
import { type DecoderOptions, FlowLogDecoder } from "../../flow-logs/flow-log-decoder";
import type { Summary } from "../../flow-logs/tally";

/** Every field of a record, by its AWS name. */
export type FlowFields = Readonly<Record<string, string>>;

/** The custom format that the program asks AWS for. */
export const CUSTOM_FORMAT = (
  "version interface-id srcaddr dstaddr dstport protocol tcp-flags pkt-srcaddr pkt-dstaddr srcport action type " +
  "packets bytes start end log-status flow-direction"
).split(" ");

/** The header of the default format. */
export const DEFAULT_HEADER =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";

/** The fields of a client's request to a database, with those given in place of them. */
export function request(fields: FlowFields = {}): FlowFields {
  return {
    version: "5",
    "account-id": "123456789010",
    "interface-id": "eni-1235b8ca123456789",
    srcaddr: "10.0.1.5",
    dstaddr: "10.0.20.7",
    srcport: "39812",
    dstport: "5432",
    protocol: "6",
    packets: "10",
    bytes: "840",
    start: "1620140761",
    end: "1620140821",
    action: "ACCEPT",
    "log-status": "OK",
    "tcp-flags": "0",
    type: "IPv4",
    "pkt-srcaddr": fields["srcaddr"] ?? "10.0.1.5",
    "pkt-dstaddr": fields["dstaddr"] ?? "10.0.20.7",
    "flow-direction": "ingress",
    ...fields,
  };
}

/** The same traffic's other direction. */
export function reply(fields: FlowFields): FlowFields {
  const swap = (a: string, b: string): FlowFields => ({ [a]: fields[b] ?? "-", [b]: fields[a] ?? "-" });
  return {
    ...fields,
    ...swap("srcaddr", "dstaddr"),
    ...swap("srcport", "dstport"),
    ...swap("pkt-srcaddr", "pkt-dstaddr"),
    "flow-direction": "egress",
  };
}

/** A file with a header of these columns. */
export function file(columns: readonly string[], records: readonly FlowFields[]): string {
  const line = (record: FlowFields): string => columns.map((column) => record[column] ?? "-").join(" ");
  return [columns.join(" "), ...records.map(line), ""].join("\n");
}

/** What one file holds. */
export interface FlowLog extends Summary {
  readonly connections: readonly Connection[];
  /** How many of them came while the file was read: from a file with more than there was room for. */
  readonly spilled: number;
}

/** Decodes bytes in one piece, or in the pieces given. */
export function decode(text: string | Buffer | readonly Buffer[], servicePorts: readonly number[] = [5432]): FlowLog {
  return decodeWith(decoderFor(servicePorts), text);
}

/** Decodes with a decoder that may have read others before. */
export function decodeWith(decoder: FlowLogDecoder, text: string | Buffer | readonly Buffer[]): FlowLog {
  const chunks = typeof text === "string" ? [Buffer.from(text)] : Buffer.isBuffer(text) ? [text] : text;
  const connections: Connection[] = [];
  decoder.begin();
  for (const chunk of chunks) for (const list of decoder.push(chunk)) connections.push(...list);
  const spilled = connections.length;
  for (const list of decoder.finish()) for (const connection of list) connections.push(connection);
  return { ...decoder.summary(), connections, spilled };
}

// one for each list of ports: thousands of small files are decoded in a test
const decoders = new Map<string, FlowLogDecoder>();

function decoderFor(servicePorts: DecoderOptions["servicePorts"]): FlowLogDecoder {
  const key = [...servicePorts].join();
  const decoder = decoders.get(key) ?? new FlowLogDecoder({ servicePorts });
  decoders.set(key, decoder);
  return decoder;
}

/** The connections as "client>server:port/protocol". */
export function arrows({ connections }: Pick<FlowLog, "connections">): string[] {
  return connections.map(({ client, server, port, protocol }) => `${client}>${server}:${port}/${protocol}`);
}
